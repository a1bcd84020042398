/** What the two HTTP servers have in common. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type FastifyInstance, fastify } from "fastify";
import {
  CLOSE_MILLIS,
  HEADERS_MILLIS,
  KEEP_ALIVE_MILLIS,
  MAX_CONNECTIONS,
  MAX_PATH_PART,
  RECEIVE_MILLIS,
  SILENCE_MILLIS,
  TIMEOUT_CHECK_MILLIS,
} from "./limits.ts";

/** How long clients may take, in milliseconds. */
interface Patience {
  headers: number;
  request: number;
  /** Nothing goes either way. */
  silence: number;
  /** How often slow ones are looked for. */
  check: number;
}

const PATIENCE: Patience = {
  headers: HEADERS_MILLIS,
  request: RECEIVE_MILLIS,
  silence: SILENCE_MILLIS,
  check: TIMEOUT_CHECK_MILLIS,
};

export interface HttpAppOptions {
  /** What a client is told that sent no request: JSON, in the server's own shape. */
  describe(message: string): object;
  /** Headers such an answer has. No hook ever sees it. */
  headers?: Readonly<Record<string, string>>;
  patience?: Patience;
}

/** A Fastify instance that gives slow and many clients their limits, and logs nothing. Bodies are left to who wants them. */
export function createHttpApp({
  describe,
  headers = {},
  patience = PATIENCE,
}: HttpAppOptions): FastifyInstance {
  const app = fastify({
    connectionTimeout: patience.silence,
    requestTimeout: patience.request,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    http: { headersTimeout: patience.headers, connectionsCheckingInterval: patience.check },
    routerOptions: { maxParamLength: MAX_PATH_PART },
    // An address that cannot be decoded.
    frameworkErrors: (_fault, _request, reply) => {
      reply.raw
        .writeHead(400, { ...headers, "content-type": JSON_TYPE })
        .end(JSON.stringify(describe("the address is none")));
    },
    clientErrorHandler: (fault, socket) => {
      const { status, message } = noRequest(fault.code);
      // Whoever has hung up does not read it.
      if (fault.code !== "ECONNRESET" && socket.writable)
        writeAnswer(socket, { status, headers, body: JSON.stringify(describe(message)) });
      socket.destroy();
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.server.maxConnections = MAX_CONNECTIONS;
  app.decorate(SOCKETS, openSockets(app));
  return app;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** What was sent instead of a request, by Node's code for it. */
function noRequest(code: string): { status: number; message: string } {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, message: "the request did not arrive in time" };
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, message: "the headers are too long" };
    default:
      return { status: 400, message: "this is not an HTTP request" };
  }
}

interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

function writeAnswer(socket: Socket, { status, headers, body }: RawAnswer): void {
  const all = {
    ...headers,
    "content-type": JSON_TYPE,
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}

const SOCKETS = "sockets";

function openSockets({ server }: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

const IDLE_CHECK_MILLIS = 20;

/** Stops listening, finishes the requests that are being answered, and lets go of all connections. */
export async function closeHttpApp(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => closeIdle(app), IDLE_CHECK_MILLIS);
  const deadline = setTimeout(() => app.server.closeAllConnections(), CLOSE_MILLIS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(deadline);
  }
}

/** Browsers open connections ahead. Until something is sent on one, Node waits for a request and does not call it idle. */
function closeIdle(app: FastifyInstance): void {
  app.server.closeIdleConnections();
  for (const socket of app.getDecorator<ReadonlySet<Socket>>(SOCKETS)) {
    if (socket.bytesRead === 0) socket.destroy();
  }
}
