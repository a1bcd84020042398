/** Who may talk to the server: everybody on this machine, or whoever has the token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIP, isIPv6 } from "node:net";

/** Whether an `Authorization` header gives access. Without a token everybody has it. */
export type TokenCheck = (authorization: string | undefined) => boolean;

export function checkToken(token: string | undefined): TokenCheck {
  if (token === undefined) return () => true;
  const isToken = sameText(token);
  return (authorization) => {
    const [, given] = /^bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    return given !== undefined && isToken(given);
  };
}

/** Compares with a secret in a time that tells nothing of it: digests have one length. */
export function sameText(secret: string): (given: string) => boolean {
  const expected = digest(secret);
  return (given) => timingSafeEqual(expected, digest(given));
}

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

/**
 * Whether a request to a server on loopback names this machine in its `Host` header. A page of the web can give its own
 * name the address 127.0.0.1 and then read what we answer, but it cannot change the name its requests carry ("DNS rebinding").
 */
export function namesThisMachine(hostHeader: string | undefined): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(hostHeader ?? "") ?? [];
  const host = bracketed ?? plain;
  return host !== undefined && isLoopback(host);
}
