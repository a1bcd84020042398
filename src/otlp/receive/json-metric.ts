/** Metrics out of OTLP/JSON; their data points: json-point.ts. */
import { keptMetric } from "./checks.ts";
import type { JsonEnvelope } from "./json-envelope.ts";
import {
  type JudgedPoint,
  readJsonExponentialHistogramPoint,
  readJsonHistogramPoint,
  readJsonNumberPoint,
  readJsonSummaryPoint,
} from "./json-point.ts";
import { fieldOf, type JsonKey, type JsonObject, type JsonReader, jsonKeys } from "./json-reader.ts";
import type { Origin } from "./received.ts";
import type { ReceivedMetric, ReceivedMetricData } from "./received-metric.ts";

const Key = jsonKeys(
  "resourceMetrics",
  "scopeMetrics",
  "metrics",
  "name",
  "description",
  "unit",
  "gauge",
  "sum",
  "histogram",
  "exponentialHistogram",
  "summary",
  "dataPoints",
  "aggregationTemporality",
  "isMonotonic",
);

const TEMPORALITY_NAMES = ["UNSPECIFIED", "DELTA", "CUMULATIVE"].map(
  (name) => `AGGREGATION_TEMPORALITY_${name}`,
);

/** An `ExportMetricsServiceRequest`. */
export const JSON_METRICS: JsonEnvelope<ReceivedMetric> = {
  resources: Key.resourceMetrics,
  scopes: Key.scopeMetrics,
  items: Key.metrics,
  readItem: takeMetric,
};

function takeMetric(
  json: JsonReader,
  sent: unknown,
  { resource, scope }: Origin,
): ReceivedMetric | undefined {
  const object = json.asObject(sent, Key.metrics);
  const data = readData(json, object);
  const name = json.name(object, Key.name);
  const description = json.name(object, Key.description);
  const unit = json.name(object, Key.unit);
  const fault = json.takeProblem();
  if (fault === undefined) return keptMetric({ resource, scope, name, description, unit, data }, json.tally);
  json.tally.reject({ count: Math.max(data?.points.length ?? 0, 1), reason: fault });
  return undefined;
}

function readData(json: JsonReader, object: JsonObject): ReceivedMetricData | undefined {
  for (const { key, read } of DATA) {
    const data = fieldOf(object, key);
    if (data !== undefined) return read(json, json.asObject(data, key));
  }
  return undefined;
}

interface DataReader {
  key: JsonKey;
  read: (json: JsonReader, data: JsonObject) => ReceivedMetricData;
}

/** One of these is there. */
const DATA: readonly DataReader[] = [
  {
    key: Key.gauge,
    read: (json, data) => ({ kind: "gauge", points: readPoints(json, data, readJsonNumberPoint) }),
  },
  {
    key: Key.sum,
    read: (json, data) => ({
      kind: "sum",
      temporality: temporalityOf(json, data),
      isMonotonic: json.bool(data, Key.isMonotonic),
      points: readPoints(json, data, readJsonNumberPoint),
    }),
  },
  {
    key: Key.histogram,
    read: (json, data) => ({
      kind: "histogram",
      temporality: temporalityOf(json, data),
      points: readPoints(json, data, readJsonHistogramPoint),
    }),
  },
  {
    key: Key.exponentialHistogram,
    read: (json, data) => ({
      kind: "exponentialHistogram",
      temporality: temporalityOf(json, data),
      points: readPoints(json, data, readJsonExponentialHistogramPoint),
    }),
  },
  {
    key: Key.summary,
    read: (json, data) => ({ kind: "summary", points: readPoints(json, data, readJsonSummaryPoint) }),
  },
];

function temporalityOf(json: JsonReader, data: JsonObject): number {
  return json.enumeration(data, Key.aggregationTemporality, TEMPORALITY_NAMES);
}

type ReadPoint<Point> = (json: JsonReader, object: JsonObject) => JudgedPoint<Point>;

function readPoints<Point>(json: JsonReader, data: JsonObject, readPoint: ReadPoint<Point>): Point[] {
  // What is wrong around the points must not be blamed on the first.
  const around = json.takeProblem();
  const points = json.list(data, Key.dataPoints).flatMap((sent) => takePoint(json, sent, readPoint) ?? []);
  if (around !== undefined) json.fail(around);
  return points;
}

function takePoint<Point>(json: JsonReader, sent: unknown, readPoint: ReadPoint<Point>): Point | undefined {
  if (!json.tally.takeItem()) return undefined;
  const { point, fault } = readPoint(json, json.asObject(sent, Key.dataPoints));
  const reason = json.takeProblem() ?? fault;
  if (reason === undefined) return point;
  json.tally.reject({ count: 1, reason });
  return undefined;
}
