/** Metrics as senders of OTLP tell them (opentelemetry-proto `metrics/v1/metrics.proto`). */
import type { Nanos } from "../../tekton/index.ts";
import type { Origin, ReceivedAttributes } from "./received.ts";

/** OTLP `AggregationTemporality`: whether a point counts since the last one, or since the start. */
export const Temporality = { unspecified: 0, delta: 1, cumulative: 2 } as const;

/** A metric with its data points, at least one. */
export interface ReceivedMetric extends Origin {
  name: string;
  description: string;
  /** In UCUM, for example `ms`, `By` or `{run}`. */
  unit: string;
  data: ReceivedMetricData;
}

/** `temporality` is one of {@link Temporality}; others may come. */
export type ReceivedMetricData =
  | { kind: "gauge"; points: ReceivedNumberPoint[] }
  | { kind: "sum"; temporality: number; isMonotonic: boolean; points: ReceivedNumberPoint[] }
  | { kind: "histogram"; temporality: number; points: ReceivedHistogramPoint[] }
  | { kind: "exponentialHistogram"; temporality: number; points: ReceivedExponentialHistogramPoint[] }
  | { kind: "summary"; points: ReceivedSummaryPoint[] };

/** What every data point has. */
export interface ReceivedPoint {
  attributes: ReceivedAttributes;
  /** Since when it counts; zero when not sent. */
  startNs: Nanos;
  timeNs: Nanos;
  /** Bit 0: nothing was recorded, the series just has this point (`DataPointFlags`). */
  flags: number;
}

export interface ReceivedNumberPoint extends ReceivedPoint {
  /** `bigint` for integers; undefined when nothing was recorded. */
  value: bigint | number | undefined;
  exemplars: ReceivedExemplar[];
}

export interface ReceivedHistogramPoint extends ReceivedPoint {
  count: bigint;
  sum: number | undefined;
  min: number | undefined;
  max: number | undefined;
  /** One more than there are bounds; or neither has any. */
  bucketCounts: bigint[];
  /** Upper bounds, inclusive; the last bucket has none. */
  explicitBounds: number[];
  exemplars: ReceivedExemplar[];
}

export interface ReceivedExponentialHistogramPoint extends ReceivedPoint {
  count: bigint;
  sum: number | undefined;
  min: number | undefined;
  max: number | undefined;
  /** Bucket `i` reaches from base^i to base^(i + 1), where base is 2^(2^-scale). */
  scale: number;
  zeroCount: bigint;
  zeroThreshold: number;
  positive: ReceivedBuckets;
  negative: ReceivedBuckets;
  exemplars: ReceivedExemplar[];
}

/** Counts of the buckets from index `offset` on. */
export interface ReceivedBuckets {
  offset: number;
  bucketCounts: bigint[];
}

export interface ReceivedSummaryPoint extends ReceivedPoint {
  count: bigint;
  sum: number;
  quantiles: ReceivedQuantile[];
}

/** `quantile` is from 0 (the minimum) to 1 (the maximum). */
export interface ReceivedQuantile {
  quantile: number;
  value: number;
}

/** One measurement of those that make a point, and the span it was taken in. */
export interface ReceivedExemplar {
  timeNs: Nanos;
  value: bigint | number | undefined;
  traceId: string | undefined;
  spanId: string | undefined;
  /** Those of the measurement that the point does not have. */
  attributes: ReceivedAttributes;
}
