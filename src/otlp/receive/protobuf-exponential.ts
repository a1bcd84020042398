/** Data points of exponential histograms out of protobuf (opentelemetry-proto `metrics/v1/metrics.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { readExemplar } from "./protobuf-exemplar.ts";
import { readVarint64s } from "./protobuf-lists.ts";
import { readAttribute, type Source } from "./protobuf-values.ts";
import type {
  ReceivedBuckets,
  ReceivedExemplar,
  ReceivedExponentialHistogramPoint,
} from "./received-metric.ts";

const ExponentialTag = {
  attributes: tagOf(1, WireType.lengthDelimited),
  startTimeUnixNano: tagOf(2, WireType.fixed64),
  timeUnixNano: tagOf(3, WireType.fixed64),
  count: tagOf(4, WireType.fixed64),
  sum: tagOf(5, WireType.fixed64),
  scale: tagOf(6, WireType.varint),
  zeroCount: tagOf(7, WireType.fixed64),
  positive: tagOf(8, WireType.lengthDelimited),
  negative: tagOf(9, WireType.lengthDelimited),
  flags: tagOf(10, WireType.varint),
  exemplars: tagOf(11, WireType.lengthDelimited),
  min: tagOf(12, WireType.fixed64),
  max: tagOf(13, WireType.fixed64),
  zeroThreshold: tagOf(14, WireType.fixed64),
} as const;
const BucketsTag = {
  offset: tagOf(1, WireType.varint),
  bucketCounts: tagOf(2, WireType.varint),
  packedBucketCounts: tagOf(2, WireType.lengthDelimited),
} as const;

/** An `ExponentialHistogramDataPoint`. */
export function readExponentialHistogramPoint(source: Source): ReceivedExponentialHistogramPoint {
  const { cursor, tally } = source;
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  const exemplars: ReceivedExemplar[] = [];
  let startNs = 0n;
  let timeNs = 0n;
  let flags = 0;
  let count = 0n;
  let sum: number | undefined;
  let min: number | undefined;
  let max: number | undefined;
  let scale = 0;
  let zeroCount = 0n;
  let zeroThreshold = 0;
  let positive: ReceivedBuckets = { offset: 0, bucketCounts: [] };
  let negative: ReceivedBuckets = { offset: 0, bucketCounts: [] };
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case ExponentialTag.attributes:
        readAttribute(source, attributes);
        break;
      case ExponentialTag.startTimeUnixNano:
        startNs = cursor.fixed64();
        break;
      case ExponentialTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case ExponentialTag.flags:
        flags = cursor.uint32();
        break;
      case ExponentialTag.count:
        count = cursor.fixed64();
        break;
      case ExponentialTag.sum:
        sum = cursor.double();
        break;
      case ExponentialTag.min:
        min = cursor.double();
        break;
      case ExponentialTag.max:
        max = cursor.double();
        break;
      case ExponentialTag.scale:
        scale = cursor.sint32();
        break;
      case ExponentialTag.zeroCount:
        zeroCount = cursor.fixed64();
        break;
      case ExponentialTag.zeroThreshold:
        zeroThreshold = cursor.double();
        break;
      case ExponentialTag.positive:
        positive = readBuckets(source);
        break;
      case ExponentialTag.negative:
        negative = readBuckets(source);
        break;
      case ExponentialTag.exemplars:
        exemplars.push(readExemplar(source));
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return {
    attributes: attributes.values,
    startNs,
    timeNs,
    flags,
    count,
    sum,
    min,
    max,
    scale,
    zeroCount,
    zeroThreshold,
    positive,
    negative,
    exemplars,
  };
}

function readBuckets(source: Source): ReceivedBuckets {
  const { cursor } = source;
  const outer = cursor.open();
  const buckets: ReceivedBuckets = { offset: 0, bucketCounts: [] };
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case BucketsTag.offset:
        buckets.offset = cursor.sint32();
        break;
      case BucketsTag.bucketCounts:
        buckets.bucketCounts.push(cursor.uint64());
        break;
      case BucketsTag.packedBucketCounts:
        readVarint64s(source, buckets.bucketCounts);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return buckets;
}
