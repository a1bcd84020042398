import { describe, expect, it } from "vitest";
import { DEAD_URL, settingsFor, startGrpcCollector, startHttpCollector } from "./collector.testing.ts";
import { exportSpans } from "./export.ts";
import { encode } from "./proto.testing.ts";
import { bareSpan, fullSpan, resourceSpansOf } from "./spans.testing.ts";

const spans = resourceSpansOf(bareSpan(), fullSpan(), bareSpan());
const threeRequests = resourceSpansOf(...Array.from({ length: 4_100 }, () => bareSpan()));

describe.concurrent("exportSpans", () => {
  it("makes no connection without spans", async () => {
    const { url, connections } = await startHttpCollector((response) => response.end());
    const nothing = { kind: "complete", accepted: 0, warnings: [] };
    expect(await exportSpans(resourceSpansOf(), settingsFor(url))).toEqual(nothing);
    expect(connections()).toBe(0);
  });

  it.each(["http/protobuf", "http/json", "grpc"])(
    "tells what the collector rejected over %s",
    async (protocol) => {
      const partialSuccess = { rejectedSpans: 2, errorMessage: "too old" };
      const url = await startCollector(protocol, partialSuccess);
      expect(await exportSpans(spans, settingsFor(url, { PROTOCOL: protocol }))).toEqual({
        kind: "incomplete",
        accepted: 1,
        rejected: [{ spans: 2, reason: expect.stringMatching(/^http:\/\/127.* rejected spans: too old$/) }],
        failed: [],
        warnings: [],
      });
    },
  );

  it("passes on a collector's warning once", async () => {
    const url = await startCollector("http/json", { errorMessage: "use gzip" });
    expect(await exportSpans(threeRequests, settingsFor(url, { PROTOCOL: "http/json" }))).toEqual({
      kind: "complete",
      accepted: 4_100,
      warnings: [`${url}/v1/traces warns: use gzip`],
    });
  });

  it("never counts more rejected than there were", async () => {
    const url = await startCollector("http/json", { rejectedSpans: 99 });
    const rejected = [{ spans: 3, reason: `${url}/v1/traces rejected spans: no reason given` }];
    expect(await exportSpans(spans, settingsFor(url, { PROTOCOL: "http/json" }))).toMatchObject({
      accepted: 0,
      rejected,
    });
  });

  it.each(["http/protobuf", "http/json"])("warns when the answer is garbage over %s", async (protocol) => {
    const { url } = await startHttpCollector((response) => response.end("<html>hello</html>"));
    expect(await exportSpans(spans, settingsFor(url, { PROTOCOL: protocol }))).toEqual({
      kind: "complete",
      accepted: 3,
      warnings: [`${url}/v1/traces took the spans, but its answer is not an OTLP response`],
    });
  });

  it("goes on after a request that failed", async () => {
    const { url, arrivals } = await startHttpCollector((response, n) =>
      response.writeHead(n === 2 ? 200 : 413).end(),
    );
    expect(await exportSpans(threeRequests, settingsFor(url))).toEqual({
      kind: "incomplete",
      accepted: 2_000,
      rejected: [],
      failed: [{ spans: 2_100, reason: `${url}/v1/traces answered 413 Payload Too Large` }],
      warnings: [],
    });
    expect(arrivals.length).toBe(3);
  });

  it.each(["http/protobuf", "grpc"])("stops when there is no server to talk to over %s", async (protocol) => {
    const start = performance.now();
    expect(
      await exportSpans(threeRequests, settingsFor(DEAD_URL, { PROTOCOL: protocol, TIMEOUT: "1500" })),
    ).toEqual({
      kind: "incomplete",
      accepted: 0,
      rejected: [],
      failed: [
        { spans: 4_100, reason: expect.stringMatching(/^cannot reach http:.*ECONNREFUSED.*1500 ms\)$/) },
      ],
      warnings: [],
    });
    expect(performance.now() - start).toBeLessThan(4_000);
  });
});

async function startCollector(protocol: string, partialSuccess: Record<string, unknown>): Promise<string> {
  const bytes = encode("ExportTraceServiceResponse", { partialSuccess });
  if (protocol === "grpc") return (await startGrpcCollector((respond) => respond(null, bytes))).url;
  const body = protocol === "http/json" ? JSON.stringify({ partialSuccess }) : bytes;
  return (await startHttpCollector((response) => response.end(body))).url;
}
