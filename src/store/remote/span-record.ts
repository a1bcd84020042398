/** Spans as rows of `otel_traces` in JSONEachRow, as the collector's exporter would write them. */
import type { ReceivedAttributes, ReceivedSpan } from "../../otlp/index.ts";
import { formatTime, type Nanos } from "../../tekton/index.ts";
import { attributeText } from "../attribute-text.ts";
import { kindWord, statusWord } from "../span-words.ts";
import { LATEST_NS, timeFault } from "../times.ts";

/** Column names and values; times in RFC 3339, 64-bit integers in text. */
export function spanRecord(span: ReceivedSpan): Record<string, unknown> {
  const { resource, scope, events, links } = span;
  return {
    Timestamp: dateTime(span.startNs),
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId ?? "",
    TraceState: span.traceState ?? "",
    SpanName: span.name,
    SpanKind: kindWord(span.kind),
    ServiceName: attributeText(resource.attributes["service.name"] ?? ""),
    ResourceAttributes: texts(resource.attributes),
    ScopeName: scope.name,
    ScopeVersion: scope.version,
    SpanAttributes: texts(span.attributes),
    Duration: span.endNs > span.startNs ? (span.endNs - span.startNs).toString() : "0",
    StatusCode: statusWord(span.statusCode),
    StatusMessage: span.statusMessage ?? "",
    "Events.Timestamp": events.map(({ timeNs }) => dateTime(timeNs)),
    "Events.Name": events.map(({ name }) => name),
    "Events.Attributes": events.map(({ attributes }) => texts(attributes)),
    "Links.TraceId": links.map(({ traceId }) => traceId),
    "Links.SpanId": links.map(({ spanId }) => spanId),
    "Links.TraceState": links.map(({ traceState }) => traceState ?? ""),
    "Links.Attributes": links.map(({ attributes }) => texts(attributes)),
  };
}

function texts(attributes: ReceivedAttributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeText(value)]));
}

/** With its zone, so that the server's own does not matter. Events may be at times that no column can hold. */
function dateTime(timeNs: Nanos): string {
  return formatTime(timeFault(timeNs) === undefined ? timeNs : LATEST_NS);
}
