/** Data points of histograms with fixed bounds out of protobuf (opentelemetry-proto `metrics/v1/metrics.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { bucketFault } from "./checks.ts";
import { readExemplar } from "./protobuf-exemplar.ts";
import { readDoubles, readFixed64s } from "./protobuf-lists.ts";
import { readAttribute, type Source } from "./protobuf-values.ts";
import type { ReceivedExemplar, ReceivedHistogramPoint } from "./received-metric.ts";

const HistogramTag = {
  attributes: tagOf(9, WireType.lengthDelimited),
  startTimeUnixNano: tagOf(2, WireType.fixed64),
  timeUnixNano: tagOf(3, WireType.fixed64),
  count: tagOf(4, WireType.fixed64),
  sum: tagOf(5, WireType.fixed64),
  bucketCounts: tagOf(6, WireType.fixed64),
  packedBucketCounts: tagOf(6, WireType.lengthDelimited),
  explicitBounds: tagOf(7, WireType.fixed64),
  packedExplicitBounds: tagOf(7, WireType.lengthDelimited),
  exemplars: tagOf(8, WireType.lengthDelimited),
  flags: tagOf(10, WireType.varint),
  min: tagOf(11, WireType.fixed64),
  max: tagOf(12, WireType.fixed64),
} as const;

/** A `HistogramDataPoint`; undefined when it was rejected. */
export function readHistogramPoint(source: Source): ReceivedHistogramPoint | undefined {
  const { cursor, tally } = source;
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  const exemplars: ReceivedExemplar[] = [];
  const bucketCounts: bigint[] = [];
  const explicitBounds: number[] = [];
  let startNs = 0n;
  let timeNs = 0n;
  let flags = 0;
  let count = 0n;
  let sum: number | undefined;
  let min: number | undefined;
  let max: number | undefined;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case HistogramTag.attributes:
        readAttribute(source, attributes);
        break;
      case HistogramTag.startTimeUnixNano:
        startNs = cursor.fixed64();
        break;
      case HistogramTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case HistogramTag.flags:
        flags = cursor.uint32();
        break;
      case HistogramTag.count:
        count = cursor.fixed64();
        break;
      case HistogramTag.sum:
        sum = cursor.double();
        break;
      case HistogramTag.min:
        min = cursor.double();
        break;
      case HistogramTag.max:
        max = cursor.double();
        break;
      case HistogramTag.bucketCounts:
        bucketCounts.push(cursor.fixed64());
        break;
      case HistogramTag.packedBucketCounts:
        readFixed64s(source, bucketCounts);
        break;
      case HistogramTag.explicitBounds:
        explicitBounds.push(cursor.double());
        break;
      case HistogramTag.packedExplicitBounds:
        readDoubles(source, explicitBounds);
        break;
      case HistogramTag.exemplars:
        exemplars.push(readExemplar(source));
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  const shared = { attributes: attributes.values, startNs, timeNs, flags };
  const point = { ...shared, count, sum, min, max, bucketCounts, explicitBounds, exemplars };
  const fault = bucketFault(point);
  if (fault === undefined) return point;
  tally.reject({ count: 1, reason: fault });
  return undefined;
}
