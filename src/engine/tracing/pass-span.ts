/** Spans of reconcilers: short-lived, one for each function of each pass. */
import { randomFillSync } from "node:crypto";
import { isSampled, type TraceContext } from "../../context/index.ts";
import { type Attributes, type ResourceSpans, type Span, SpanKind, StatusCode } from "../../trace/index.ts";
import type { Clock } from "../clock.ts";

/** The span of a function at work. Everything on it is optional for the function: it is there, named and timed, anyway. */
export interface PassSpan {
  set(attributes: Attributes): void;
  /**
   * What the function did about the object, in the past tense: "created TaskRun demo-build". Kept in order in
   * `throughline.reconcile.decisions` of this span.
   */
  decided(what: string): void;
  /** Something that happened within it. */
  event(name: string, attributes?: Attributes): void;
  /** A span within this one. */
  child(name: string): PassSpan;
  /** Ends it; with a fault, as failed. */
  end(fault?: unknown): void;
}

export interface PassIdentity {
  /** `service.name` and name of the instrumentation scope, as upstream has them. */
  service: string;
  scope: string;
  version: string;
  /** Of every span of the pass. */
  attributes: Attributes;
}

export interface PassTrace {
  /** What the pass belongs to. Absent, or not sampled: nothing is recorded. */
  parent: TraceContext | undefined;
  identity: PassIdentity;
  clock: Clock;
  /** Gets all spans of the pass at once when its first one ends. */
  onEnd: (spans: ResourceSpans) => void;
}

/** Starts the first span of a pass. */
export function startPass(name: string, { parent, identity, clock, onEnd }: PassTrace): PassSpan {
  if (parent === undefined || !isSampled(parent)) return SILENT;
  const recorder = new PassRecorder({ parent, identity, clock, onEnd });
  return new RecordedSpan(name, recorder, parent.spanId);
}

class PassRecorder {
  readonly spans: Span[] = [];
  readonly trace: PassTrace & { parent: TraceContext };

  constructor(trace: PassTrace & { parent: TraceContext }) {
    this.trace = trace;
  }

  /** The pass is over: spans still open are abandoned, which no function can do to its own. */
  finish(): void {
    const { identity, onEnd } = this.trace;
    const { service, scope, version } = identity;
    onEnd({ resource: { "service.name": service }, scope: { name: scope, version }, spans: this.spans });
  }
}

class RecordedSpan implements PassSpan {
  readonly #span: Span;
  readonly #recorder: PassRecorder;
  readonly #isFirst: boolean;
  readonly #decisions: string[] = [];

  constructor(name: string, recorder: PassRecorder, parentSpanId: string) {
    const { parent, identity, clock } = recorder.trace;
    this.#recorder = recorder;
    this.#isFirst = recorder.spans.length === 0;
    this.#span = {
      traceId: parent.traceId,
      spanId: randomSpanId(),
      parentSpanId,
      flags: parent.flags,
      ...(parent.tracestate !== undefined && { traceState: parent.tracestate }),
      name,
      kind: SpanKind.internal,
      startNs: clock.now(),
      endNs: 0n,
      attributes: { "throughline.type": "reconcile", ...identity.attributes },
      events: [],
      links: [],
      statusCode: StatusCode.unset,
    };
    recorder.spans.push(this.#span);
  }

  set(attributes: Attributes): void {
    Object.assign(this.#span.attributes, attributes);
  }

  decided(what: string): void {
    this.#decisions.push(what);
  }

  event(name: string, attributes: Attributes = {}): void {
    this.#span.events.push({ name, timeNs: this.#recorder.trace.clock.now(), attributes });
  }

  child(name: string): PassSpan {
    return new RecordedSpan(name, this.#recorder, this.#span.spanId);
  }

  end(fault?: unknown): void {
    const span = this.#span;
    span.endNs = this.#recorder.trace.clock.now();
    if (this.#decisions.length > 0) span.attributes["throughline.reconcile.decisions"] = this.#decisions;
    if (fault !== undefined) recordFault(span, fault);
    if (this.#isFirst) this.#recorder.finish();
  }
}

const POOL = Buffer.alloc(4_096);
let poolUsed = POOL.length;

/** One call into the system for 512 ids: on some kernels each costs as much as the rest of a span. */
function randomSpanId(): string {
  if (poolUsed === POOL.length) {
    randomFillSync(POOL);
    poolUsed = 0;
  }
  poolUsed += 8;
  return POOL.toString("hex", poolUsed - 8, poolUsed);
}

/** Semantic conventions, "Recording errors": `error.type`, and the message in the status. */
function recordFault(span: Span, fault: unknown): void {
  const { type, message } = describeFault(fault);
  span.attributes["error.type"] = type;
  span.statusCode = StatusCode.error;
  span.statusMessage = message;
}

function describeFault(fault: unknown): { type: string; message: string } {
  if (!(fault instanceof Error)) return { type: "_OTHER", message: String(fault) };
  const type = "reason" in fault && typeof fault.reason === "string" ? fault.reason : fault.name;
  return { type: type || "_OTHER", message: fault.message };
}

/** Records nothing. */
export const SILENT: PassSpan = {
  set() {},
  decided() {},
  event() {},
  child: () => SILENT,
  end() {},
};
