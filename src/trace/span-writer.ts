import { defined, type LooseAttributes, shorten } from "./attributes.ts";
import type { Belonging } from "./belonging.ts";
import { type Interval, timeAttributes } from "./interval.ts";
import type { Outcome } from "./outcome.ts";
import { type Span, type SpanEvent, SpanKind, type SpanLink, StatusCode } from "./span.ts";

/** What there is to say about a span beyond the trace it belongs to. */
export interface SpanDraft {
  spanId: string;
  parent?: { spanId: string; remote: boolean };
  name: string;
  kind?: SpanKind;
  interval: Interval;
  outcome?: Outcome;
  /** Those without a value are left out. */
  attributes: LooseAttributes;
  events?: SpanEvent[];
  links?: SpanLink[];
}

/** OTLP says in bits 8 and 9 of `flags` whether the parent is remote (opentelemetry-proto, SpanFlags). */
const PARENT_IS_LOCAL = 0x100;
const PARENT_IS_REMOTE = 0x300;

/** Collects the spans of one run, parents before their children. */
export class SpanWriter {
  readonly spans: Span[] = [];
  readonly belonging: Belonging;

  constructor(belonging: Belonging) {
    this.belonging = belonging;
  }

  add({ spanId, parent, name, kind, interval, outcome, attributes, events, links }: SpanDraft): Span {
    const { traceId, traceState, flags } = this.belonging;
    const isError = outcome?.errorType !== undefined;
    const origin = parent === undefined ? 0 : parent.remote ? PARENT_IS_REMOTE : PARENT_IS_LOCAL;
    const span: Span = {
      traceId,
      spanId,
      parentSpanId: parent?.spanId,
      flags: flags | origin,
      traceState,
      name,
      kind: kind ?? SpanKind.internal,
      startNs: interval.startNs,
      endNs: interval.endNs,
      attributes: defined(attributes, timeAttributes(interval)),
      events: events ?? [],
      links: links ?? [],
      statusCode: isError ? StatusCode.error : StatusCode.unset,
      statusMessage: isError ? shorten(outcome.message) : undefined,
    };
    this.spans.push(span);
    return span;
  }
}
