import { describe, expect, it } from "vitest";
import { decodeTraces } from "../../../../src/otlp/index.ts";
import { spanFrom } from "./details.testing.ts";
import { nanosOf, otlpJson } from "./otlp-json.ts";

describe("a span copied as OTLP/JSON", () => {
  it("is what the receiver takes, with nothing lost", () => {
    const span = spanFrom({
      kind: "Server",
      parentSpanId: "00f067aa0ba902b7",
      startTime: "2026-11-08T09:00:00.123456789Z",
      durationMs: 1500.25,
      status: "error",
      message: "exited with code 2",
      attributes: { "process.exit.code": "2" },
      resource: { "service.name": "tekton" },
      events: [{ name: "terminated", time: "2026-11-08T09:00:01Z", attributes: { reason: "Error" } }],
      links: [{ traceId: "0af7651916cd43dd8448eb211c80319d", spanId: "00f067aa0ba902b8", attributes: {} }],
    });
    const decoded = decodeTraces(new TextEncoder().encode(otlpJson(span)), "application/json");
    expect(decoded).toMatchObject({ kind: "decoded", rejected: [], shortened: 0 });
    expect(decoded.kind === "decoded" && decoded.spans[0]).toMatchObject({
      spanId: span.spanId,
      name: span.name,
      startNs: 1_794_128_400_123_456_789n,
      endNs: 1_794_128_401_623_706_789n,
    });
  });

  it("keeps all digits of a time", () => {
    expect(nanosOf("2026-11-08T09:00:00.123456789Z") % 1_000_000_000n).toBe(123_456_789n);
    expect(nanosOf("1970-01-01T00:00:01Z")).toBe(1_000_000_000n);
    expect(nanosOf("1970-01-01T00:00:00.5Z")).toBe(500_000_000n);
  });
});
