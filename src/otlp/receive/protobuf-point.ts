/** Data points of sums, gauges and summaries out of protobuf (opentelemetry-proto `metrics/v1/metrics.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { numberFault } from "./checks.ts";
import { readExemplar } from "./protobuf-exemplar.ts";
import { readAttribute, type Source } from "./protobuf-values.ts";
import type {
  ReceivedExemplar,
  ReceivedNumberPoint,
  ReceivedQuantile,
  ReceivedSummaryPoint,
} from "./received-metric.ts";
import { TOO_DENSE } from "./tally.ts";

const NumberTag = {
  attributes: tagOf(7, WireType.lengthDelimited),
  startTimeUnixNano: tagOf(2, WireType.fixed64),
  timeUnixNano: tagOf(3, WireType.fixed64),
  asDouble: tagOf(4, WireType.fixed64),
  exemplars: tagOf(5, WireType.lengthDelimited),
  asInt: tagOf(6, WireType.fixed64),
  flags: tagOf(8, WireType.varint),
} as const;
const SummaryTag = {
  attributes: tagOf(7, WireType.lengthDelimited),
  startTimeUnixNano: tagOf(2, WireType.fixed64),
  timeUnixNano: tagOf(3, WireType.fixed64),
  count: tagOf(4, WireType.fixed64),
  sum: tagOf(5, WireType.fixed64),
  quantileValues: tagOf(6, WireType.lengthDelimited),
  flags: tagOf(8, WireType.varint),
} as const;
const QuantileTag = {
  quantile: tagOf(1, WireType.fixed64),
  value: tagOf(2, WireType.fixed64),
} as const;

/** A `NumberDataPoint`; undefined when it was rejected. */
export function readNumberPoint(source: Source): ReceivedNumberPoint | undefined {
  const { cursor, tally } = source;
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  const exemplars: ReceivedExemplar[] = [];
  let startNs = 0n;
  let timeNs = 0n;
  let flags = 0;
  let value: bigint | number | undefined;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case NumberTag.attributes:
        readAttribute(source, attributes);
        break;
      case NumberTag.startTimeUnixNano:
        startNs = cursor.fixed64();
        break;
      case NumberTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case NumberTag.flags:
        flags = cursor.uint32();
        break;
      case NumberTag.asDouble:
        value = cursor.double();
        break;
      case NumberTag.asInt:
        value = cursor.sfixed64();
        break;
      case NumberTag.exemplars:
        exemplars.push(readExemplar(source));
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  const point = { attributes: attributes.values, startNs, timeNs, flags, value, exemplars };
  const fault = numberFault(point);
  if (fault === undefined) return point;
  tally.reject({ count: 1, reason: fault });
  return undefined;
}

/** A `SummaryDataPoint`. */
export function readSummaryPoint(source: Source): ReceivedSummaryPoint {
  const { cursor, tally } = source;
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  const quantiles: ReceivedQuantile[] = [];
  let startNs = 0n;
  let timeNs = 0n;
  let flags = 0;
  let count = 0n;
  let sum = 0;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case SummaryTag.attributes:
        readAttribute(source, attributes);
        break;
      case SummaryTag.startTimeUnixNano:
        startNs = cursor.fixed64();
        break;
      case SummaryTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case SummaryTag.flags:
        flags = cursor.uint32();
        break;
      case SummaryTag.count:
        count = cursor.fixed64();
        break;
      case SummaryTag.sum:
        sum = cursor.double();
        break;
      case SummaryTag.quantileValues:
        quantiles.push(readQuantile(source));
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return { attributes: attributes.values, startNs, timeNs, flags, count, sum, quantiles };
}

function readQuantile({ cursor, tally }: Source): ReceivedQuantile {
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  const outer = cursor.open();
  const read = { quantile: 0, value: 0 };
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case QuantileTag.quantile:
        read.quantile = cursor.double();
        break;
      case QuantileTag.value:
        read.value = cursor.double();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return read;
}
