import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoreError, spansOfTraces } from "../../store/index.ts";
import { startTestServer, storeThat, type TestServer } from "../server.testing.ts";

const SERVICE = "/opentelemetry.proto.collector";
const TRACES = `${SERVICE}.trace.v1.TraceService/Export`;
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

const clients: Client[] = [];
afterAll(() => {
  for (const client of clients) client.close();
});

interface Call {
  to?: string;
  path?: string;
  metadata?: Record<string, string>;
  body: Uint8Array;
  gzip?: boolean;
}

/** Answers the status, and the body where there is one. */
function call({ to = server.addresses.otlpGrpc, path = TRACES, metadata = {}, body, gzip = false }: Call) {
  const client = new Client(new URL(to).host, credentials.createInsecure(), {
    "grpc.default_compression_algorithm": gzip ? 2 : 0,
  });
  clients.push(client);
  const headers = new Metadata();
  for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
  const asItIs = (bytes: Buffer) => bytes;
  return new Promise<{ code: number; details: string; trailer: Buffer; body?: Buffer }>((resolve) => {
    client.makeUnaryRequest(path, asItIs, asItIs, Buffer.from(body), headers, (error, answer) =>
      resolve({
        code: status.OK,
        details: "",
        trailer: Buffer.alloc(0),
        ...failure(error),
        ...(answer && { body: answer }),
      }),
    );
  });
}

function failure(error: ServiceError | null) {
  if (error === null) return {};
  const [trailer] = error.metadata.get("grpc-status-details-bin");
  return { code: error.code, details: error.details, ...(Buffer.isBuffer(trailer) && { trailer }) };
}

/** An `ExportTraceServiceRequest` with one span, written by hand: `tag, length, content`, inside out. */
function protobufRequest(traceId = TRACE_ID): Buffer {
  const field = (number: number, content: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
  const time = Buffer.alloc(9);
  time.writeBigUInt64LE(BigInt(Date.now() - 60_000) * 1_000_000n, 1);
  const at = (number: number) => {
    const written = Buffer.from(time);
    written[0] = (number << 3) | 1;
    return written;
  };
  const span = Buffer.concat([
    field(1, Buffer.from(traceId, "hex")),
    field(2, Buffer.from("00f067aa0ba902b7", "hex")),
    field(5, Buffer.from("over gRPC")),
    at(7),
    at(8),
  ]);
  return field(1, field(2, field(2, span)));
}

describe("OTLP over gRPC", () => {
  it.each([false, true])("keeps what it answers OK to (gzip: %s)", async (gzip) => {
    const traceId = gzip ? "5bf92f3577b34da6a3ce929d0e0e4736" : TRACE_ID;
    const { code, body } = await call({ body: protobufRequest(traceId), gzip });
    expect([code, body?.length]).toEqual([status.OK, 0]);
    const [span] = await server.store.select(spansOfTraces([traceId]));
    expect(span?.name).toBe("over gRPC");
  });

  it.each(["metrics.v1.MetricsService", "logs.v1.LogsService"])("has a %s", async (service) => {
    expect((await call({ path: `${SERVICE}.${service}/Export`, body: Buffer.alloc(0) })).code).toBe(
      status.OK,
    );
  });

  it("answers bytes that are no request with what is wrong, and goes on", async () => {
    const { code, details } = await call({ body: Buffer.from([0xff, 0xff, 0xff]) });
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(details).toContain("cannot be read");
    expect((await call({ body: protobufRequest() })).code).toBe(status.OK);
  });

  it("takes neither a message that is too large, nor one that becomes too large", async () => {
    const large = Buffer.alloc(9 * 1024 * 1024);
    expect((await call({ body: large })).code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await call({ body: large, gzip: true })).code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await call({ body: protobufRequest() })).code).toBe(status.OK);
  });

  it("serves more calls at once than it receives at once", async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => call({ body: protobufRequest() })));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([status.OK]));
  });

  it("takes from nobody without the token", async () => {
    const { addresses } = await startTestServer({ store: storeThat({}), token: "s3cret" });
    const body = protobufRequest();
    const to = addresses.otlpGrpc;
    expect((await call({ to, body })).code).toBe(status.UNAUTHENTICATED);
    const metadata = { authorization: "Bearer s3cret" };
    expect((await call({ to, body, metadata })).code).toBe(status.OK);
  });

  it("tells when to come back, which is what makes a client come back", async () => {
    const busy = { kind: "busy", reason: "later", retryAfterSeconds: 7 } as const;
    const { addresses } = await startTestServer({ store: storeThat({ addSpans: async () => busy }) });
    const { code, trailer } = await call({ to: addresses.otlpGrpc, body: protobufRequest() });
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(trailer.includes("type.googleapis.com/google.rpc.RetryInfo")).toBe(true);
  });

  it("is unavailable when the store is", async () => {
    const addSpans = async () => {
      throw new StoreError("unavailable", "the disk is full");
    };
    const { addresses } = await startTestServer({ store: storeThat({ addSpans }) });
    const { code, details } = await call({ to: addresses.otlpGrpc, body: protobufRequest() });
    expect([code, details]).toEqual([status.UNAVAILABLE, "the disk is full"]);
  });
});
