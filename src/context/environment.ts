import { headersFor } from "./headers.ts";
import { type ContextReading, readFields } from "./reading.ts";
import type { TraceContext } from "./trace-context.ts";

/** The variables of the OpenTelemetry specification, "Environment Variables as Context Propagation Carriers". */
export interface ContextEnvironment {
  TRACEPARENT: string;
  TRACESTATE: string | undefined;
  BAGGAGE: string | undefined;
}

/** Reads the context a process was started with. Only the exact upper-case names count. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): ContextReading {
  const { TRACEPARENT: traceparent, TRACESTATE: tracestate, BAGGAGE: baggage } = environment;
  return readFields({ traceparent, tracestate, baggage });
}

/**
 * The context as variables for a child process. What the context does not have is `undefined`, so that spreading it
 * over an inherited environment also takes away what belongs to another span.
 *
 * @example spawn("make", { env: { ...process.env, ...environmentFor(context) } })
 */
export function environmentFor(context: TraceContext): ContextEnvironment {
  const { traceparent, tracestate, baggage } = headersFor(context);
  return { TRACEPARENT: traceparent, TRACESTATE: tracestate, BAGGAGE: baggage };
}
