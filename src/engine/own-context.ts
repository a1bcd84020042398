/** The context a run's reconciler keeps on the run: that of its execution span, under which its passes and children are. */
import { headersFor, settleContext, type TraceContext, TraceFlags, traceIdOfUid } from "../context/index.ts";
import type { KubeObject, Stored } from "../kube/index.ts";
import { spanIds } from "../trace/index.ts";

type Run = Stored<KubeObject & { status?: { spanContext?: Readonly<Record<string, string>> } }>;

/**
 * The context of a run's execution span (docs/trace-model.md, "Which context does a resource belong to?"): in the trace
 * of the carrier that wins, else of a new one, under the id that follows from the run's UID. The same in every pass.
 */
export function ownContext(kind: "PipelineRun" | "TaskRun", run: Run): TraceContext {
  const { uid, annotations = {} } = run.metadata;
  const spanId = kind === "PipelineRun" ? spanIds.run(uid) : spanIds.task(uid, "taskrun");
  const { winner } = settleContext({ kind, annotations, spanContext: run.status?.spanContext });
  if (winner !== undefined) return { ...winner.context, spanId };
  return { traceId: traceIdOfUid(uid), spanId, flags: TraceFlags.sampled };
}

/** The context as `status.spanContext` holds it: header names to values. */
export function spanContextOf(context: TraceContext): Record<string, string> {
  return Object.fromEntries(Object.entries(headersFor(context)).filter(([, value]) => value !== undefined));
}
