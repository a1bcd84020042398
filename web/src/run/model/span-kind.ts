import type { TraceAnswer } from "../../../../src/insight/answers/index.ts";
import { isReconcile } from "../../../../src/insight/reconcile-spans.ts";

/**
 * What a span is to the eye. The order is part of the minimap's raster: a cell holds the number of a kind plus one, and
 * where two spans share a cell the kind further down the list shows.
 */
export const SPAN_KINDS = [
  "quiet",
  "reconcile",
  "run",
  "task",
  "attempt",
  "wait",
  "schedule",
  "pull",
  "init",
  "step",
  "inner",
  "delivery",
  "skipped",
] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];

/** Told only when asked for: reconcilers at work, and spans that say again what others say. */
export const QUIET: ReadonlySet<SpanKind> = new Set(["quiet", "reconcile"]);

/** Waiting is drawn hatched: nothing of the pipeline's own runs meanwhile. */
export const WAITING: ReadonlySet<SpanKind> = new Set(["wait", "schedule", "pull", "init"]);

const BY_TYPE: Readonly<Record<string, SpanKind>> = {
  pipelinerun: "run",
  wait: "wait",
  // Says again what the run's own bar says.
  execute: "quiet",
  taskrun: "task",
  customrun: "task",
  attempt: "attempt",
  step: "step",
  skipped: "skipped",
  webhook: "delivery",
  snapshot: "delivery",
  test: "delivery",
  release: "delivery",
};

/** The kind of one span, told by its `throughline.type`, and where it has none by its service. */
export function kindOf({ type, name, service }: { type: string; name: string; service: string }): SpanKind {
  if (type === "phase") return phaseKind(name);
  if (isReconcile({ type, service })) return "reconcile";
  return Object.hasOwn(BY_TYPE, type) ? (BY_TYPE[type] ?? "inner") : "inner";
}

function phaseKind(name: string): SpanKind {
  if (name.startsWith("schedule")) return "schedule";
  return name.startsWith("pull") ? "pull" : "init";
}

/** The kinds of all spans of an answer, as indexes of {@link SPAN_KINDS}. */
export function kindsOf({ spans, texts }: Pick<TraceAnswer, "spans" | "texts">): Uint8Array {
  const kinds = new Uint8Array(spans.id.length);
  const text = (index: number | undefined) => texts[index ?? -1] ?? "";
  for (let index = 0; index < kinds.length; index++) {
    const [type, name, service] = [
      text(spans.type[index]),
      text(spans.name[index]),
      text(spans.service[index]),
    ];
    kinds[index] = SPAN_KINDS.indexOf(kindOf({ type, name, service }));
  }
  return kinds;
}
