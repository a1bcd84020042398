import { compareTimes, type Nanos } from "../../tekton/index.ts";
import { kindOf, statusOf } from "../span-words.ts";
import { sql } from "../sql.ts";
import type { Fields, Query } from "../trace-store.ts";

/** A span as it is kept. Attribute values are text. */
export interface StoredSpan {
  traceId: string;
  spanId: string;
  /** Undefined for the root of a trace. */
  parentSpanId: string | undefined;
  traceState: string;
  name: string;
  /** `internal`, `server`, `client`, `producer`, `consumer`, `unspecified`. */
  kind: string;
  serviceName: string;
  resource: Record<string, string>;
  scope: { name: string; version: string };
  attributes: Record<string, string>;
  startNs: Nanos;
  durationNs: Nanos;
  status: "unset" | "ok" | "error";
  statusMessage: string;
  events: { name: string; timeNs: Nanos; attributes: Record<string, string> }[];
  links: { traceId: string; spanId: string; traceState: string; attributes: Record<string, string> }[];
}

/** The spans of these traces, each once, by trace and start; at most `limit` of them. Ids are lower-case hex. */
export function spansOfTraces(traceIds: readonly string[], limit = 200_000): Query<StoredSpan> {
  return {
    purpose: "lookup",
    text: ({ spans }) => sql`SELECT ${COLUMNS} FROM ${spans} WHERE TraceId IN ${traceIds}
      ORDER BY Version DESC LIMIT 1 BY TraceId, SpanId LIMIT ${limit}`,
    compare: (a, b) =>
      compareTexts(a.traceId, b.traceId) ||
      compareTimes(a.startNs, b.startNs) ||
      compareTexts(a.spanId, b.spanId),
    row: readSpan,
  };
}

/** One span; no row when it is not there. */
export function spanById({ traceId, spanId }: { traceId: string; spanId: string }): Query<StoredSpan> {
  return {
    purpose: "lookup",
    text: ({ spans }) => sql`SELECT ${COLUMNS} FROM ${spans} WHERE TraceId = ${traceId} AND SpanId = ${spanId}
      ORDER BY Version DESC LIMIT 1`,
    row: readSpan,
  };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const COLUMNS = sql`TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind, ServiceName, ResourceAttributes,
  ScopeName, ScopeVersion, SpanAttributes, toUnixTimestamp64Nano(Timestamp) AS StartNs, Duration, StatusCode, StatusMessage,
  arrayMap(time -> toString(toUnixTimestamp64Nano(time)), Events.Timestamp) AS EventTimes, Events.Name AS EventNames,
  Events.Attributes AS EventAttributes, Links.TraceId AS LinkTraceIds, Links.SpanId AS LinkSpanIds,
  Links.TraceState AS LinkTraceStates, Links.Attributes AS LinkAttributes`;

function readSpan(row: Fields): StoredSpan {
  const parentSpanId = row.text("ParentSpanId");
  return {
    traceId: row.text("TraceId"),
    spanId: row.text("SpanId"),
    parentSpanId: parentSpanId === "" ? undefined : parentSpanId,
    traceState: row.text("TraceState"),
    name: row.text("SpanName"),
    kind: kindOf(row.text("SpanKind")),
    serviceName: row.text("ServiceName"),
    resource: row.map("ResourceAttributes"),
    scope: { name: row.text("ScopeName"), version: row.text("ScopeVersion") },
    attributes: row.map("SpanAttributes"),
    startNs: row.integer("StartNs"),
    durationNs: row.integer("Duration"),
    status: statusOf(row.text("StatusCode")),
    statusMessage: row.text("StatusMessage"),
    events: readEvents(row),
    links: readLinks(row),
  };
}

function readEvents(row: Fields): StoredSpan["events"] {
  const names = row.texts("EventNames");
  const attributes = row.maps("EventAttributes");
  return row.texts("EventTimes").map((time, index) => ({
    name: names[index] ?? "",
    timeNs: BigInt(time),
    attributes: attributes[index] ?? {},
  }));
}

function readLinks(row: Fields): StoredSpan["links"] {
  const spanIds = row.texts("LinkSpanIds");
  const states = row.texts("LinkTraceStates");
  const attributes = row.maps("LinkAttributes");
  return row.texts("LinkTraceIds").map((traceId, index) => ({
    traceId,
    spanId: spanIds[index] ?? "",
    traceState: states[index] ?? "",
    attributes: attributes[index] ?? {},
  }));
}
