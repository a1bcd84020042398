/** Data points as rows of `metrics`, column by column in the order of `METRIC_COLUMNS` and the version after them. */
import { hash } from "node:crypto";
import {
  type ReceivedAttributes,
  type ReceivedExponentialHistogramPoint,
  type ReceivedMetric,
  type ReceivedNumberPoint,
  type ReceivedPoint,
  Temporality,
} from "../../otlp/index.ts";
import { attributeText } from "../attribute-text.ts";
import type { Kept } from "../keepable.ts";
import type { EncodeRows } from "./batches.ts";
import type { Versions } from "./encode.ts";
import { RowWriter } from "./row-writer.ts";
import { serviceNameOf, writeAttributes } from "./span-rows.ts";

/** A data point with the metric it is of. */
export interface MetricPoint {
  metric: ReceivedMetric;
  point: ReceivedPoint;
  /** What its kind has in the columns of values. */
  values: PointValues;
}

interface PointValues {
  value: number;
  count: bigint;
  sum: number;
  min: number;
  max: number;
  bounds: readonly number[];
  bucketCounts: readonly bigint[];
  quantileValues: readonly number[];
}

const NO_VALUES: PointValues = {
  value: 0,
  count: 0n,
  sum: 0,
  min: Number.NaN,
  max: Number.NaN,
  bounds: [],
  bucketCounts: [],
  quantileValues: [],
};

/** Every data point of the metrics that has a value. */
export function pointsOf(metrics: readonly ReceivedMetric[]): MetricPoint[] {
  return metrics.flatMap((metric) => valuedPoints(metric).map((valued) => ({ metric, ...valued })));
}

function valuedPoints({ data }: ReceivedMetric): { point: ReceivedPoint; values: PointValues }[] {
  if (data.kind === "gauge" || data.kind === "sum") {
    return data.points.flatMap((point) => {
      const value = numberOf(point);
      return value === undefined ? [] : [{ point, values: { ...NO_VALUES, value } }];
    });
  }
  if (data.kind === "histogram") {
    return data.points.map((point) => ({
      point,
      values: { ...summed(point), bounds: point.explicitBounds, bucketCounts: point.bucketCounts },
    }));
  }
  if (data.kind === "exponentialHistogram") {
    return data.points.map((point) => ({ point, values: { ...summed(point), ...explicitBuckets(point) } }));
  }
  return data.points.map((point) => ({
    point,
    values: {
      ...NO_VALUES,
      count: point.count,
      sum: point.sum,
      bounds: point.quantiles.map(({ quantile }) => quantile),
      quantileValues: point.quantiles.map(({ value }) => value),
    },
  }));
}

function numberOf({ value }: ReceivedNumberPoint): number | undefined {
  return value === undefined ? undefined : Number(value);
}

interface Summed {
  count: bigint;
  sum: number | undefined;
  min: number | undefined;
  max: number | undefined;
}

function summed({ count, sum, min, max }: Summed): PointValues {
  return { ...NO_VALUES, count, sum: sum ?? 0, min: min ?? Number.NaN, max: max ?? Number.NaN };
}

/**
 * The buckets of an exponential histogram with their bounds written out (opentelemetry-proto metrics.proto,
 * `ExponentialHistogramDataPoint`): negative ones from the far end, what is about zero, positive ones from where the first
 * begins, and nothing above.
 */
function explicitBuckets(
  point: ReceivedExponentialHistogramPoint,
): Pick<PointValues, "bounds" | "bucketCounts"> {
  const { scale, zeroCount, zeroThreshold, positive, negative } = point;
  const bound = (index: number) => 2 ** (index * 2 ** -scale);
  const below = negative.bucketCounts.map((count, index) => ({
    upper: -bound(negative.offset + index),
    count,
  }));
  const above = positive.bucketCounts.map((count, index) => ({
    upper: bound(positive.offset + index + 1),
    count,
  }));
  const buckets = [
    ...below.reverse(),
    { upper: zeroThreshold, count: zeroCount },
    ...gapBefore(positive, { zeroThreshold, bound }),
    ...above,
  ];
  return {
    bounds: buckets.map(({ upper }) => upper),
    bucketCounts: [...buckets.map(({ count }) => count), 0n],
  };
}

