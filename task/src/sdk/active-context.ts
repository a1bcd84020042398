/** Between the contexts of a step's carriers and those of the OpenTelemetry API. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Baggage,
  type Context,
  type ContextManager,
  createContextKey,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  TraceFlags,
  type TraceState,
  trace,
} from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { StepContext } from "../context/context.ts";

/** W3C Trace Context and Baggage: what the carriers of a step hold. */
export function taskPropagator(): CompositePropagator {
  return new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
}

/**
 * Keeps the active context across `await` and callbacks. Where none is active it is the step's own, so that whatever instruments
 * the process joins its trace. Of `bind`, emitters are passed through: their listeners run where the event comes from.
 */
export function taskContextManager(base: Context): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? base,
    with: (active, fn, receiver, ...args) => storage.run(active, () => fn.apply(receiver, args)),
    bind: (active, target) => {
      if (typeof target !== "function") return target;
      const apply = (fn: typeof target, receiver: unknown, args: unknown[]) =>
        storage.run(active, () => Reflect.apply(fn, receiver, args));
      return new Proxy(target, { apply });
    },
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
}

/** Under this key a context has what it began with, so that what nobody changed is handed on letter by letter. */
const ORIGIN = createContextKey("context of the step");

interface Origin {
  step: StepContext;
  traceState: TraceState | undefined;
  baggage: Baggage | undefined;
}

/** The context everything in the process begins with. */
export function baseContext(step: StepContext | undefined): Context {
  if (step === undefined) return ROOT_CONTEXT;
  const span = spanContextOf(step);
  const withBaggage = new W3CBaggagePropagator().extract(ROOT_CONTEXT, step, {
    get: (carrier) => carrier.baggage,
    keys: () => ["baggage"],
  });
  const origin: Origin = { step, traceState: span.traceState, baggage: propagation.getBaggage(withBaggage) };
  return trace.setSpanContext(withBaggage.setValue(ORIGIN, origin), span);
}

/** As the API writes it; baggage is no part of it. */
export function spanContextOf({ traceId, spanId, isSampled, tracestate }: StepContext): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

/** What is to be handed on in the name of the context's span; nothing where there is none. */
export function stepContextOf(context: Context): StepContext | undefined {
  const span = trace.getSpanContext(context);
  if (span === undefined || !trace.isSpanContextValid(span)) return undefined;
  const origin = context.getValue(ORIGIN) as Origin | undefined;
  const tracestate =
    span.traceState === origin?.traceState ? origin?.step.tracestate : span.traceState?.serialize();
  const isUnchanged = propagation.getBaggage(context) === origin?.baggage;
  const baggage = isUnchanged ? origin?.step.baggage : serializedBaggage(context);
  const { traceId, spanId } = span;
  return {
    traceId,
    spanId,
    isSampled: (span.traceFlags & TraceFlags.SAMPLED) !== 0,
    ...(origin?.step.traceId === traceId && origin.step.isRandom && { isRandom: true }),
    ...(tracestate && { tracestate }),
    ...(baggage !== undefined && { baggage }),
  };
}

function serializedBaggage(context: Context): string | undefined {
  const carrier: { baggage?: string } = {};
  new W3CBaggagePropagator().inject(context, carrier, {
    set: (fields, name, value) => Object.assign(fields, { [name]: value }),
  });
  return carrier.baggage;
}
