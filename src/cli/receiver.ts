/** Takes the telemetry of steps: OTLP over HTTP on a free port of the loopback address, for whoever is on this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  encodeStatus,
  encodingOf,
  httpStatusOf,
  inflateBounded,
  type RefusedRequest,
  refuse,
  type Signal,
  statusOf,
} from "../otlp/index.ts";
import type { Intake, Taken } from "./intake.ts";
import type { OtlpBody } from "./spool.ts";

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
const PATHS = Object.keys(SIGNALS).join(", ");

const NOT_KEPT: Record<Exclude<Taken, "taken">, RefusedRequest> = {
  full: refuse("full", "more telemetry came in than is kept of one run"),
  failed: refuse("unavailable", "it could not be kept"),
};

/** A body is acknowledged when the sink behind the intake has it. */
export async function startReceiver(intake: Pick<Intake, "take">): Promise<Receiver> {
  let unreadable = 0;
  const server = createServer(async (request, response) => {
    const received = await receive(request);
    if ("reason" in received) {
      unreadable++;
      answerRefused(response, received);
      return;
    }
    const taken = await intake.take(received);
    if (taken === "taken") answerTaken(response, received.contentType);
    else answerRefused(response, NOT_KEPT[taken]);
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

async function receive(request: IncomingMessage): Promise<OtlpBody | RefusedRequest> {
  const { method, headers } = request;
  const path = pathOf(request);
  const signal = SIGNALS[path];
  if (signal === undefined) return refuse("unknownPath", `OTLP is received at ${PATHS}`);
  if (method !== "POST") return refuse("wrongMethod", `POST to ${path}`);
  const encoding = encodingOf(headers["content-type"]);
  if (encoding === undefined) return refuse("unsupported", "the content type is neither protobuf nor JSON");
  const packed = await readBounded(request);
  if (!(packed instanceof Uint8Array)) return packed;
  const inflated = await inflateBounded(packed, headers["content-encoding"], MAX_BODY_BYTES);
  if (inflated.kind !== "inflated") return refuse(inflated.kind, inflated.reason);
  const contentType = encoding === "json" ? "application/json" : "application/x-protobuf";
  return { signal, contentType, body: inflated.body };
}

function pathOf({ url = "/" }: IncomingMessage): string {
  const base = "http://localhost";
  return URL.canParse(url, base) ? new URL(url, base).pathname : "/";
}

async function readBounded(request: IncomingMessage): Promise<Uint8Array | RefusedRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.byteLength;
      if (length > MAX_BODY_BYTES)
        return refuse("tooLarge", `the body is longer than ${MAX_BODY_BYTES} bytes; send smaller batches`);
      chunks.push(chunk);
    }
  } catch {
    return refuse("malformed", "the body ended early");
  }
  return Buffer.concat(chunks);
}

/** An empty message says that everything was taken (OTLP specification, "OTLP/HTTP Response"). */
function answerTaken(response: ServerResponse, contentType: OtlpBody["contentType"]): void {
  const body = contentType === "application/json" ? "{}" : "";
  response.writeHead(200, { "content-type": contentType, "content-length": body.length }).end(body);
}

/** In JSON, whatever came: who sends here is a program on this machine, and whoever looks for what is wrong with it can read it. */
function answerRefused(response: ServerResponse, refused: RefusedRequest): void {
  const body = encodeStatus(statusOf(refused), "json");
  response
    .writeHead(httpStatusOf(refused), { "content-type": "application/json", "content-length": body.length })
    .end(body);
}
