/** Metrics out of protobuf (opentelemetry-proto `metrics/v1/metrics.proto`); their data points have files of their own. */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { keptMetric } from "./checks.ts";
import { readExponentialHistogramPoint } from "./protobuf-exponential.ts";
import { readHistogramPoint } from "./protobuf-histogram.ts";
import { readNumberPoint, readSummaryPoint } from "./protobuf-point.ts";
import { readName, type Source } from "./protobuf-values.ts";
import type { Origin } from "./received.ts";
import type { ReceivedMetric, ReceivedMetricData } from "./received-metric.ts";
import { TOO_DENSE } from "./tally.ts";

const MetricTag = {
  name: tagOf(1, WireType.lengthDelimited),
  description: tagOf(2, WireType.lengthDelimited),
  unit: tagOf(3, WireType.lengthDelimited),
  gauge: tagOf(5, WireType.lengthDelimited),
  sum: tagOf(7, WireType.lengthDelimited),
  histogram: tagOf(9, WireType.lengthDelimited),
  exponentialHistogram: tagOf(10, WireType.lengthDelimited),
  summary: tagOf(11, WireType.lengthDelimited),
} as const;
/** Of `Gauge`, `Sum` and the others, as far as they have them. */
const DataTag = {
  points: tagOf(1, WireType.lengthDelimited),
  temporality: tagOf(2, WireType.varint),
  isMonotonic: tagOf(3, WireType.varint),
} as const;

/** Reads a `Metric`; undefined when none of its data points was taken. */
export function readProtobufMetric(source: Source, { resource, scope }: Origin): ReceivedMetric | undefined {
  const { cursor, tally } = source;
  const outer = cursor.open();
  let name = "";
  let description = "";
  let unit = "";
  let data: ReceivedMetricData | undefined;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case MetricTag.name:
        name = readName(source);
        break;
      case MetricTag.description:
        description = readName(source);
        break;
      case MetricTag.unit:
        unit = readName(source);
        break;
      case MetricTag.gauge:
        data = { kind: "gauge", points: readData(source, readNumberPoint).points };
        break;
      case MetricTag.sum:
        data = { kind: "sum", ...readData(source, readNumberPoint) };
        break;
      case MetricTag.histogram: {
        const { temporality, points } = readData(source, readHistogramPoint);
        data = { kind: "histogram", temporality, points };
        break;
      }
      case MetricTag.exponentialHistogram: {
        const { temporality, points } = readData(source, readExponentialHistogramPoint);
        data = { kind: "exponentialHistogram", temporality, points };
        break;
      }
      case MetricTag.summary:
        data = { kind: "summary", points: readData(source, readSummaryPoint).points };
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return keptMetric({ resource, scope, name, description, unit, data }, tally);
}

interface Data<Point> {
  points: Point[];
  temporality: number;
  isMonotonic: boolean;
}

/** Reads a data point; undefined when it was rejected. */
type ReadPoint<Point> = (source: Source) => Point | undefined;

function readData<Point>(source: Source, readPoint: ReadPoint<Point>): Data<Point> {
  const { cursor } = source;
  const outer = cursor.open();
  const data: Data<Point> = { points: [], temporality: 0, isMonotonic: false };
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case DataTag.points: {
        const point = takePoint(source, readPoint);
        if (point !== undefined) data.points.push(point);
        break;
      }
      case DataTag.temporality:
        data.temporality = cursor.int32();
        break;
      case DataTag.isMonotonic:
        data.isMonotonic = cursor.bool();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return data;
}

function takePoint<Point>(source: Source, readPoint: ReadPoint<Point>): Point | undefined {
  const { cursor, tally } = source;
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  if (tally.takeItem()) return readPoint(source);
  cursor.skip();
  return undefined;
}
