import { headersFor } from "./headers.ts";
import { jsonFor } from "./json-carrier.ts";
import { type ContextReading, readFields } from "./reading.ts";
import type { TraceContext } from "./trace-context.ts";
import { formatTracestate, parseTracestate, shortenTracestate } from "./tracestate.ts";

/** `metadata.annotations` of an object, or nothing. */
export type Annotations = Readonly<Record<string, unknown>> | undefined;

/** The names Tekton and Konflux read, with the JSON carrier in them. */
export const JsonAnnotation = {
  pipelinerun: "tekton.dev/pipelinerunSpanContext",
  taskrun: "tekton.dev/taskrunSpanContext",
  customrun: "tekton.dev/customrunSpanContext",
} as const;

/** The names TEP-0124 proposed, with the JSON carrier in them: read, never written. */
export const LegacyAnnotation = {
  pipelinerun: "tekton/pipelinerun-span-context",
  taskrun: "tekton/taskrun-span-context",
} as const;

/** The W3C trio: one annotation a header, with the plain header value in it. */
export const W3cAnnotation = {
  traceparent: "tekton.dev/traceparent",
  tracestate: "tekton.dev/tracestate",
  baggage: "tekton.dev/baggage",
} as const;

/** What everybody should pass on (W3C Trace Context Level 2, "tracestate Limits"). */
const MAXIMUM_TRACESTATE_LENGTH = 512;

/** Reads the W3C trio from an object's annotations. */
export function readW3cAnnotations(annotations: Annotations): ContextReading {
  return readFields({
    traceparent: annotations?.[W3cAnnotation.traceparent],
    tracestate: annotations?.[W3cAnnotation.tracestate],
    baggage: annotations?.[W3cAnnotation.baggage],
  });
}

/**
 * The annotations that hand the context to an object about to be created: the JSON carrier, which stock Tekton and
 * Konflux understand, and the W3C trio. Both name the same ids and at most 512 characters of tracestate.
 */
export function annotationsFor(
  kind: "pipelinerun" | "taskrun",
  context: TraceContext,
): Record<string, string> {
  const shortened = withShortTracestate(context);
  const { traceparent, tracestate, baggage } = headersFor(shortened);
  return {
    [JsonAnnotation[kind]]: jsonFor(shortened),
    [W3cAnnotation.traceparent]: traceparent,
    ...(tracestate && { [W3cAnnotation.tracestate]: tracestate }),
    ...(baggage && { [W3cAnnotation.baggage]: baggage }),
  };
}

function withShortTracestate(context: TraceContext): TraceContext {
  const members = parseTracestate(context.tracestate ?? "") ?? [];
  return { ...context, tracestate: formatTracestate(shortenTracestate(members, MAXIMUM_TRACESTATE_LENGTH)) };
}
