/**
 * Which span a step's own spans belong under. The carriers, in the order they are asked:
 *
 * | carrier | where it comes from |
 * |---|---|
 * | `TRACEPARENT`, `TRACESTATE`, `BAGGAGE` | Throughline's runtime, or a process of the step that traces |
 * | `TEKTON_TASKRUN_SPAN_CONTEXT` | stock Tekton's annotation `tekton.dev/taskrunSpanContext`, by the downward API |
 * | the context file | an earlier task, through a workspace both have |
 */
import { type ContextReading, readFields, readJson, type StepContext } from "./fields.ts";
import { contextFileOf, readContextFile, savedLongAgo } from "./file.ts";

export { type ContextReading, formatTraceparent, type StepContext } from "./fields.ts";
export { contextFileOf, readContextFile, writeContextFile } from "./file.ts";

/** Variables of a process; one that is empty counts as unset (OpenTelemetry specification, "Parsing empty value"). */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a new span of this step hangs under. Without a parent it begins a trace of its own. */
export interface StepParent {
  parent?: StepContext;
  /** Saved by an earlier task, when it is not the parent itself. */
  link?: StepContext;
  /** The first carrier that could not be used, for the attribute `throughline.context.invalid`: its variable, or `file`. */
  invalid?: string;
  /** Why not, for people. */
  reason?: string;
}

/** Reads the context a step was started with; a carrier that is malformed is passed over when the next one is not. */
export function readEnvironment(env: Environment): ContextReading {
  const own = ownVariables(env);
  if (own.kind === "found") return own;
  const tekton = tektonVariable(env);
  return tekton.kind === "found" || own.kind === "absent" ? tekton : own;
}

/**
 * Decides on the parent by the order above. A saved context that names another span than the environment does becomes a
 * link; so does one that was saved more than a day ago, since it is a run of another day that left it behind.
 * `file` is the one of {@link contextFileOf} unless it is given. Never throws.
 */
export function parentOf({
  env,
  file = contextFileOf(env),
}: {
  env: Environment;
  file?: string;
}): StepParent {
  const own = readEnvironment(env);
  const saved = readContextFile(file);
  const complaint = firstComplaint({ env, saved });
  if (own.kind === "found") {
    const link =
      saved.kind === "found" && !isSameSpan(own.context, saved.context) ? saved.context : undefined;
    return { parent: own.context, ...(link && { link }), ...complaint };
  }
  if (saved.kind !== "found") return complaint;
  if (!savedLongAgo(file)) return { parent: saved.context, ...complaint };
  const old = { invalid: "file", reason: `context file ${file}: saved more than a day ago` };
  return { link: saved.context, ...old, ...complaint };
}

/** Of the carriers that were asked: the second variable only where the first gives nothing, the file always. */
function firstComplaint({ env, saved }: { env: Environment; saved: ContextReading }): StepParent {
  const own = ownVariables(env);
  if (own.kind === "invalid") return { invalid: "TRACEPARENT", reason: `TRACEPARENT: ${own.reason}` };
  const tekton = own.kind === "absent" ? tektonVariable(env) : own;
  if (tekton.kind === "invalid")
    return {
      invalid: "TEKTON_TASKRUN_SPAN_CONTEXT",
      reason: `TEKTON_TASKRUN_SPAN_CONTEXT: ${tekton.reason}`,
    };
  return saved.kind === "invalid" ? { invalid: "file", reason: saved.reason } : {};
}

function ownVariables({ TRACEPARENT, TRACESTATE, BAGGAGE }: Environment): ContextReading {
  const fields = { traceparent: TRACEPARENT, tracestate: TRACESTATE, baggage: BAGGAGE };
  return readFields({ fields, from: "TRACEPARENT" });
}

function tektonVariable({ TEKTON_TASKRUN_SPAN_CONTEXT }: Environment): ContextReading {
  return readJson({ text: TEKTON_TASKRUN_SPAN_CONTEXT ?? "", from: "TEKTON_TASKRUN_SPAN_CONTEXT" });
}

function isSameSpan(one: StepContext, other: StepContext): boolean {
  return one.traceId === other.traceId && one.spanId === other.spanId;
}
