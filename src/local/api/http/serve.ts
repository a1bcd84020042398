/** The API over HTTP, for `kubectl` and for reconcilers in other processes. */
import { setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EmbeddedApi } from "../embedded-api.ts";
import { notServed } from "../refusals.ts";
import { type AccessCheck, checkAccess, isLoopback, withoutToken } from "./access.ts";
import { discover } from "./discovery.ts";
import { parseObjectPath, segmentsOf } from "./object-path.ts";
import { answerObjects } from "./object-routes.ts";
import { openApi } from "./openapi.ts";
import type { PodLogs } from "./pod-log.ts";
import { json, type Reply, sendReply, statusOf } from "./reply.ts";

export interface KubeServerOptions {
  api: EmbeddedApi;
  /** Name or address to listen on. One that others can reach needs a token. */
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** Asked for as `Authorization: Bearer …`. */
  token?: string;
  podLogs: PodLogs;
}

export interface KubeServer {
  /** Without a path. */
  url: string;
  /** Ends watches and logs, finishes other requests, and answers within seconds. A second call answers the same promise. */
  close(): Promise<void>;
}

/** Longer than clients keep idle connections, so that they close them and none is closed under a request. */
const KEEP_ALIVE_MILLIS = 120_000;
/** What is under way when the server closes may take so long. */
const CLOSE_MILLIS = 1_000;

/** Starts serving. Throws when it cannot listen, or when others could reach it and there is no token. */
export async function serveKubeApi(options: KubeServerOptions): Promise<KubeServer> {
  const { host, port, token } = options;
  if (!isLoopback(host) && token === undefined)
    throw new Error(
      `${host} can be reached from other machines, so a token is needed for the Kubernetes API`,
    );
  const refuse = checkAccess({ host, token });
  const ended = endOf(options.api);
  const server = createServer((request, response) => {
    // Writing to a client that has hung up is no failure of ours.
    response.on("error", () => {});
    void answer({ request, response }, { options, refuse, ended: ended.signal });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  await listen(server, { host, port });
  const { port: bound } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${authority(host)}:${bound}`,
    close() {
      ended.abort();
      closing ??= closeServer(server);
      return closing;
    },
  };
}

/** "All addresses" is nowhere to go; this machine is one of them. */
function authority(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

/** Aborted when there is nothing more to watch: the server closes, or the API does. */
function endOf({ operations: { closed } }: EmbeddedApi): AbortController {
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);
  closed.addEventListener("abort", () => ended.abort(), { once: true });
  return ended;
}

function listen(server: Server, place: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_MILLIS);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

interface Service {
  options: KubeServerOptions;
  refuse: AccessCheck;
  ended: AbortSignal;
}

async function answer(exchange: Exchange, service: Service): Promise<void> {
  const { response } = exchange;
  try {
    sendReply(response, await replyTo(exchange, service));
  } catch (fault) {
    const { status, body } = statusOf(fault);
    if (response.headersSent) response.destroy();
    else sendReply(response, json(body, status));
  }
}

async function replyTo({ request, response }: Exchange, { options, refuse, ended }: Service): Promise<Reply> {
  const refused = refuse(request);
  if (refused !== undefined) throw refused;
  const { pathname, searchParams: query } = new URL(withoutToken(request.url ?? ""), "http://localhost");
  const segments = segmentsOf(pathname);
  const fixed = fixedAnswer(segments);
  if (fixed !== undefined) return fixed;
  const { api, podLogs } = options;
  const path = parseObjectPath(segments);
  return answerObjects({ request, response, query, path, operations: api.operations, podLogs, ended });
}

/** What does not depend on objects. */
function fixedAnswer(segments: readonly string[]): Reply | undefined {
  const [root = "", ...rest] = segments;
  if (/^(?:healthz|readyz|livez)$/.test(root)) return { kind: "text", text: "ok" };
  if (root === "version") return json(VERSION);
  const found = root === "openapi" ? openApi(rest) : discover(segments);
  if (found !== undefined) return json(found);
  if (root === "api" || root === "apis") return undefined;
  throw notServed();
}

/** The Kubernetes version whose behaviour is followed. */
const VERSION = {
  major: "1",
  minor: "32",
  gitVersion: "v1.32.0+throughline",
  platform: `${process.platform}/${process.arch}`,
};
