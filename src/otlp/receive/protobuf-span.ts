/** Spans out of protobuf (opentelemetry-proto `trace/v1/trace.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { isSpanId, spanFault } from "./checks.ts";
import { readEvent, readLink } from "./protobuf-event.ts";
import { readAttribute, readId, readName, readText, type Source } from "./protobuf-values.ts";
import type { Origin, ReceivedEvent, ReceivedLink, ReceivedSpan } from "./received.ts";

const SpanTag = {
  traceId: tagOf(1, WireType.lengthDelimited),
  spanId: tagOf(2, WireType.lengthDelimited),
  traceState: tagOf(3, WireType.lengthDelimited),
  parentSpanId: tagOf(4, WireType.lengthDelimited),
  name: tagOf(5, WireType.lengthDelimited),
  kind: tagOf(6, WireType.varint),
  startTimeUnixNano: tagOf(7, WireType.fixed64),
  endTimeUnixNano: tagOf(8, WireType.fixed64),
  attributes: tagOf(9, WireType.lengthDelimited),
  droppedAttributesCount: tagOf(10, WireType.varint),
  events: tagOf(11, WireType.lengthDelimited),
  droppedEventsCount: tagOf(12, WireType.varint),
  links: tagOf(13, WireType.lengthDelimited),
  droppedLinksCount: tagOf(14, WireType.varint),
  status: tagOf(15, WireType.lengthDelimited),
  flags: tagOf(16, WireType.fixed32),
} as const;
const StatusTag = {
  message: tagOf(2, WireType.lengthDelimited),
  code: tagOf(3, WireType.varint),
} as const;

/** Reads a `Span`; undefined when it was rejected. */
export function readProtobufSpan(source: Source, origin: Origin): ReceivedSpan | undefined {
  const { cursor, tally } = source;
  if (tally.takeItem()) return readSpan(source, origin);
  cursor.skip();
  return undefined;
}

/** The span is made in one go, from what was gathered, so that all of them have the same shape for V8. */
function readSpan(source: Source, { resource, scope }: Origin): ReceivedSpan | undefined {
  const { cursor, tally } = source;
  const { maxEvents, maxLinks } = tally.limits;
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  const events: ReceivedEvent[] = [];
  const links: ReceivedLink[] = [];
  let traceId = "";
  let spanId = "";
  let traceState = "";
  let parentSpanId = "";
  let flags = 0;
  let name = "";
  let kind = 0;
  let startNs = 0n;
  let endNs = 0n;
  let droppedEventsCount = 0;
  let droppedLinksCount = 0;
  let status = NO_STATUS;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case SpanTag.traceId:
        traceId = readId(source);
        break;
      case SpanTag.spanId:
        spanId = readId(source);
        break;
      case SpanTag.traceState:
        traceState = readName(source);
        break;
      case SpanTag.parentSpanId:
        parentSpanId = readId(source);
        break;
      case SpanTag.flags:
        flags = cursor.fixed32();
        break;
      case SpanTag.name:
        name = readName(source);
        break;
      case SpanTag.kind:
        kind = cursor.int32();
        break;
      case SpanTag.startTimeUnixNano:
        startNs = cursor.fixed64();
        break;
      case SpanTag.endTimeUnixNano:
        endNs = cursor.fixed64();
        break;
      case SpanTag.attributes:
        readAttribute(source, attributes);
        break;
      case SpanTag.droppedAttributesCount:
        attributes.dropped += cursor.uint32();
        break;
      case SpanTag.events:
        if (events.length < maxEvents) events.push(readEvent(source));
        else droppedEventsCount += skipOne(source);
        break;
      case SpanTag.droppedEventsCount:
        droppedEventsCount += cursor.uint32();
        break;
      case SpanTag.links: {
        const link = links.length < maxLinks ? readLink(source) : skipOne(source);
        if (typeof link === "object") links.push(link);
        else droppedLinksCount += 1;
        break;
      }
      case SpanTag.droppedLinksCount:
        droppedLinksCount += cursor.uint32();
        break;
      case SpanTag.status:
        status = readStatus(source);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  const fault = spanFault({ traceId, spanId, parentSpanId });
  if (fault !== undefined) {
    tally.reject({ count: 1, reason: fault });
    return undefined;
  }
  return {
    resource,
    scope,
    traceId,
    spanId,
    parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined,
    flags,
    traceState: traceState || undefined,
    name,
    kind,
    startNs,
    endNs,
    attributes: attributes.values,
    droppedAttributesCount: attributes.dropped,
    events,
    droppedEventsCount,
    links,
    droppedLinksCount,
    statusCode: status.code,
    statusMessage: status.message || undefined,
  };
}

interface Status {
  code: number;
  message: string;
}

const NO_STATUS: Status = { code: 0, message: "" };

function readStatus(source: Source): Status {
  const { cursor } = source;
  const outer = cursor.open();
  let code = 0;
  let message = "";
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case StatusTag.message:
        message = readText(source);
        break;
      case StatusTag.code:
        code = cursor.int32();
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return { code, message };
}

function skipOne({ cursor }: Source): 1 {
  cursor.skip();
  return 1;
}
