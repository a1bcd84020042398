/** Real collectors for tests: they keep what they are sent and answer as they are told. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { afterAll } from "vitest";
import { type ExportSettings, settingsFromEnvironment } from "./settings.ts";

const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

/** Stops a server when all tests of a file are over, for those that run at the same time know no end of their own. */
export function stopAfterTests(stop: () => void): void {
  stops.push(stop);
}

export interface HttpArrival {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface HttpCollector {
  /** `http://127.0.0.1:port`, or https. */
  url: string;
  arrivals: HttpArrival[];
  /** TCP connections made. */
  connections: () => number;
}

/** Answers arrival `n` (from 1) with `answer`. */
export async function startHttpCollector(
  answer: (response: ServerResponse, n: number) => void,
  tls?: ServerOptions,
): Promise<HttpCollector> {
  const arrivals: HttpArrival[] = [];
  let connections = 0;
  const server = tls ? createTlsServer(tls) : createServer();
  server.on("connection", () => {
    connections += 1;
  });
  server.on("request", async (request, response) => {
    const chunks: Buffer[] = await request.toArray();
    arrivals.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    answer(response, arrivals.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stopAfterTests(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, arrivals, connections: () => connections };
}

export interface GrpcArrival {
  headers: Metadata;
  body: Buffer;
  peer: string;
}

interface GrpcCollector {
  url: string;
  arrivals: GrpcArrival[];
}

/** A TraceService that passes bytes through; answers arrival `n` (from 1) with `answer`. */
export async function startGrpcCollector(
  answer: (respond: sendUnaryData<Buffer>, n: number) => void,
  credentials?: ServerCredentials,
): Promise<GrpcCollector> {
  const arrivals: GrpcArrival[] = [];
  const server = new Server();
  const handle: handleUnaryCall<Buffer, Buffer> = (call: ServerUnaryCall<Buffer, Buffer>, respond) => {
    arrivals.push({ headers: call.metadata, body: call.request, peer: call.getPeer() });
    answer(respond, arrivals.length);
  };
  const asItIs = (bytes: Buffer) => bytes;
  const method = {
    path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    requestStream: false,
    responseStream: false,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  } as const;
  server.addService({ export: method }, { export: handle });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials ?? ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  stopAfterTests(() => server.forceShutdown());
  return { url: `${credentials ? "https" : "http"}://127.0.0.1:${port}`, arrivals };
}

/** Trailers that carry a `google.rpc.Status`. */
export function statusDetails(status: Buffer): Metadata {
  const trailers = new Metadata();
  trailers.set("grpc-status-details-bin", status);
  return trailers;
}

/** The settings a user would have written for it, from the variables without their `OTEL_EXPORTER_OTLP_`. */
export function settingsFor(url: string, variables: Record<string, string> = {}): ExportSettings {
  const given = Object.entries({ ENDPOINT: url, TIMEOUT: "5000", ...variables });
  const settings = settingsFromEnvironment(
    Object.fromEntries(given.map(([suffix, value]) => [`OTEL_EXPORTER_OTLP_${suffix}`, value])),
  );
  if (settings === undefined) throw new Error("an endpoint is set, so there are settings");
  return settings;
}

/** Nothing listens there: port 1 (tcpmux) is not used any more. */
export const DEAD_URL = "http://127.0.0.1:1";
