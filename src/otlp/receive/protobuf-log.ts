/** Log records out of protobuf (opentelemetry-proto `logs/v1/logs.proto`). */
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import { contextOf } from "./checks.ts";
import { readAttribute, readId, readName, readValue, type Source } from "./protobuf-values.ts";
import type { Origin, ReceivedValue } from "./received.ts";
import type { ReceivedLog } from "./received-log.ts";
import { TOO_DENSE } from "./tally.ts";

const LogTag = {
  timeUnixNano: tagOf(1, WireType.fixed64),
  severityNumber: tagOf(2, WireType.varint),
  severityText: tagOf(3, WireType.lengthDelimited),
  body: tagOf(5, WireType.lengthDelimited),
  attributes: tagOf(6, WireType.lengthDelimited),
  droppedAttributesCount: tagOf(7, WireType.varint),
  flags: tagOf(8, WireType.fixed32),
  traceId: tagOf(9, WireType.lengthDelimited),
  spanId: tagOf(10, WireType.lengthDelimited),
  observedTimeUnixNano: tagOf(11, WireType.fixed64),
  eventName: tagOf(12, WireType.lengthDelimited),
} as const;

/** Reads a `LogRecord`; undefined when it was rejected. */
export function readProtobufLog(source: Source, origin: Origin): ReceivedLog | undefined {
  const { cursor, tally } = source;
  if (tally.takeItem()) return readLog(source, origin);
  cursor.skip();
  return undefined;
}

function readLog(source: Source, { resource, scope }: Origin): ReceivedLog {
  const { cursor, tally } = source;
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  const outer = cursor.open();
  const attributes = new AttributeSet(tally);
  let timeNs = 0n;
  let observedTimeNs = 0n;
  let severityNumber = 0;
  let severityText = "";
  let eventName = "";
  let body: ReceivedValue = null;
  let flags = 0;
  let traceId = "";
  let spanId = "";
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case LogTag.timeUnixNano:
        timeNs = cursor.fixed64();
        break;
      case LogTag.observedTimeUnixNano:
        observedTimeNs = cursor.fixed64();
        break;
      case LogTag.severityNumber:
        severityNumber = cursor.int32();
        break;
      case LogTag.severityText:
        severityText = readName(source);
        break;
      case LogTag.eventName:
        eventName = readName(source);
        break;
      case LogTag.body:
        body = readValue(source);
        break;
      case LogTag.attributes:
        readAttribute(source, attributes);
        break;
      case LogTag.droppedAttributesCount:
        attributes.dropped += cursor.uint32();
        break;
      case LogTag.flags:
        flags = cursor.fixed32();
        break;
      case LogTag.traceId:
        traceId = readId(source);
        break;
      case LogTag.spanId:
        spanId = readId(source);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return {
    resource,
    scope,
    timeNs,
    observedTimeNs,
    severityNumber,
    severityText,
    eventName,
    body,
    attributes: attributes.values,
    droppedAttributesCount: attributes.dropped,
    flags,
    ...contextOf({ traceId, spanId }, tally),
  };
}
