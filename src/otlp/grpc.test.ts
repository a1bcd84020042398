import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { ServerCredentials, status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { hasOpenssl, makeAuthority } from "./authority.testing.ts";
import { settingsFor, startGrpcCollector, statusDetails, stopAfterTests } from "./collector.testing.ts";
import { exportSpans } from "./export.ts";
import { decodeRequest, encode } from "./proto.testing.ts";
import { readBack } from "./readback.testing.ts";
import { bareSpan, fullSpan, resourceSpansOf } from "./spans.testing.ts";

const spans = resourceSpansOf(bareSpan(), fullSpan());
const COMPLETE = { kind: "complete", accepted: 2, warnings: [] };
const EMPTY = Buffer.alloc(0);
/** "Compressed" in one byte, then the length (gRPC over HTTP2, "Length-Prefixed-Message"). */
const MESSAGE_PREFIX_BYTES = 5;

function grpcSettings(url: string, variables: Record<string, string> = {}) {
  return settingsFor(url, { PROTOCOL: "grpc", ...variables });
}

function failed(reason: string) {
  return { kind: "incomplete", accepted: 0, rejected: [], failed: [{ spans: 2, reason }], warnings: [] };
}

/** A `google.rpc.Status` that asks to come back after `seconds`. */
function retryInfo(seconds: number): Buffer {
  const value = encode("RetryInfo", { retryDelay: { seconds, nanos: 100_000_000 } });
  const other = { typeUrl: "type.googleapis.com/google.rpc.DebugInfo", value: Buffer.from("hello") };
  const details = [other, { typeUrl: "type.googleapis.com/google.rpc.RetryInfo", value }];
  return encode("RpcStatus", { code: status.RESOURCE_EXHAUSTED, message: "slow down", details });
}

describe.concurrent("exportSpans over gRPC", () => {
  it("calls the trace service with the headers as metadata", async () => {
    const { url, arrivals } = await startGrpcCollector((respond) => respond(null, EMPTY));
    expect(await exportSpans(spans, grpcSettings(url, { HEADERS: "X-Tenant=a%20b" }))).toEqual(COMPLETE);
    expect(arrivals.map(({ body }) => readBack(decodeRequest(body)))).toEqual([spans]);
    expect(arrivals.map(({ headers }) => headers.get("x-tenant"))).toEqual([["a b"]]);
  });

  it("compresses when asked to", async () => {
    const { url, messages } = await startRawCollector();
    expect(await exportSpans(spans, grpcSettings(url, { COMPRESSION: "gzip" }))).toEqual(COMPLETE);
    expect(messages.map(({ encoding }) => encoding)).toEqual(["gzip"]);
    expect(messages.map(({ body }) => readBack(decodeRequest(gunzipSync(body))))).toEqual([spans]);
  });

  it("uses one connection for all requests and retries", async () => {
    const { url, arrivals } = await startGrpcCollector((respond, n) =>
      n < 3 ? respond({ code: status.UNAVAILABLE, details: "starting" }) : respond(null, EMPTY),
    );
    const many = resourceSpansOf(...Array.from({ length: 4_001 }, () => bareSpan()));
    expect(await exportSpans(many, grpcSettings(url))).toEqual({
      kind: "complete",
      accepted: 4_001,
      warnings: [],
    });
    expect(arrivals.length).toBe(5);
    expect(new Set(arrivals.map(({ peer }) => peer)).size).toBe(1);
  });

  it.each([
    status.CANCELLED,
    status.DEADLINE_EXCEEDED,
    status.ABORTED,
    status.OUT_OF_RANGE,
    status.DATA_LOSS,
  ])("sends again after status %i", async (code) => {
    const { url, arrivals } = await startGrpcCollector((respond, n) =>
      n < 2 ? respond({ code, details: "not now" }) : respond(null, EMPTY),
    );
    expect(await exportSpans(spans, grpcSettings(url))).toEqual(COMPLETE);
    expect(arrivals.length).toBe(2);
  });

  it("takes 'resource exhausted' for final unless the server says when to come back", async () => {
    const { url, arrivals } = await startGrpcCollector((respond) =>
      respond({ code: status.RESOURCE_EXHAUSTED, details: "too large" }),
    );
    expect(await exportSpans(spans, grpcSettings(url))).toEqual(
      failed(`${url} answered 8 RESOURCE_EXHAUSTED: too large`),
    );
    expect(arrivals.length).toBe(1);
  });

  it("waits as long as RetryInfo says", async () => {
    const { url } = await startGrpcCollector((respond, n) =>
      n < 2
        ? respond({
            code: status.RESOURCE_EXHAUSTED,
            details: "slow down",
            metadata: statusDetails(retryInfo(2)),
          })
        : respond(null, EMPTY),
    );
    const start = performance.now();
    expect(await exportSpans(spans, grpcSettings(url))).toEqual(COMPLETE);
    expect(performance.now() - start).toBeGreaterThan(2_000);
  });

  it("survives status details that are garbage", async () => {
    const { url } = await startGrpcCollector((respond) =>
      respond({
        code: status.RESOURCE_EXHAUSTED,
        details: "no",
        metadata: statusDetails(Buffer.from("garbage")),
      }),
    );
    expect(await exportSpans(spans, grpcSettings(url))).toEqual(
      failed(`${url} answered 8 RESOURCE_EXHAUSTED: no`),
    );
  });

  it("does not send again what a collector refuses, and says why without showing secrets", async () => {
    const { url, arrivals } = await startGrpcCollector((respond) =>
      respond({ code: status.UNAUTHENTICATED, details: "token hunter2hunter2 is unknown" }),
    );
    const settings = grpcSettings(url, { HEADERS: "authorization=Bearer%20hunter2hunter2" });
    const reason = `${url} answered 16 UNAUTHENTICATED: token [hidden] is unknown`;
    expect(await exportSpans(spans, settings)).toEqual(failed(reason));
    expect(arrivals.length).toBe(1);
  });

  it("gives up on a server that hangs", async () => {
    const { url } = await startGrpcCollector(() => {});
    const reason = `${url} did not answer in time (time limit 1000 ms)`;
    expect(await exportSpans(spans, grpcSettings(url, { TIMEOUT: "1000" }))).toEqual(failed(reason));
  });

  it("says so when a host has no address", async () => {
    const settings = grpcSettings("http://collector.invalid:4317", { TIMEOUT: "500" });
    expect(await exportSpans(spans, settings)).toMatchObject({
      failed: [{ spans: 2, reason: expect.stringContaining("cannot reach http://collector.invalid:4317") }],
    });
  });

  it("says so when a header is not fit for gRPC", async () => {
    const { url } = await startGrpcCollector((respond) => respond(null, EMPTY));
    expect(
      await exportSpans(spans, grpcSettings(url, { HEADERS: "trace-bin=hunter2hunter2" })),
    ).toMatchObject({
      failed: [{ spans: 2, reason: expect.not.stringContaining("hunter2") }],
    });
  });
});

describe.skipIf(!hasOpenssl)("exportSpans over gRPC with TLS (needs openssl)", () => {
  it("trusts the authority it is given, and shows who it is", async () => {
    const { certificate, certificateFile, server, client } = makeAuthority();
    const chain = [{ cert_chain: server.cert, private_key: server.key }];
    const credentials = ServerCredentials.createSsl(certificate, chain, true);
    const { url } = await startGrpcCollector((respond) => respond(null, EMPTY), credentials);
    const identity = { CLIENT_CERTIFICATE: client.certificateFile, CLIENT_KEY: client.keyFile };
    const settings = grpcSettings(url, { CERTIFICATE: certificateFile, ...identity });
    expect(await exportSpans(spans, settings)).toEqual(COMPLETE);
  });

  it("trusts no other", async () => {
    const { server } = makeAuthority();
    const credentials = ServerCredentials.createSsl(null, [
      { cert_chain: server.cert, private_key: server.key },
    ]);
    const { url } = await startGrpcCollector((respond) => respond(null, EMPTY), credentials);
    expect(await exportSpans(spans, grpcSettings(url, { TIMEOUT: "500" }))).toMatchObject({
      failed: [{ spans: 2, reason: expect.stringContaining("unable to verify the first certificate") }],
    });
  });
});

/** The wire as it is, since a gRPC server shows neither compression nor the header that names it. */
async function startRawCollector() {
  const messages: { encoding: unknown; body: Buffer }[] = [];
  const server = createServer();
  server.on("stream", async (stream, headers) => {
    const chunks: Buffer[] = await stream.toArray();
    messages.push({
      encoding: headers["grpc-encoding"],
      body: Buffer.concat(chunks).subarray(MESSAGE_PREFIX_BYTES),
    });
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(MESSAGE_PREFIX_BYTES));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stopAfterTests(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, messages };
}
