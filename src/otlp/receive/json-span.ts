/** Spans out of OTLP/JSON. */
import { isSpanId, isTraceId, spanFault } from "./checks.ts";
import type { JsonEnvelope } from "./json-envelope.ts";
import { type JsonObject, type JsonReader, jsonKeys } from "./json-reader.ts";
import { readJsonAttributes } from "./json-values.ts";
import type { Origin, ReceivedEvent, ReceivedLink, ReceivedSpan } from "./received.ts";

const Key = jsonKeys(
  "resourceSpans",
  "scopeSpans",
  "spans",
  "traceId",
  "spanId",
  "traceState",
  "parentSpanId",
  "flags",
  "name",
  "kind",
  "startTimeUnixNano",
  "endTimeUnixNano",
  "timeUnixNano",
  "events",
  "droppedEventsCount",
  "links",
  "droppedLinksCount",
  "status",
  "message",
  "code",
);

const KIND_NAMES = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map(
  (name) => `SPAN_KIND_${name}`,
);
const STATUS_CODE_NAMES = ["UNSET", "OK", "ERROR"].map((name) => `STATUS_CODE_${name}`);

/** An `ExportTraceServiceRequest`. */
export const JSON_TRACES: JsonEnvelope<ReceivedSpan> = {
  resources: Key.resourceSpans,
  scopes: Key.scopeSpans,
  items: Key.spans,
  readItem: takeSpan,
};

function takeSpan(json: JsonReader, sent: unknown, origin: Origin): ReceivedSpan | undefined {
  if (!json.tally.takeItem()) return undefined;
  const object = json.asObject(sent, Key.spans);
  const parentSpanId = json.id(object, Key.parentSpanId);
  const span = readSpan(json, object, origin);
  const fault = json.takeProblem() ?? spanFault({ ...span, parentSpanId });
  if (fault === undefined)
    return { ...span, parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined };
  json.tally.reject({ count: 1, reason: fault });
  return undefined;
}

function readSpan(json: JsonReader, object: JsonObject, { resource, scope }: Origin): ReceivedSpan {
  const { maxEvents, maxLinks } = json.tally.limits;
  const { values, dropped } = readJsonAttributes(json, object);
  const sentEvents = json.list(object, Key.events);
  const events = sentEvents.slice(0, maxEvents).map((event) => readEvent(json, event));
  const sentLinks = json.list(object, Key.links);
  const links = sentLinks.slice(0, maxLinks).flatMap((link) => readLink(json, link) ?? []);
  const status = json.object(object, Key.status);
  return {
    resource,
    scope,
    traceId: json.id(object, Key.traceId),
    spanId: json.id(object, Key.spanId),
    parentSpanId: undefined,
    flags: json.uint32(object, Key.flags),
    traceState: json.name(object, Key.traceState) || undefined,
    name: json.name(object, Key.name),
    kind: json.enumeration(object, Key.kind, KIND_NAMES),
    startNs: json.uint64(object, Key.startTimeUnixNano),
    endNs: json.uint64(object, Key.endTimeUnixNano),
    attributes: values,
    droppedAttributesCount: dropped,
    events,
    droppedEventsCount: json.uint32(object, Key.droppedEventsCount) + sentEvents.length - events.length,
    links,
    droppedLinksCount: json.uint32(object, Key.droppedLinksCount) + sentLinks.length - links.length,
    statusCode: json.enumeration(status, Key.code, STATUS_CODE_NAMES),
    statusMessage: json.text(status, Key.message) || undefined,
  };
}

function readEvent(json: JsonReader, event: unknown): ReceivedEvent {
  const object = json.asObject(event, Key.events);
  const { values, dropped } = readJsonAttributes(json, object);
  return {
    name: json.name(object, Key.name),
    timeNs: json.uint64(object, Key.timeUnixNano),
    attributes: values,
    droppedAttributesCount: dropped,
  };
}

/** Undefined when it leads nowhere, as its ids are no ids. */
function readLink(json: JsonReader, link: unknown): ReceivedLink | undefined {
  const object = json.asObject(link, Key.links);
  const { values, dropped } = readJsonAttributes(json, object);
  const read = {
    traceId: json.id(object, Key.traceId),
    spanId: json.id(object, Key.spanId),
    traceState: json.name(object, Key.traceState) || undefined,
    flags: json.uint32(object, Key.flags),
    attributes: values,
    droppedAttributesCount: dropped,
  };
  return isTraceId(read.traceId) && isSpanId(read.spanId) ? read : undefined;
}
