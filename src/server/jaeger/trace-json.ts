/**
 * Traces the way Jaeger's UI and Grafana's Jaeger data source read them: processes apart from spans, times in
 * microseconds, and as tags what OpenTelemetry has fields for (OpenTelemetry specification, "OpenTelemetry to Jaeger
 * Transformation").
 */
import type { StoredSpan } from "../../store/index.ts";
import type { Nanos } from "../../tekton/index.ts";
import { typedValue } from "./typed-value.ts";

/** A trace as Jaeger's UI calls it. */
export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, JaegerProcess>;
  warnings: string[] | null;
}

interface JaegerSpan {
  traceID: string;
  spanID: string;
  operationName: string;
  references: JaegerReference[];
  /** Microseconds since 1970. */
  startTime: number;
  /** Microseconds. */
  duration: number;
  tags: JaegerTag[];
  logs: { timestamp: number; fields: JaegerTag[] }[];
  processID: string;
  warnings: string[] | null;
}

interface JaegerReference {
  refType: "CHILD_OF" | "FOLLOWS_FROM";
  traceID: string;
  spanID: string;
}

interface JaegerTag {
  key: string;
  type: "string" | "bool" | "int64";
  value: string | number | boolean;
}

interface JaegerProcess {
  serviceName: string;
  tags: JaegerTag[];
}

/** One trace of its spans, in their order. `warnings` are shown above it. */
export function jaegerTrace(traceId: string, spans: readonly StoredSpan[], warnings: string[]): JaegerTrace {
  const processes: ProcessTable = new Map();
  return {
    traceID: traceId,
    spans: spans.map((span) => jaegerSpan(span, processIdOf(span, processes))),
    processes: Object.fromEntries([...processes.values()].map(({ id, process }) => [id, process])),
    warnings: orNull(warnings),
  };
}

function jaegerSpan(span: StoredSpan, processId: string): JaegerSpan {
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    operationName: span.name,
    references: referencesOf(span),
    startTime: micros(span.startNs),
    duration: micros(span.durationNs),
    tags: tagsOfSpan(span),
    logs: span.events.map(({ name, timeNs, attributes }) => ({
      timestamp: micros(timeNs),
      fields: [...(name === "" ? [] : [textTag("event", name)]), ...tagsOf(attributes)],
    })),
    processID: processId,
    warnings: orNull(warningsOf(span)),
  };
}

/** By what makes them one: the service and its resource. */
type ProcessTable = Map<string, { id: string; process: JaegerProcess }>;

/** `p1`, `p2`, … in the order they appear. */
function processIdOf({ serviceName, resource }: StoredSpan, processes: ProcessTable): string {
  const key = JSON.stringify([serviceName, resource]);
  const known = processes.get(key);
  if (known !== undefined) return known.id;
  const id = `p${processes.size + 1}`;
  const tags = tagsOf(resource).filter((tag) => tag.key !== "service.name");
  processes.set(key, { id, process: { serviceName, tags } });
  return id;
}

function referencesOf({ traceId, parentSpanId, links }: StoredSpan): JaegerReference[] {
  const parent: JaegerReference[] =
    parentSpanId === undefined ? [] : [{ refType: "CHILD_OF", traceID: traceId, spanID: parentSpanId }];
  return [
    ...parent,
    ...links.map((link) => ({
      refType: "FOLLOWS_FROM" as const,
      traceID: link.traceId,
      spanID: link.spanId,
    })),
  ];
}

function tagsOfSpan(span: StoredSpan): JaegerTag[] {
  const { scope, kind, status, statusMessage, traceState } = span;
  const fields = {
    "otel.scope.name": scope.name,
    "otel.scope.version": scope.version,
    "span.kind": kind === "unspecified" ? "" : kind,
    "otel.status_code": status === "unset" ? "" : status.toUpperCase(),
    "otel.status_description": statusMessage,
    "w3c.tracestate": traceState,
  };
  const error: JaegerTag[] = status === "error" ? [{ key: "error", type: "bool", value: true }] : [];
  const ofFields = [
    ...Object.entries(fields).flatMap(([key, value]) => (value === "" ? [] : [textTag(key, value)])),
    ...error,
  ];
  // Some senders write such a tag as an attribute too.
  const taken = new Set(ofFields.map(({ key }) => key));
  return [...tagsOf(span.attributes).filter(({ key }) => !taken.has(key)), ...ofFields];
}

function tagsOf(attributes: Record<string, string>): JaegerTag[] {
  return Object.keys(attributes)
    .toSorted()
    .map((key) => tag(key, attributes[key] ?? ""));
}

/** An integer that JavaScript cannot hold goes as text, as Jaeger does it. */
function tag(key: string, text: string): JaegerTag {
  const { type, value } = typedValue(key, text);
  if (typeof value !== "bigint") return { key, type, value };
  return { key, type, value: Number.isSafeInteger(Number(value)) ? Number(value) : text };
}

function textTag(key: string, value: string): JaegerTag {
  return { key, type: "string", value };
}

/** What the trace model is not sure of is what Jaeger calls a warning. */
function warningsOf({ attributes }: StoredSpan): string[] {
  return ["throughline.uncertain", "throughline.context.invalid"].flatMap((key) =>
    listOf(attributes[key] ?? "[]"),
  );
}

/** Lists are stored as JSON. */
function listOf(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : [text];
  } catch {
    return [text];
  }
}

function orNull<Item>(list: Item[]): Item[] | null {
  return list.length > 0 ? list : null;
}

function micros(nanos: Nanos): number {
  return Number(nanos / 1_000n);
}
