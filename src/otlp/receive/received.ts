/** What senders of OTLP tell, in plain objects, whether it came as protobuf or as JSON. */
import type { Nanos } from "../../tekton/index.ts";

/**
 * OTLP's `AnyValue`: text, boolean, integer (`bigint`), double (`number`), bytes, array, key-value list, or `null` when
 * the sender gave no value. All text is well-formed Unicode: U+FFFD stands for what was not.
 */
export type ReceivedValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | null
  | readonly ReceivedValue[]
  | ReceivedAttributes;

/**
 * Values by their keys; of a key that was sent twice, the last value. The object inherits nothing, so any text may be
 * looked up in it, `__proto__` and `constructor` too.
 */
export interface ReceivedAttributes {
  [key: string]: ReceivedValue;
}

/** Who sent it. All that came from one resource share this one object. */
export interface ReceivedResource {
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
  /** Of the resource and, unless its scope has another, of the rest; empty when unknown. */
  readonly schemaUrl: string;
}

/** The instrumentation it came from. All that came from one scope share this one object. */
export interface ReceivedScope {
  /** Empty when unknown. */
  readonly name: string;
  readonly version: string;
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** Whose a span, a metric or a log record is. */
export interface Origin {
  resource: ReceivedResource;
  scope: ReceivedScope;
}

export interface ReceivedEvent {
  name: string;
  timeNs: Nanos;
  attributes: ReceivedAttributes;
  droppedAttributesCount: number;
}

export interface ReceivedLink {
  traceId: string;
  spanId: string;
  traceState: string | undefined;
  flags: number;
  attributes: ReceivedAttributes;
  droppedAttributesCount: number;
}

/**
 * A span. Ids are lower-case hex, 32 digits for a trace and 16 for a span, and never all zero. Times are as sent: zero
 * when they were not, and the end may be before the start. Dropped counts are the sender's, plus what went over the
 * limits here, plus links whose ids are none.
 */
export interface ReceivedSpan extends Origin {
  traceId: string;
  spanId: string;
  /** Undefined for the root of a trace. */
  parentSpanId: string | undefined;
  /** W3C flags in the low eight bits; "is remote" is known (0x100) and true (0x200). */
  flags: number;
  /** W3C tracestate as sent, not parsed. */
  traceState: string | undefined;
  name: string;
  /** OTLP `Span.SpanKind`: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer; others may come. */
  kind: number;
  startNs: Nanos;
  endNs: Nanos;
  attributes: ReceivedAttributes;
  droppedAttributesCount: number;
  events: ReceivedEvent[];
  droppedEventsCount: number;
  links: ReceivedLink[];
  droppedLinksCount: number;
  /** OTLP `Status.StatusCode`: 0 unset, 1 ok, 2 error; others may come. */
  statusCode: number;
  statusMessage: string | undefined;
}
