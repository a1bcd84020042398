/** Which trace the span of a command is in, and what the command is told of that. */
import { formatTraceparent, parentOf, type StepContext, type StepParent } from "../context/context.ts";
import type { Destination } from "../wire/endpoint.ts";
import { newSpanId, newTraceId } from "./random-hex.ts";

/** What is to become of a command's span. `complaint` is for people: what of the environment cannot be used. */
export type SpanPlan = { env: NodeJS.ProcessEnv; complaint: string | undefined } & (
  | /** Nothing is set up to take spans: the command runs as it would without us. */ { kind: "inert" }
  | /** The parent is not recorded, and so nothing under it is; the command learns of the trace. */ {
      kind: "unsampled";
    }
  | RecordedSpan
);

/** A span that is to be sent. */
export interface RecordedSpan {
  kind: "recorded";
  /** Of the span itself. */
  context: StepContext;
  /** What it hangs under. */
  from: StepParent;
}

/** Decides by the environment; `env` of the answer is the command's. */
export function planSpan(env: NodeJS.ProcessEnv, destination: Destination): SpanPlan {
  if (destination.kind === "off") return { kind: "inert", env, complaint: undefined };
  if (destination.kind === "unclear")
    return { kind: "inert", env, complaint: `span not sent: ${destination.reason}` };
  const from = parentOf({ env });
  const context = { ...(from.parent ?? { traceId: newTraceId(), isSampled: true }), spanId: newSpanId() };
  const common = { env: { ...env, ...variablesFor({ context, env }) }, complaint: from.reason };
  return context.isSampled
    ? { ...common, kind: "recorded", context, from }
    : { ...common, kind: "unsampled" };
}

/**
 * `TRACESTATE` goes with the parent it belongs to (W3C Trace Context, "Mutating the traceparent Field"); `BAGGAGE` is a matter
 * of its own, and stays unless the parent's carrier brings some along.
 */
function variablesFor({ context, env }: { context: StepContext; env: NodeJS.ProcessEnv }) {
  const { tracestate, baggage } = context;
  return {
    TRACEPARENT: formatTraceparent(context),
    TRACESTATE: tracestate,
    BAGGAGE: baggage ?? env["BAGGAGE"],
  };
}
