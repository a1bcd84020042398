/** Takes the telemetry of steps: OTLP over HTTP on a free port of the loopback address, for whoever is on this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inflateBounded } from "../otlp/index.ts";
import type { Intake, Taken } from "./intake.ts";
import type { OtlpBody, Signal } from "./spool.ts";

export interface Receiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string;
  /** How many requests had nothing telemetry can be read from. What the intake refuses, it counts itself. */
  unreadable(): number;
  /** Takes no more. */
  close(): Promise<void>;
}

/** What most collectors take. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const SIGNALS: Record<string, Signal> = {
  "/v1/traces": "traces",
  "/v1/metrics": "metrics",
  "/v1/logs": "logs",
};

const STATUSES: Record<Taken, number> = { taken: 200, full: 507, failed: 503 };

/** A body is acknowledged when the sink behind the intake has it. */
export async function startReceiver(intake: Pick<Intake, "take">): Promise<Receiver> {
  let unreadable = 0;
  const server = createServer(async (request, response) => {
    const body = await receive(request).catch(refusalOf);
    if (body instanceof Refused) {
      unreadable++;
      answer(response, body.status, "application/json");
      return;
    }
    const taken = await intake.take(body);
    answer(response, STATUSES[taken], taken === "taken" ? body.contentType : "application/json");
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    unreadable: () => unreadable,
    close: () => closeServer(server),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  server.unref();
  return (server.address() as AddressInfo).port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A fault of another sort is a connection that broke. */
function refusalOf(fault: unknown): Refused {
  return fault instanceof Refused ? fault : new Refused(400, "the request could not be read");
}

async function receive(request: IncomingMessage): Promise<OtlpBody> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const signal = SIGNALS[pathname];
  if (signal === undefined) throw new Refused(404, "no such path");
  if (request.method !== "POST") throw new Refused(405, "POST only");
  const contentType = contentTypeOf(request);
  const packed = await readBounded(request);
  const inflated = await inflateBounded(packed, request.headers["content-encoding"], MAX_BODY_BYTES);
  if (inflated.kind !== "inflated") throw new Refused(400, inflated.reason);
  return { signal, contentType, body: inflated.body };
}

function contentTypeOf({ headers }: IncomingMessage): OtlpBody["contentType"] {
  const type = headers["content-type"]?.split(";")[0]?.trim();
  if (type === "application/json" || type === "application/x-protobuf") return type;
  throw new Refused(415, "send application/json or application/x-protobuf");
}

async function readBounded(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) throw new Refused(413, "the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An empty message says that everything was taken (OTLP specification, "OTLP/HTTP Response"). */
function answer(response: ServerResponse, status: number, contentType: OtlpBody["contentType"]): void {
  const body = contentType === "application/json" ? "{}" : "";
  response.writeHead(status, { "content-type": contentType, "content-length": body.length }).end(body);
}
