import type { Nanos } from "../tekton/index.ts";

/** A value OTLP can carry in an attribute. Integers are `bigint`, so that a double stays a double. */
export type AttributeValue = string | boolean | number | bigint | readonly string[];

/** Attributes in the order they are written. A key whose value is `undefined` is not written. */
export type Attributes = Record<string, AttributeValue>;

/** OTLP `Span.SpanKind` (opentelemetry-proto trace.proto): only the two the model uses. */
export const SpanKind = { internal: 1, server: 2 } as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

/** OTLP `Status.StatusCode`. `ok` is never set: "unset" is success (semantic conventions, CICD spans). */
export const StatusCode = { unset: 0, error: 2 } as const;
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

export interface SpanEvent {
  name: string;
  timeNs: Nanos;
  attributes: Attributes;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  attributes: Attributes;
}

/** A span as OTLP knows it. Ids are lower-case hex: 32 digits for a trace, 16 for a span. */
export interface Span {
  traceId: string;
  spanId: string;
  /** Absent for the root of a trace. */
  parentSpanId?: string;
  /** W3C flags in the low eight bits; OTLP's "is remote" bits when there is a parent. */
  flags: number;
  /** W3C tracestate of the context the span belongs to. */
  traceState?: string;
  name: string;
  kind: SpanKind;
  startNs: Nanos;
  endNs: Nanos;
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
  statusCode: StatusCode;
  /** Only with `statusCode` error. */
  statusMessage?: string;
}

/** Spans that share a resource. */
export interface ResourceSpans {
  resource: Attributes;
  scope: { name: string; version: string };
  spans: Span[];
}
