/** What makes a span, a metric or a data point bad in itself, for both encodings. */
import type { Origin } from "./received.ts";
import type { ReceivedMetric, ReceivedMetricData } from "./received-metric.ts";
import type { Tally } from "./tally.ts";

const NO_TRACE_ID = "0".repeat(32);
const NO_SPAN_ID = "0".repeat(16);

interface SpanIds {
  traceId: string;
  spanId: string;
  /** Empty, or all zero as some senders write it, for a root. */
  parentSpanId: string;
}

/**
 * Why a span cannot be kept, judged by its ids in hex; undefined when it can (opentelemetry-proto `trace.proto`: a
 * trace id has 16 bytes, a span id eight, and one that is all zero is invalid).
 */
export function spanFault({ traceId, spanId, parentSpanId }: SpanIds): string | undefined {
  if (!isTraceId(traceId)) return idFault("trace_id", traceId, NO_TRACE_ID);
  if (!isSpanId(spanId)) return idFault("span_id", spanId, NO_SPAN_ID);
  if (parentSpanId === "" || parentSpanId.length === NO_SPAN_ID.length) return undefined;
  return idFault("parent_span_id", parentSpanId, NO_SPAN_ID);
}

/** 32 hex digits, not all of them zero. */
export function isTraceId(id: string): boolean {
  return id.length === NO_TRACE_ID.length && id !== NO_TRACE_ID;
}

/** 16 hex digits, not all of them zero. */
export function isSpanId(id: string): boolean {
  return id.length === NO_SPAN_ID.length && id !== NO_SPAN_ID;
}

function idFault(name: string, id: string, zeros: string): string {
  if (id === "") return `${name} is missing`;
  return id === zeros ? `${name} is all zero` : `${name} is not ${zeros.length / 2} bytes`;
}

interface ContextIds {
  traceId: string;
  spanId: string;
}

/** The span a log record or an exemplar belongs to, as far as it says. Ids that are none are left out and counted. */
export function contextOf(
  ids: ContextIds,
  tally: Tally,
): { traceId: string | undefined; spanId: string | undefined } {
  const traceId = isTraceId(ids.traceId) ? ids.traceId : undefined;
  const spanId = isSpanId(ids.spanId) ? ids.spanId : undefined;
  if (traceId === undefined && !isNone(ids.traceId, NO_TRACE_ID)) tally.shortened += 1;
  if (spanId === undefined && !isNone(ids.spanId, NO_SPAN_ID)) tally.shortened += 1;
  return { traceId, spanId };
}

function isNone(id: string, zeros: string): boolean {
  return id === "" || id === zeros;
}

/** Why the buckets of a histogram mean nothing; undefined when they do (`HistogramDataPoint.explicit_bounds`). */
export function bucketFault(point: { bucketCounts: bigint[]; explicitBounds: number[] }): string | undefined {
  const { length: counts } = point.bucketCounts;
  const { length: bounds } = point.explicitBounds;
  if (counts === bounds + 1 || counts + bounds === 0) return undefined;
  return "bucket_counts is not one longer than explicit_bounds";
}

/** Bit 0 of a data point's flags: nothing was recorded (`DataPointFlags`). */
const NO_RECORDED_VALUE = 1;

/** Why a number point says nothing; undefined when it does. */
export function numberFault(point: { value: unknown; flags: number }): string | undefined {
  const isRecorded = (point.flags & NO_RECORDED_VALUE) === 0;
  return point.value === undefined && isRecorded ? "a data point has no value" : undefined;
}

interface MetricToKeep extends Origin {
  name: string;
  description: string;
  unit: string;
  data: ReceivedMetricData | undefined;
}

/** The metric, unless it has no name, or nothing in it that was taken: then undefined, and what is lost is counted. */
export function keptMetric({ data, ...metric }: MetricToKeep, tally: Tally): ReceivedMetric | undefined {
  if (data === undefined) tally.reject({ count: 1, reason: "a metric is of none of the known types" });
  if (data === undefined || data.points.length === 0) return undefined;
  if (metric.name !== "") return { ...metric, data };
  tally.reject({ count: data.points.length, reason: "a metric has no name" });
  return undefined;
}
