/**
 * How a browser gets in where there is a token: the address with `?token=` is opened once, and answered with a cookie and
 * the address without it, so that the token does not stay in the history.
 */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { checkToken, sameText } from "../access.ts";

export interface Sessions {
  /** Whether the request has the token, as a header or as the cookie. */
  hasAccess(request: FastifyRequest): boolean;
  /** Whether the address has the right token; then the answer has been sent. */
  opened(request: FastifyRequest, reply: FastifyReply): boolean;
}

const HERE = "http://here";

/** Without a token everybody has access. */
export function createSessions(token: string | undefined): Sessions {
  if (token === undefined) return { hasAccess: () => true, opened: () => false };
  const hasToken = checkToken(token);
  const isToken = sameText(token);
  const cookie = cookieValueFor(token);
  const isCookie = sameText(cookie);
  return {
    hasAccess: (request) => hasToken(request.headers.authorization) || isCookie(cookieOf(request)),
    opened: (request, reply) => {
      // `//` is a path to HTTP and no address to a browser.
      if (!URL.canParse(request.url, HERE)) return false;
      const url = new URL(request.url, HERE);
      if (request.method !== "GET" || !isToken(url.searchParams.get("token") ?? "")) return false;
      url.searchParams.delete("token");
      reply
        .header("set-cookie", `${cookieName(request)}=${cookie}; HttpOnly; SameSite=Strict; Path=/`)
        .redirect(pathOf(url), 303);
      return true;
    },
  };
}

/** What shows the token was known, without showing the token. */
function cookieValueFor(token: string): string {
  return createHash("sha256").update(`throughline cookie|${token}`).digest("base64url");
}

/** Cookies do not know ports, and one machine may run several servers. */
function cookieName({ socket }: FastifyRequest): string {
  return `throughline-${socket.localPort}`;
}

function cookieOf(request: FastifyRequest): string {
  const prefix = `${cookieName(request)}=`;
  const cookies = (request.headers.cookie ?? "").split(";").map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length) ?? "";
}

/** A path of two slashes would be the address of another machine. */
function pathOf({ pathname, search }: URL): string {
  return `/${pathname.replace(/^\/+/, "")}${search}`;
}
