/** Who may talk to the API: everybody on this machine, or whoever has the token. Never a page of the web. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";
import type { ApiError } from "../../../kube/index.ts";
import { forbidden, refusal } from "../refusals.ts";

/** Why a request is refused, or undefined. */
export type AccessCheck = (request: IncomingMessage) => ApiError | undefined;

/**
 * Programs send no `Origin`; browsers do, for every page that tries. A page can also give its own name this machine's
 * address and read what it answers ("DNS rebinding"), but cannot change the `Host` its requests then carry.
 */
export function checkAccess({ host, token }: { host: string; token: string | undefined }): AccessCheck {
  const isLocal = isLoopback(host);
  const isToken = checkToken(token);
  return ({ headers, url = "" }) => {
    if (headers.origin !== undefined) return forbidden("pages of the web have no access to this API");
    if (isLocal && !namesThisMachine(headers.host))
      return refusal(421, "MisdirectedRequest", "this API answers only under the names of this machine");
    const given = bearerIn(headers.authorization) ?? tokenInPath(url);
    return isToken(given) ? undefined : refusal(401, "Unauthorized", "Unauthorized");
  };
}

function checkToken(token: string | undefined): (given: string | undefined) => boolean {
  if (token === undefined) return () => true;
  const expected = digest(token);
  return (given) => given !== undefined && timingSafeEqual(expected, digest(given));
}

function bearerIn(authorization = ""): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/**
 * `kubectl` sends tokens over TLS only, and leaves them out without a word elsewhere. The path of the server's URL it
 * always keeps.
 */
const TOKEN_PATH = /^\/token\/([^/]+)(?=\/|$)/;

function tokenInPath(url: string): string | undefined {
  const [, encoded] = TOKEN_PATH.exec(url) ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64url").toString();
}

/** What is in front of all paths for a client that carries the token there. */
export function pathWithToken(token: string): string {
  return `/token/${Buffer.from(token).toString("base64url")}`;
}

/** The path below the token, if there is one. */
export function withoutToken(url: string): string {
  return url.replace(TOKEN_PATH, "");
}

/** Of one length whatever the text, so that comparing takes a time that tells nothing. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return /^(?:.+\.)?localhost$/i.test(host);
  return LOOPBACK.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

function namesThisMachine(hostHeader: string | undefined): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(hostHeader ?? "") ?? [];
  const host = bracketed ?? plain;
  return host !== undefined && isLoopback(host);
}
