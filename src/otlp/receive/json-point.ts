/** Data points out of OTLP/JSON. Each is answered with what is wrong with it in itself, if something is. */
import { bucketFault, contextOf, numberFault } from "./checks.ts";
import { fieldOf, type JsonKey, type JsonObject, type JsonReader, jsonKeys } from "./json-reader.ts";
import { readJsonAttributes } from "./json-values.ts";
import type {
  ReceivedBuckets,
  ReceivedExemplar,
  ReceivedExponentialHistogramPoint,
  ReceivedHistogramPoint,
  ReceivedNumberPoint,
  ReceivedPoint,
  ReceivedQuantile,
  ReceivedSummaryPoint,
} from "./received-metric.ts";

const Key = jsonKeys(
  "startTimeUnixNano",
  "timeUnixNano",
  "flags",
  "asInt",
  "asDouble",
  "count",
  "sum",
  "min",
  "max",
  "bucketCounts",
  "explicitBounds",
  "scale",
  "zeroCount",
  "zeroThreshold",
  "positive",
  "negative",
  "offset",
  "quantileValues",
  "quantile",
  "value",
  "exemplars",
  "filteredAttributes",
  "traceId",
  "spanId",
);

/** A data point, and why it cannot be kept. */
export interface JudgedPoint<Point> {
  point: Point;
  fault: string | undefined;
}

/** A `NumberDataPoint`. */
export function readJsonNumberPoint(json: JsonReader, object: JsonObject): JudgedPoint<ReceivedNumberPoint> {
  const exemplars = readExemplars(json, object);
  const point = { ...sharedOf(json, object), value: numberOf(json, object), exemplars };
  return { point, fault: numberFault(point) };
}

/** A `HistogramDataPoint`. */
export function readJsonHistogramPoint(
  json: JsonReader,
  object: JsonObject,
): JudgedPoint<ReceivedHistogramPoint> {
  const point = {
    ...sharedOf(json, object),
    ...populationOf(json, object),
    bucketCounts: countsOf(json, object),
    explicitBounds: json
      .list(object, Key.explicitBounds)
      .map((bound) => json.asDouble(bound, Key.explicitBounds)),
    exemplars: readExemplars(json, object),
  };
  return { point, fault: bucketFault(point) };
}

/** An `ExponentialHistogramDataPoint`. */
export function readJsonExponentialHistogramPoint(
  json: JsonReader,
  object: JsonObject,
): JudgedPoint<ReceivedExponentialHistogramPoint> {
  const point = {
    ...sharedOf(json, object),
    ...populationOf(json, object),
    scale: json.int32(object, Key.scale),
    zeroCount: json.uint64(object, Key.zeroCount),
    zeroThreshold: json.double(object, Key.zeroThreshold) ?? 0,
    positive: bucketsOf(json, object, Key.positive),
    negative: bucketsOf(json, object, Key.negative),
    exemplars: readExemplars(json, object),
  };
  return { point, fault: undefined };
}

/** A `SummaryDataPoint`. */
export function readJsonSummaryPoint(
  json: JsonReader,
  object: JsonObject,
): JudgedPoint<ReceivedSummaryPoint> {
  const point = {
    ...sharedOf(json, object),
    count: json.uint64(object, Key.count),
    sum: json.double(object, Key.sum) ?? 0,
    quantiles: json.list(object, Key.quantileValues).map((value) => quantileOf(json, value)),
  };
  return { point, fault: undefined };
}

function sharedOf(json: JsonReader, object: JsonObject): ReceivedPoint {
  return {
    attributes: readJsonAttributes(json, object).values,
    startNs: json.uint64(object, Key.startTimeUnixNano),
    timeNs: json.uint64(object, Key.timeUnixNano),
    flags: json.uint32(object, Key.flags),
  };
}

type Population = Pick<ReceivedHistogramPoint, "count" | "sum" | "min" | "max">;

function populationOf(json: JsonReader, object: JsonObject): Population {
  return {
    count: json.uint64(object, Key.count),
    sum: json.double(object, Key.sum),
    min: json.double(object, Key.min),
    max: json.double(object, Key.max),
  };
}

function bucketsOf(json: JsonReader, object: JsonObject, key: JsonKey): ReceivedBuckets {
  const buckets = json.object(object, key);
  return { offset: json.int32(buckets, Key.offset), bucketCounts: countsOf(json, buckets) };
}

function countsOf(json: JsonReader, object: JsonObject): bigint[] {
  return json.list(object, Key.bucketCounts).map((count) => json.asUint64(count, Key.bucketCounts));
}

function quantileOf(json: JsonReader, value: unknown): ReceivedQuantile {
  const object = json.asObject(value, Key.quantileValues);
  return { quantile: json.double(object, Key.quantile) ?? 0, value: json.double(object, Key.value) ?? 0 };
}

function readExemplars(json: JsonReader, object: JsonObject): ReceivedExemplar[] {
  return json.list(object, Key.exemplars).map((exemplar) => readExemplar(json, exemplar));
}

function readExemplar(json: JsonReader, exemplar: unknown): ReceivedExemplar {
  const object = json.asObject(exemplar, Key.exemplars);
  const ids = { traceId: json.id(object, Key.traceId), spanId: json.id(object, Key.spanId) };
  return {
    timeNs: json.uint64(object, Key.timeUnixNano),
    value: numberOf(json, object),
    ...contextOf(ids, json.tally),
    attributes: readJsonAttributes(json, object, Key.filteredAttributes).values,
  };
}

function numberOf(json: JsonReader, object: JsonObject): bigint | number | undefined {
  const integer = fieldOf(object, Key.asInt);
  return integer === undefined ? json.double(object, Key.asDouble) : json.asInt64(integer, Key.asInt);
}
