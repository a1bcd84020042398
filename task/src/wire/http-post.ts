/**
 * One HTTP/1.1 POST over a socket of its own, of which only the status line of the answer counts. Node's own client costs a
 * command that takes a millisecond itself four more (Node 20.20).
 */
import type { Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";
import { percentDecoded } from "./percent.ts";

/** What is sent, and where. */
export interface Post {
  url: URL;
  /** Names in lower case; checked to be without line ends. */
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
  /** For https. */
  identity: SecureContextOptions;
  /** How long a connection may take; else as long as all of it. */
  connectMs?: number;
  /** How long all of it may take. */
  timeoutMs: number;
  /** Gives up before that. */
  signal?: AbortSignal;
  /** Whether the process may end meanwhile. */
  isBackground?: boolean;
}

/** A status line is short; a server that goes on without one speaks something else. */
const MAXIMUM_STATUS_LINE = 1024;
const GIVEN_UP = "no answer in time";
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r?\n/;

/** Sends it and answers the status code. Rejects with what went wrong, in words that go behind the name of the server. */
export function post(given: Post): Promise<number> {
  const { url, headers, body, identity, timeoutMs, connectMs = timeoutMs, signal } = given;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw new Error(GIVEN_UP);
    const socket = connect(url, identity);
    const fail = (reason: string | Error) => {
      reject(typeof reason === "string" ? new Error(reason) : reason);
      socket.destroy();
    };
    const connecting = setTimeout(fail, Math.min(connectMs, timeoutMs), "takes no connection");
    const waiting = setTimeout(fail, timeoutMs, `did not answer within ${timeoutMs / 1000} s`);
    const giveUp = () => fail(GIVEN_UP);
    signal?.addEventListener("abort", giveUp);
    if (given.isBackground) for (const each of [socket, connecting, waiting]) each.unref();
    socket.once("connect", () => clearTimeout(connecting));
    socket.on("error", fail);
    socket.on("end", () => fail("hung up without an answer"));
    socket.on("close", () => {
      clearTimeout(connecting);
      clearTimeout(waiting);
      signal?.removeEventListener("abort", giveUp);
    });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      const [, status] = STATUS_LINE.exec(answer) ?? [];
      if (status !== undefined) {
        resolve(Number(status));
        socket.destroy();
      } else if (answer.includes("\n") || answer.length > MAXIMUM_STATUS_LINE) fail("does not speak HTTP");
    });
    socket.write(`${headOf({ url, headers, body })}\r\n`);
    socket.write(body);
  });
}

function connect(url: URL, identity: SecureContextOptions): Socket {
  // An address of IPv6 has brackets in a URL only.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const { isIP, connect: connectTcp } = process.getBuiltinModule("node:net");
  if (url.protocol === "http:") return connectTcp({ host, port: Number(url.port || 80) });
  const servername = isIP(host) ? {} : { servername: host };
  const tls = process.getBuiltinModule("node:tls");
  return tls.connect({ host, port: Number(url.port || 443), ...servername, ...identity });
}

/** RFC 9112 §3: request line and header fields. */
function headOf({ url, headers, body }: Pick<Post, "url" | "headers" | "body">): string {
  const fields = {
    ...authorizationOf(url),
    ...headers,
    host: url.host,
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}`;
}

/** RFC 7617: user and password of the URL. */
function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
