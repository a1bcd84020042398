/** Keeps the spans of the process: those that are open, until they end, and those that have ended, until they are sent. */
import { type AttributeValue, type Link, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type Failure, markFailed } from "./failure.ts";

/** What every span without a parent in this process gets. */
export interface TopSpanExtras {
  attributes: Readonly<Record<string, AttributeValue>>;
  links: readonly Link[];
}

/** `OTEL_BSP_SCHEDULE_DELAY` and `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` (OpenTelemetry specification, "Batch Span Processor"). */
export interface BatchSettings {
  delayMs: number;
  size: number;
}

/** The SDK's `SpanProcessor` of a task. Sending is the caller's: `send` gets batches and must not throw. */
export class SpanRecorder implements SpanProcessor {
  readonly #send: (spans: ReadableSpan[]) => void;
  readonly #batch: BatchSettings;
  readonly #extras: TopSpanExtras;
  readonly #open = new Map<ReadableSpan, Span>();
  #ended: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(settings: {
    send: (spans: ReadableSpan[]) => void;
    batch: BatchSettings;
    extras: TopSpanExtras;
  }) {
    this.#send = settings.send;
    this.#batch = settings.batch;
    this.#extras = settings.extras;
  }

  onStart(span: Span): void {
    this.#open.set(span, span);
    if (span.parentSpanContext !== undefined && span.parentSpanContext.isRemote !== true) return;
    span.setAttributes({ ...this.#extras.attributes });
    span.addLinks([...this.#extras.links]);
  }

  onEnd(span: ReadableSpan): void {
    this.#open.delete(span);
    if (this.#isStopped || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    this.#ended.push(span);
    if (this.#ended.length >= this.#batch.size) this.flush();
    // A timer that holds nobody up: at the end of the process somebody flushes anyway.
    else this.#timer ??= setTimeout(() => this.flush(), this.#batch.delayMs).unref();
  }

  /** Whether a span is open. */
  hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Ends what is open, the inner spans first, as failed by that reason if one is given. */
  endOpen(failure?: Failure): void {
    for (const span of [...this.#open.values()].reverse()) {
      if (failure !== undefined) markFailed(span, failure);
      span.end();
    }
  }

  /** Hands over what has ended. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.#ended;
    this.#ended = [];
    if (spans.length > 0) this.#send(spans);
  }

  async forceFlush(): Promise<void> {
    this.flush();
  }

  /** Spans that end later are ignored. */
  async shutdown(): Promise<void> {
    this.#isStopped = true;
    this.flush();
  }
}
