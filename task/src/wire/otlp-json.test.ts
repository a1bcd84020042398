import { describe, expect, it } from "vitest";
import { metricRequest, spanRequest, Temporality } from "./otlp-json.ts";

const origin = { resource: { "service.name": "build" }, scope: "test" };
const times = { startNs: 1_700_000_000_000_000_001n, endNs: 1_700_000_000_000_000_002n };

it("a span is an ExportTraceServiceRequest on one line", () => {
  const request = spanRequest(origin, {
    ...times,
    traceId: "1".repeat(32),
    spanId: "2".repeat(16),
    parentSpanId: undefined,
    traceState: undefined,
    name: "make",
    kind: 3,
    attributes: { text: "a\n\u2028", whole: 1, part: 0.5, yes: true, list: ["x"], none: undefined },
    links: [{ traceId: "3".repeat(32), spanId: "4".repeat(16), traceState: undefined }],
    error: "exit code 1",
  });
  expect(request).not.toContain("\n");
  const { resourceSpans } = JSON.parse(request);
  expect(resourceSpans).toHaveLength(1);
  expect(resourceSpans[0].resource.attributes).toEqual([
    { key: "service.name", value: { stringValue: "build" } },
  ]);
  expect(resourceSpans[0].scopeSpans).toEqual([
    {
      scope: { name: "test" },
      spans: [
        {
          traceId: "1".repeat(32),
          spanId: "2".repeat(16),
          name: "make",
          kind: 3,
          startTimeUnixNano: "1700000000000000001",
          endTimeUnixNano: "1700000000000000002",
          attributes: [
            { key: "text", value: { stringValue: "a\n\u2028" } },
            { key: "whole", value: { intValue: "1" } },
            { key: "part", value: { doubleValue: 0.5 } },
            { key: "yes", value: { boolValue: true } },
            { key: "list", value: { arrayValue: { values: [{ stringValue: "x" }] } } },
          ],
          links: [{ traceId: "3".repeat(32), spanId: "4".repeat(16) }],
          status: { code: 2, message: "exit code 1" },
        },
      ],
    },
  ]);
});

describe("a histogram of one value", () => {
  it.each([
    [0, ["1", "0", "0"]],
    [1, ["1", "0", "0"]],
    [1.5, ["0", "1", "0"]],
    [3, ["0", "0", "1"]],
  ])("has %d in the bucket whose upper bound is not below it", (value, bucketCounts) => {
    const as = { kind: "histogram", temporality: Temporality.delta, bounds: [1, 2] } as const;
    const request = metricRequest(origin, { ...times, name: "x", unit: "s", value, attributes: {}, as });
    const [metric] = JSON.parse(request).resourceMetrics[0].scopeMetrics[0].metrics;
    expect(metric.histogram.dataPoints[0]).toMatchObject({
      bucketCounts,
      explicitBounds: [1, 2],
      sum: value,
    });
  });
});
