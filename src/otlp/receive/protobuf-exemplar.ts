/** Exemplars out of protobuf (opentelemetry-proto `metrics/v1/metrics.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { contextOf } from "./checks.ts";
import { readAttribute, readId, type Source } from "./protobuf-values.ts";
import type { ReceivedExemplar } from "./received-metric.ts";
import { TOO_DENSE } from "./tally.ts";

const ExemplarTag = {
  timeUnixNano: tagOf(2, WireType.fixed64),
  asDouble: tagOf(3, WireType.fixed64),
  spanId: tagOf(4, WireType.lengthDelimited),
  traceId: tagOf(5, WireType.lengthDelimited),
  asInt: tagOf(6, WireType.fixed64),
  filteredAttributes: tagOf(7, WireType.lengthDelimited),
} as const;

/** An `Exemplar`. */
export function readExemplar(source: Source): ReceivedExemplar {
  const { cursor, tally } = source;
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  let timeNs = 0n;
  let value: bigint | number | undefined;
  let traceId = "";
  let spanId = "";
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case ExemplarTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case ExemplarTag.asDouble:
        value = cursor.double();
        break;
      case ExemplarTag.asInt:
        value = cursor.sfixed64();
        break;
      case ExemplarTag.traceId:
        traceId = readId(source);
        break;
      case ExemplarTag.spanId:
        spanId = readId(source);
        break;
      case ExemplarTag.filteredAttributes:
        readAttribute(source, attributes);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return { timeNs, value, ...contextOf({ traceId, spanId }, tally), attributes: attributes.values };
}
