/** What a data point adds to a metric of Prometheus. */
import {
  type ReceivedMetric,
  type ReceivedNumberPoint,
  type ReceivedPoint,
  Temporality,
} from "../../otlp/index.ts";
import { boundsFor, exponentialBuckets } from "./buckets.ts";
import type { Family } from "./family.ts";
import { labelsOf, serviceOf } from "./labels.ts";
import { metricName } from "./names.ts";
import type { Amount, MetricShape } from "./series-store.ts";

export interface Measurement extends Amount {
  /** Written out. */
  labels: string;
  /** `set`: the value is what it is now. `add`: since the last one. `grow`: since the start, of this one stream. */
  how: "set" | "add" | "grow";
  point: ReceivedPoint;
}

/** The shape of a metric, or undefined where Prometheus has none for it: summaries, and what does not say what it counts from. */
export function shapeOf({ name, unit, description, data }: ReceivedMetric): MetricShape | undefined {
  const type = typeOf(data);
  if (type === undefined) return undefined;
  const sent = data.kind === "histogram" ? data.points[0]?.explicitBounds : undefined;
  return {
    ...metricName(name, unit, type),
    type,
    help: description.slice(0, 500).toWellFormed() || name.slice(0, 200).toWellFormed(),
    bounds: type === "histogram" ? boundsFor(sent, unit) : [],
  };
}

function typeOf(data: ReceivedMetric["data"]): Family["type"] | undefined {
  if (data.kind === "gauge") return "gauge";
  if (data.kind === "summary" || !isTold(data.temporality)) return undefined;
  if (data.kind !== "sum") return "histogram";
  return data.isMonotonic ? "counter" : "gauge";
}

function isTold(temporality: number): boolean {
  return temporality === Temporality.delta || temporality === Temporality.cumulative;
}

const NOTHING_RECORDED = 1;

/** What the points of a metric with a shape add; a point that says nothing, or nothing possible, is `undefined`. */
export function* measurementsOf(metric: ReceivedMetric): Generator<Measurement | undefined> {
  const { data, resource } = metric;
  const how = howOf(data);
  const service = serviceOf(resource);
  for (const [point, amount] of amountsOf(data)) {
    const isEmpty = (point.flags & NOTHING_RECORDED) !== 0 || amount === undefined;
    yield isEmpty ? undefined : { ...amount, how, point, labels: labelsOf(point.attributes, service) };
  }
}

function howOf(data: ReceivedMetric["data"]): Measurement["how"] {
  if (!("temporality" in data)) return "set";
  if (data.temporality === Temporality.delta) return "add";
  return data.kind === "sum" && !data.isMonotonic ? "set" : "grow";
}

function* amountsOf(data: ReceivedMetric["data"]): Generator<[ReceivedPoint, Amount | undefined]> {
  switch (data.kind) {
    case "gauge":
      for (const point of data.points) yield [point, numberAmount(point)];
      return;
    case "sum":
      for (const point of data.points) yield [point, sumAmount(point, data.isMonotonic)];
      return;
    case "histogram":
      for (const point of data.points) {
        const counts = point.bucketCounts.length > 0 ? point.bucketCounts.map(Number) : [Number(point.count)];
        yield [point, { value: finite(point.sum), buckets: { bounds: point.explicitBounds, counts } }];
      }
      return;
    case "exponentialHistogram":
      for (const point of data.points)
        yield [point, { value: finite(point.sum), buckets: exponentialBuckets(point) }];
      return;
    case "summary":
      return;
  }
}

function numberAmount({ value }: ReceivedNumberPoint): Amount | undefined {
  return value === undefined ? undefined : { value: Number(value) };
}

/** A count that is no number, or goes down, would spoil the sum for good. */
function sumAmount(point: ReceivedNumberPoint, isMonotonic: boolean): Amount | undefined {
  const amount = numberAmount(point);
  if (amount === undefined || !Number.isFinite(amount.value)) return undefined;
  return isMonotonic && amount.value < 0 ? undefined : amount;
}

function finite(sum: number | undefined): number {
  return sum !== undefined && Number.isFinite(sum) ? sum : 0;
}
