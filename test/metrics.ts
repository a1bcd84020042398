/** Metrics as a receiver hands them on. */
import type { ReceivedMetric } from "../src/otlp/index.ts";

const TIME_NS = 1_787_044_502_000_000_000n;
const ORIGIN = {
  resource: { attributes: { "service.name": "tekton" }, droppedAttributesCount: 0, schemaUrl: "" },
  scope: { name: "throughline", version: "1", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
};

/** One metric of each kind: `step.duration` is a histogram. */
export function metricsOfEveryKind(): ReceivedMetric[] {
  const metric = (name: string, data: ReceivedMetric["data"]): ReceivedMetric => ({
    ...ORIGIN,
    name,
    description: "",
    unit: "1",
    data,
  });
  const point = {
    attributes: { task: "build" },
    startNs: TIME_NS,
    timeNs: TIME_NS + 1n,
    flags: 0,
    exemplars: [],
  };
  const summed = { sum: 4, min: 0, max: 3 };
  const exponential = {
    ...point,
    ...summed,
    count: 7n,
    scale: 0,
    zeroCount: 2n,
    zeroThreshold: 0,
    positive: { offset: 0, bucketCounts: [3n, 1n] },
    negative: { offset: 0, bucketCounts: [1n] },
  };
  return [
    metric("runs", { kind: "sum", temporality: 2, isMonotonic: true, points: [{ ...point, value: 12n }] }),
    metric("cache.size", {
      kind: "gauge",
      points: [
        { ...point, value: 1.5 },
        { ...point, timeNs: TIME_NS + 9n, value: undefined },
      ],
    }),
    metric("step.duration", {
      kind: "histogram",
      temporality: 1,
      points: [{ ...point, ...summed, count: 6n, bucketCounts: [1n, 2n, 3n], explicitBounds: [0.5, 1] }],
    }),
    metric("queue.depth", { kind: "exponentialHistogram", temporality: 1, points: [exponential] }),
    metric("wait", {
      kind: "summary",
      points: [
        {
          ...point,
          count: 9n,
          sum: 20,
          quantiles: [
            { quantile: 0.5, value: 3 },
            { quantile: 0.99, value: 4 },
          ],
        },
      ],
    }),
  ];
}
