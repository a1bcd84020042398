/** Stored spans as OTLP/JSON, spans of one resource and scope together (OTLP specification, "JSON Protobuf Encoding"). */
import { groupBy } from "../../insight/index.ts";
import type { StoredSpan } from "../../store/index.ts";
import { typedValue } from "./typed-value.ts";

/** `TracesData`. */
export interface TracesData {
  resourceSpans: {
    resource: { attributes?: object[] };
    scopeSpans: { scope: { name?: string; version?: string }; spans: object[] }[];
  }[];
}

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const STATUSES = ["unset", "ok", "error"];

/** Spans of any traces, in their order within a resource and scope. */
export function tracesData(spans: readonly StoredSpan[]): TracesData {
  return {
    resourceSpans: groupsOf(spans, ({ resource }) => resource).map((ofResource) => ({
      resource: attributesField(ofResource[0]?.resource ?? {}),
      scopeSpans: scopeSpans(ofResource),
    })),
  };
}

function scopeSpans(spans: readonly StoredSpan[]): TracesData["resourceSpans"][number]["scopeSpans"] {
  return groupsOf(spans, ({ scope }) => scope).map((ofScope) => {
    const { name = "", version = "" } = ofScope[0]?.scope ?? {};
    return {
      scope: { ...(name && { name }), ...(version && { version }) },
      spans: ofScope.map(spanObject),
    };
  });
}

/** Spans that have the same of something, in the order they come. */
function groupsOf(spans: readonly StoredSpan[], same: (span: StoredSpan) => object): StoredSpan[][] {
  return [...groupBy(spans, (span) => JSON.stringify(same(span))).values()];
}

function spanObject(span: StoredSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.traceState && { traceState: span.traceState }),
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: Math.max(KINDS.indexOf(span.kind), 0),
    startTimeUnixNano: span.startNs.toString(),
    endTimeUnixNano: (span.startNs + span.durationNs).toString(),
    ...attributesField(span.attributes),
    ...(span.events.length > 0 && { events: span.events.map(eventObject) }),
    ...(span.links.length > 0 && { links: span.links.map(linkObject) }),
    status: statusObject(span),
  };
}

function statusObject({ status, statusMessage }: StoredSpan): object {
  const code = STATUSES.indexOf(status);
  return { ...(statusMessage && { message: statusMessage }), ...(code > 0 && { code }) };
}

function eventObject({ timeNs, name, attributes }: StoredSpan["events"][number]): object {
  return { timeUnixNano: timeNs.toString(), name, ...attributesField(attributes) };
}

function linkObject({ traceId, spanId, traceState, attributes }: StoredSpan["links"][number]): object {
  return { traceId, spanId, ...(traceState && { traceState }), ...attributesField(attributes) };
}

function attributesField(attributes: Record<string, string>): { attributes?: object[] } {
  const keys = Object.keys(attributes).toSorted();
  if (keys.length === 0) return {};
  return { attributes: keys.map((key) => ({ key, value: anyValue(key, attributes[key] ?? "") })) };
}

function anyValue(key: string, text: string): object {
  const { type, value } = typedValue(key, text);
  switch (type) {
    case "bool":
      return { boolValue: value };
    case "int64":
      return { intValue: value.toString() };
    default:
      return { stringValue: value };
  }
}