/** Nothing lies between zero and the first positive bucket; left out, that bucket would seem to reach down to zero. */
function gapBefore(
  { offset, bucketCounts }: ReceivedExponentialHistogramPoint["positive"],
  { zeroThreshold, bound }: { zeroThreshold: number; bound: (index: number) => number },
): { upper: number; count: bigint }[] {
  const upper = bound(offset);
  return bucketCounts.length > 0 && upper > zeroThreshold ? [{ upper, count: 0n }] : [];
}

/** An SDK makes 160 for each sign. One point of a million would take every question about its metric seconds. */
const MOST_BUCKETS = 2_000;

/** Why a point cannot be stored, or undefined. */
export function faultOfPoint({ point, values }: MetricPoint): string | undefined {
  // OTLP: "Value of 0 indicates unknown or missing timestamp".
  if (point.timeNs === 0n) return "it has no time";
  const buckets = Math.max(values.bucketCounts.length, values.bounds.length);
  return buckets > MOST_BUCKETS ? `it has more than ${MOST_BUCKETS} buckets` : undefined;
}

export function encodePoints({ items, weeks }: Kept<MetricPoint>, versions: Versions): EncodeRows {
  return (out) => {
    const { final } = versions.next();
    for (const item of items) writePoint(item, { out, version: final });
    return { count: items.length, weeks };
  };
}

function writePoint(
  { metric, point, values }: MetricPoint,
  { out, version }: { out: RowWriter; version: bigint },
): void {
  const resource = encoded(metric.resource.attributes);
  const attributes = encoded(point.attributes);
  out.int64(point.timeNs);
  out.int64(point.startNs);
  out.text(metric.name);
  out.text(metric.unit);
  out.text(metric.data.kind);
  out.text(temporalityWord(metric));
  out.uint8(metric.data.kind === "sum" && metric.data.isMonotonic ? 1 : 0);
  out.text(serviceNameOf(metric.resource));
  out.raw(resource);
  out.text(metric.scope.name);
  out.raw(attributes);
  out.int64(seriesOf(metric, point.attributes));
  out.float64(values.value);
  out.int64(values.count);
  for (const number of [values.sum, values.min, values.max]) out.float64(number);
  writeNumbers(values.bounds, out);
  out.size(values.bucketCounts.length);
  for (const count of values.bucketCounts) out.int64(count);
  writeNumbers(values.quantileValues, out);
  out.int64(pointOf(point, values));
  out.int64(version);
}

function encoded(attributes: ReceivedAttributes): Uint8Array {
  const writer = new RowWriter();
  writeAttributes(attributes, writer);
  return writer.written();
}

function writeNumbers(numbers: readonly number[], out: RowWriter): void {
  out.size(numbers.length);
  for (const number of numbers) out.float64(number);
}

function temporalityWord({ data }: ReceivedMetric): string {
  if (!("temporality" in data)) return "";
  if (data.temporality === Temporality.delta) return "delta";
  return data.temporality === Temporality.cumulative ? "cumulative" : "";
}

/**
 * The same for a point that is sent again. Of two processes that measure the same thing in the same millisecond, one began
 * earlier, or has another value.
 */
function pointOf({ startNs }: ReceivedPoint, { value, count, sum, bucketCounts }: PointValues): bigint {
  return hashOf(JSON.stringify([startNs, value, count, sum, bucketCounts].map(String)));
}

/** The same for the same metric, resource and attributes, in whatever order they were sent. */
function seriesOf({ resource, scope }: ReceivedMetric, attributes: ReceivedAttributes): bigint {
  const identity = JSON.stringify([sorted(resource.attributes), scope.name, sorted(attributes)]);
  return hashOf(identity);
}

function hashOf(text: string): bigint {
  return BigInt(`0x${hash("sha256", text).slice(0, 16)}`);
}

function sorted(attributes: ReceivedAttributes): [string, string][] {
  return Object.keys(attributes)
    .sort()
    .map((key) => [key, attributeText(attributes[key] ?? null)]);
}
