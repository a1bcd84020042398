/** Events and links of spans out of protobuf (opentelemetry-proto `trace/v1/trace.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { isSpanId, isTraceId } from "./checks.ts";
import { readAttribute, readId, readName, type Source } from "./protobuf-values.ts";
import type { ReceivedEvent, ReceivedLink } from "./received.ts";
import { TOO_DENSE } from "./tally.ts";

const EventTag = {
  timeUnixNano: tagOf(1, WireType.fixed64),
  name: tagOf(2, WireType.lengthDelimited),
  attributes: tagOf(3, WireType.lengthDelimited),
  droppedAttributesCount: tagOf(4, WireType.varint),
} as const;
const LinkTag = {
  traceId: tagOf(1, WireType.lengthDelimited),
  spanId: tagOf(2, WireType.lengthDelimited),
  traceState: tagOf(3, WireType.lengthDelimited),
  attributes: tagOf(4, WireType.lengthDelimited),
  droppedAttributesCount: tagOf(5, WireType.varint),
  flags: tagOf(6, WireType.fixed32),
} as const;

/** An `Event`. */
export function readEvent(source: Source): ReceivedEvent {
  const { cursor, tally } = source;
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  let name = "";
  let timeNs = 0n;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case EventTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case EventTag.name:
        name = readName(source);
        break;
      case EventTag.attributes:
        readAttribute(source, attributes);
        break;
      case EventTag.droppedAttributesCount:
        attributes.dropped += cursor.uint32();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return { name, timeNs, attributes: attributes.values, droppedAttributesCount: attributes.dropped };
}

/** A `Link`; undefined when it leads nowhere, as its ids are no ids. */
export function readLink(source: Source): ReceivedLink | undefined {
  const { cursor, tally } = source;
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  let traceId = "";
  let spanId = "";
  let traceState = "";
  let flags = 0;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case LinkTag.traceId:
        traceId = readId(source);
        break;
      case LinkTag.spanId:
        spanId = readId(source);
        break;
      case LinkTag.traceState:
        traceState = readName(source);
        break;
      case LinkTag.attributes:
        readAttribute(source, attributes);
        break;
      case LinkTag.droppedAttributesCount:
        attributes.dropped += cursor.uint32();
        break;
      case LinkTag.flags:
        flags = cursor.fixed32();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined;
  return {
    traceId,
    spanId,
    traceState: traceState || undefined,
    flags,
    attributes: attributes.values,
    droppedAttributesCount: attributes.dropped,
  };
}
