import {
  type Annotations,
  JsonAnnotation,
  LegacyAnnotation,
  readW3cAnnotations,
  W3cAnnotation,
} from "./annotations.ts";
import { readJson, readMap } from "./json-carrier.ts";
import { type ContextReading, normalBaggage } from "./reading.ts";
import type { TraceContext } from "./trace-context.ts";

type JsonName =
  | (typeof JsonAnnotation)[keyof typeof JsonAnnotation]
  | (typeof LegacyAnnotation)[keyof typeof LegacyAnnotation];

/** Where on an object a context was found, in words for a log and for the attribute `throughline.context.invalid`. */
export type Carrier =
  | `annotation ${JsonName}`
  | `annotations ${typeof W3cAnnotation.traceparent}`
  | "status.spanContext";

/** What `settleContext` needs of an object: `metadata.annotations` and, on runs, `status.spanContext` as it came. */
export interface ContextHolder {
  kind: "PipelineRun" | "TaskRun" | "CustomRun" | "Snapshot" | "Release";
  annotations: Annotations;
  spanContext?: unknown;
}

export interface FoundContext {
  carrier: Carrier;
  context: TraceContext;
}

export interface SettledContext {
  /** The first valid context; absent when the object carries none. */
  winner?: FoundContext;
  /** Carriers that hold something unreadable: each counts as absent and is worth one line in the log. */
  invalid: { carrier: Carrier; reason: string }[];
  /** Valid contexts after the winner, for links where they name another trace. */
  others: FoundContext[];
}

/** Konflux copies the annotation of the build PipelineRun as it is, so its objects use that name. */
const JSON_ANNOTATION_OF = {
  PipelineRun: JsonAnnotation.pipelinerun,
  TaskRun: JsonAnnotation.taskrun,
  CustomRun: JsonAnnotation.customrun,
  Snapshot: JsonAnnotation.pipelinerun,
  Release: JsonAnnotation.pipelinerun,
} as const;

const LEGACY_ANNOTATION_OF: Partial<Record<ContextHolder["kind"], JsonName>> = {
  PipelineRun: LegacyAnnotation.pipelinerun,
  TaskRun: LegacyAnnotation.taskrun,
};

/**
 * Settles which context an object itself carries. The first valid one wins:
 *
 * 1. the JSON annotation of its kind
 * 2. the W3C annotations `tekton.dev/traceparent`, `tracestate` and `baggage`
 * 3. the TEP-0124 annotation of its kind
 * 4. `status.spanContext`
 *
 * The JSON annotation of another kind does not count: Tekton copies a PipelineRun's annotations to its TaskRuns.
 * Owners and objects this one comes from are the caller's business.
 */
export function settleContext(holder: ContextHolder): SettledContext {
  const settled: { invalid: SettledContext["invalid"]; others: FoundContext[] } = { invalid: [], others: [] };
  for (const { carrier, reading } of readCarriers(holder)) {
    if (reading.kind === "valid") settled.others.push({ carrier, context: reading.context });
    if (reading.kind === "invalid") settled.invalid.push({ carrier, reason: reading.reason });
  }
  const winner = settled.others.shift();
  return winner === undefined ? settled : { winner: withAnnotatedBaggage(winner, holder), ...settled };
}

function readCarriers({ kind, annotations, spanContext }: ContextHolder) {
  const readAnnotation = (name: JsonName) => carried(`annotation ${name}`, readJson(annotations?.[name]));
  const legacy = LEGACY_ANNOTATION_OF[kind];
  return [
    readAnnotation(JSON_ANNOTATION_OF[kind]),
    carried(`annotations ${W3cAnnotation.traceparent}`, readW3cAnnotations(annotations)),
    ...(legacy === undefined ? [] : [readAnnotation(legacy)]),
    carried("status.spanContext", readMap(spanContext)),
  ];
}

function carried(carrier: Carrier, reading: ContextReading) {
  return { carrier, reading };
}

/** Konflux services put no baggage into the JSON carrier; its place is the annotation `tekton.dev/baggage`. */
function withAnnotatedBaggage(found: FoundContext, { annotations }: ContextHolder): FoundContext {
  if (!found.carrier.startsWith("annotation ") || found.context.baggage !== undefined) return found;
  const baggage = normalBaggage(annotations?.[W3cAnnotation.baggage]);
  return baggage === "" ? found : { ...found, context: { ...found.context, baggage } };
}
