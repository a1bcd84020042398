/**
 * One pass over a PipelineRun. What a run is at follows from its status and from its children alone; a pass decides what
 * that means now, starts and stops children through the API, and leaves the new status to be written at its end. So a pass
 * may be cut short anywhere, and be repeated by anyone.
 */
import type { ObjectKey, Outcome, Stored } from "../../kube/index.ts";
import { parseTime } from "../../tekton/index.ts";
import { timestamp } from "../clock.ts";
import { isDone } from "../condition.ts";
import type { EngineContext } from "../context.ts";
import { emitting } from "../events.ts";
import { ownContext, spanContextOf } from "../own-context.ts";
import { isForeign } from "../ownership.ts";
import { runPass } from "../run-pass.ts";
import { traced } from "../tracing/index.ts";
import { type PipelineRun, TektonKind } from "../types/index.ts";
import { cancelling } from "./cancel.ts";
import type { ChildRun } from "./child-run.ts";
import { observing } from "./children.ts";
import { claiming } from "./claims.ts";
import { concluding } from "./conclude.ts";
import { settling } from "./fetch.ts";
import { PIPELINE_LABEL, pipelineNameOf } from "./metadata.ts";
import { amendStatus, endWith, type RunPass, settleCondition } from "./pass.ts";
import { running } from "./run-tasks.ts";
import { taskChecking } from "./task-checks.ts";
import { unlessUnchanged } from "./unchanged.ts";

/** A pass over the PipelineRun, unless it is gone, complete, or another controller's (`spec.managedBy`). */
export async function reconcilePipelineRun(engine: EngineContext, key: ObjectKey): Promise<Outcome> {
  const object = engine.caches.pipelineRuns.get(key);
  if (object === undefined || object.metadata.deletionTimestamp !== undefined) return {};
  if (isForeign(object) || isDone(object.status)) return {};
  return unlessUnchanged({ engine, object }, () => startPass(engine, object));
}

function startPass(engine: EngineContext, object: Stored<PipelineRun>): Promise<Outcome> {
  const { name, namespace = "" } = object.metadata;
  return runPass({
    engine,
    kind: TektonKind.pipelineRun,
    object,
    context: ownContext("PipelineRun", object),
    spanName: "PipelineRun:ReconcileKind",
    identity: {
      service: "pipelinerun-reconciler",
      scope: "PipelineRunReconciler",
      attributes: {
        "k8s.namespace.name": namespace,
        "tekton.pipelinerun.name": name,
        "tekton.pipeline.name": pipelineNameOf(object),
      },
    },
    work: reconcileKind,
  });
}

async function reconcileKind(pass: RunPass): Promise<Outcome> {
  reconciling.initializeConditions(pass);
  const outcome = await decideOnDemand(pass);
  await emitting.emitReconcileEvents(pass, 1);
  return outcome;
}

/** What the user wants of the run comes first. */
async function decideOnDemand(pass: RunPass): Promise<Outcome> {
  const { status } = pass.object.spec;
  if (status === "PipelineRunPending") return reconciling.markPending(pass);
  reconciling.start(pass);
  const children = await observing.updatePipelineRunStatusFromInformer(pass);
  return status === "Cancelled" ? reconciling.cancel(pass, children) : reconciling.reconcile(pass, children);
}

export const reconciling = traced({
  /** Everything stops; what has been started until then is listed. */
  async cancel(pass: RunPass, children: readonly ChildRun[]): Promise<Outcome> {
    const { pipelineSpec } = pass.draft.status;
    const settled = pipelineSpec && settling.planPipeline(pass, pipelineSpec);
    if (settled?.kind === "settled") {
      const { progress } = running.resolvePipelineState(pass, { plan: settled.plan, children });
      concluding.recordTasks(pass, { progress, started: [] });
    }
    await cancelling.cancelPipelineRun(pass, children);
    return {};
  },

  /** Settles the run's context, for good, and says which pipeline it belongs to. */
  initializeConditions(pass: RunPass): void {
    const { status, labels } = pass.draft;
    pass.draft.labels = { ...labels, [PIPELINE_LABEL]: pipelineNameOf(pass.object) };
    if (status.spanContext === undefined) amendStatus(pass, { spanContext: spanContextOf(pass.context) });
  },

  markPending(pass: RunPass): Outcome {
    const message = `PipelineRun "${pass.object.metadata.name}" is pending`;
    settleCondition(pass, { status: "Unknown", reason: "PipelineRunPending", message });
    return {};
  },

  /** The run starts with the first pass that may work on it, and not before it was created. */
  start(pass: RunPass): void {
    if (pass.draft.status.startTime !== undefined) return;
    const { creationTimestamp } = pass.object.metadata;
    const now = pass.engine.clock.now();
    const created = parseTime(creationTimestamp);
    const isBefore = created !== undefined && now < created;
    amendStatus(pass, { startTime: isBefore ? creationTimestamp : timestamp(now) });
  },

  async reconcile(pass: RunPass, children: readonly ChildRun[]): Promise<Outcome> {
    const settled = await settling.settlePipeline(pass);
    if (settled.kind === "refused") return endWith(pass, settled);
    if (children.length === 0) {
      const refusal =
        (await taskChecking.checkTasks(pass, settled)) ?? (await claiming.createPersistentVolumeClaims(pass));
      if (refusal !== undefined) return endWith(pass, refusal);
    }
    const state = running.resolvePipelineState(pass, { plan: settled.plan, children });
    await running.stopTasks(pass, state);
    const started = await running.runNextSchedulableTask(pass, { ...state, spec: settled.spec });
    concluding.recordTasks(pass, { ...state, started: started.references });
    if (started.refusal !== undefined) {
      await cancelling.abandonPipelineRun(pass, children);
      return endWith(pass, started.refusal);
    }
    return concluding.settleOutcome(pass, { ...state, spec: settled.spec });
  },
});
