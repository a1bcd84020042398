/**
 * OTLP protobuf: spans as the bytes of an `ExportTraceServiceRequest`. The numbers are those of opentelemetry-proto
 * v1 (`collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto`, `common/v1/common.proto`,
 * `resource/v1/resource.proto`), all stable; those the model has nothing for (schema URLs, dropped counts,
 * a link's tracestate and flags) are not written. What else is left out: see json.ts, the rule is the same.
 */
import type { Attributes, AttributeValue, ResourceSpans, Span, SpanEvent, SpanLink } from "../trace/index.ts";
import { StatusCode } from "../trace/index.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { isInt64, presentAttributes, unixNano } from "./wire-values.ts";

const RequestField = { resourceSpans: 1 } as const;
const ResourceSpansField = { resource: 1, scopeSpans: 2 } as const;
const ResourceField = { attributes: 1 } as const;
const ScopeSpansField = { scope: 1, spans: 2 } as const;
const ScopeField = { name: 1, version: 2 } as const;
const SpanField = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  startTimeUnixNano: 7,
  endTimeUnixNano: 8,
  attributes: 9,
  events: 11,
  links: 13,
  status: 15,
  flags: 16,
} as const;
const EventField = { timeUnixNano: 1, name: 2, attributes: 3 } as const;
const LinkField = { traceId: 1, spanId: 2, attributes: 4 } as const;
const StatusField = { message: 2, code: 3 } as const;
const KeyValueField = { key: 1, value: 2 } as const;
const AnyValueField = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const;
const ArrayValueField = { values: 1 } as const;

/** One `ExportTraceServiceRequest` as protobuf. The same spans give the same bytes. */
export function encodeProtobuf(resourceSpans: readonly ResourceSpans[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const each of resourceSpans) writer.message(RequestField.resourceSpans, each, writeResourceSpans);
  return writer.finish();
}

function writeResourceSpans(writer: ProtobufWriter, resourceSpans: ResourceSpans): void {
  writer.message(ResourceSpansField.resource, resourceSpans.resource, writeResource);
  writer.message(ResourceSpansField.scopeSpans, resourceSpans, writeScopeSpans);
}

function writeResource(writer: ProtobufWriter, attributes: Attributes): void {
  writeAttributes(writer, ResourceField.attributes, attributes);
}

function writeScopeSpans(writer: ProtobufWriter, { scope, spans }: ResourceSpans): void {
  writer.message(ScopeSpansField.scope, scope, writeScope);
  for (const span of spans) writer.message(ScopeSpansField.spans, span, writeSpan);
}

function writeScope(writer: ProtobufWriter, { name, version }: ResourceSpans["scope"]): void {
  writer.string(ScopeField.name, name);
  writer.string(ScopeField.version, version);
}

function writeSpan(writer: ProtobufWriter, span: Span): void {
  writer.hexBytes(SpanField.traceId, span.traceId);
  writer.hexBytes(SpanField.spanId, span.spanId);
  if (span.traceState) writer.string(SpanField.traceState, span.traceState);
  if (span.parentSpanId) writer.hexBytes(SpanField.parentSpanId, span.parentSpanId);
  writer.string(SpanField.name, span.name);
  writer.uint32(SpanField.kind, span.kind);
  writer.fixed64(SpanField.startTimeUnixNano, unixNano(span.startNs));
  writer.fixed64(SpanField.endTimeUnixNano, unixNano(span.endNs));
  writeAttributes(writer, SpanField.attributes, span.attributes);
  for (const event of span.events) writer.message(SpanField.events, event, writeEvent);
  for (const link of span.links) writer.message(SpanField.links, link, writeLink);
  if (span.statusCode !== StatusCode.unset) writer.message(SpanField.status, span, writeStatus);
  if (span.flags !== 0) writer.fixed32(SpanField.flags, span.flags);
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  writer.fixed64(EventField.timeUnixNano, unixNano(event.timeNs));
  writer.string(EventField.name, event.name);
  writeAttributes(writer, EventField.attributes, event.attributes);
}

function writeLink(writer: ProtobufWriter, link: SpanLink): void {
  writer.hexBytes(LinkField.traceId, link.traceId);
  writer.hexBytes(LinkField.spanId, link.spanId);
  writeAttributes(writer, LinkField.attributes, link.attributes);
}

function writeStatus(writer: ProtobufWriter, { statusMessage, statusCode }: Span): void {
  if (statusMessage) writer.string(StatusField.message, statusMessage);
  writer.uint32(StatusField.code, statusCode);
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const attribute of presentAttributes(attributes)) writer.message(field, attribute, writeKeyValue);
}

function writeKeyValue(writer: ProtobufWriter, [key, value]: [string, AttributeValue]): void {
  writer.string(KeyValueField.key, key);
  writer.message(KeyValueField.value, value, writeAnyValue);
}

function writeAnyValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (typeof value === "string") writer.string(AnyValueField.string, value);
  else if (typeof value === "boolean") writer.uint32(AnyValueField.bool, value ? 1 : 0);
  else if (typeof value === "number") writer.double(AnyValueField.double, value);
  else if (typeof value !== "bigint") writer.message(AnyValueField.array, value, writeArrayValue);
  else if (isInt64(value)) writer.int64(AnyValueField.int, value);
  else writer.string(AnyValueField.string, value.toString());
}

function writeArrayValue(writer: ProtobufWriter, values: readonly string[]): void {
  for (const value of values) writer.message(ArrayValueField.values, value, writeAnyValue);
}
