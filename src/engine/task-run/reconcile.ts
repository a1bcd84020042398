/**
 * One pass over a TaskRun. Where it stands follows from its status and its Pod alone; a pass sees how far that is, takes the
 * next step through the API, and leaves the new status to be written at its end. So a pass may be cut short anywhere, and be
 * repeated by anyone.
 */
import type { ObjectKey, Outcome, Pod, Stored } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import { isDone, succeededOf } from "../condition.ts";
import type { EngineContext } from "../context.ts";
import { emitting } from "../events.ts";
import { ownContext, spanContextOf } from "../own-context.ts";
import { isForeign } from "../ownership.ts";
import { runPass } from "../run-pass.ts";
import { traced } from "../tracing/index.ts";
import { type TaskRun, TektonKind } from "../types/index.ts";
import { ending, reasonToEnd } from "./ending.ts";
import { ON_ERROR_ANNOTATION, stampMetadata } from "./metadata.ts";
import {
  type Failure,
  markFailed,
  markUnknown,
  retriesSoFar,
  type TaskRunPass,
  userFailure,
} from "./pass.ts";
import { type CreatedPod, ownPod } from "./pods.ts";
import { awaitsReadiness, hasSidecarsToStop, sidecars } from "./sidecars.ts";
import { rememberTask, starting } from "./starting.ts";
import { isOldCopy } from "./status/old-copy.ts";
import { resultsProblem } from "./status/result-values.ts";
import { statusOfPod } from "./status/status-of-pod.ts";
import { withStoppedSteps } from "./status/stopped-steps.ts";
import { observing } from "./step-transitions.ts";
import { millisLeft } from "./timeout.ts";

/** A pass over the TaskRun, unless it is gone, done with, or another controller's (`spec.managedBy`). */
export async function reconcileTaskRun(engine: EngineContext, key: ObjectKey): Promise<Outcome> {
  const object = engine.caches.taskRuns.get(key);
  if (object === undefined || object.metadata.deletionTimestamp !== undefined || isForeign(object)) return {};
  if (isDone(object.status) && !leavesSidecars(engine, object)) return {};
  return runPass({
    engine,
    kind: TektonKind.taskRun,
    object,
    context: ownContext("TaskRun", object),
    spanName: "TaskRun:ReconcileKind",
    identity: {
      service: "taskrun-reconciler",
      scope: "TaskRunReconciler",
      attributes: identityOf(object),
    },
    work: reconcileKind,
    onWritten: observing.recordStepStates,
  });
}

function leavesSidecars({ caches }: EngineContext, { status, metadata }: Stored<TaskRun>): boolean {
  const pod = caches.pods.get({ namespace: metadata.namespace ?? "", name: status?.podName ?? "" });
  return pod !== undefined && hasSidecarsToStop(pod);
}

function identityOf({ metadata }: Stored<TaskRun>): Record<string, string> {
  const { namespace = "", name, labels = {} } = metadata;
  const run = labels["tekton.dev/pipelineRun"];
  const task = labels["tekton.dev/pipelineTask"];
  return {
    "k8s.namespace.name": namespace,
    "tekton.taskrun.name": name,
    ...(run && { "tekton.pipelinerun.name": run }),
    ...(task && { "tekton.pipeline_task.name": task }),
  };
}

async function reconcileKind(pass: TaskRunPass): Promise<Outcome> {
  stampMetadata(pass);
  if (!isDone(pass.object.status)) await advance(pass);
  const pod = ownPod(pass);
  if (pod !== undefined && isDone(pass.draft.status) && hasSidecarsToStop(pod)) {
    await sidecars.stopSidecars(pass, pod);
  }
  if (isToBeRetried(pass)) ending.retryTaskRun(pass);
  await emitting.emitReconcileEvents(pass, 1 + retriesSoFar(pass));
  return nextLook(pass);
}

async function advance(pass: TaskRunPass): Promise<void> {
  const { object } = pass;
  settleContext(pass);
  if (object.spec.status === "TaskRunPending") {
    const message = `TaskRun "${object.metadata.name}" is pending`;
    return markUnknown(pass, { reason: "TaskRunPending", message });
  }
  if (pass.draft.status.startTime === undefined) reconciling.initializeConditions(pass);
  const failure = reasonToEnd(pass);
  if (failure !== undefined) return ending.failTaskRun(pass, failure);
  return reconciling.reconcile(pass);
}

/** Once, and then never again: everything of this TaskRun belongs to it. */
function settleContext({ draft, context }: TaskRunPass): void {
  if (draft.status.spanContext === undefined) {
    draft.status = { ...draft.status, spanContext: spanContextOf(context) };
  }
}

export const reconciling = traced({
  /** From here on its time runs. */
  initializeConditions(pass: TaskRunPass): void {
    const { draft, engine, object } = pass;
    const now = timestamp(engine.clock.now());
    const created = object.metadata.creationTimestamp;
    const startTime = Date.parse(now) < Date.parse(created) ? created : now;
    draft.status = { ...draft.status, startTime };
    markUnknown(pass, { reason: "Started", message: "" });
  },

  /** Sees to it that there is a Pod, and takes over what it tells. */
  async reconcile(pass: TaskRunPass): Promise<void> {
    const found = await podOfAttempt(pass);
    if (found.kind === "failed") return fail(pass, found.failure);
    const { pod } = found;
    if (awaitsReadiness(pod)) await sidecars.releaseFirstStep(pass, pod);
    reconciling.updateStatusFromPod(pass, pod);
    const failure = reconciling.validateTaskRunResults(pass);
    if (failure !== undefined) fail(pass, failure);
  },

  updateStatusFromPod({ draft, object, engine }: TaskRunPass, pod: Stored<Pod>): void {
    const { taskSpec = { steps: [] } } = draft.status;
    const status = statusOfPod({
      status: draft.status,
      pod,
      task: taskSpec,
      ignoresFailure: object.metadata.annotations?.[ON_ERROR_ANNOTATION] === "continue",
      now: timestamp(engine.clock.now()),
    });
    if (isOldCopy(pod, { told: status.steps, known: draft.status.steps })) return;
    const { completionTime } = status;
    const reason = succeededOf(status)?.reason ?? "";
    draft.status =
      completionTime === undefined
        ? status
        : withStoppedSteps(status, { reason, finishedAt: completionTime });
  },

  /** Whether a TaskRun that has succeeded wrote results of the types it declares. */
  validateTaskRunResults({ draft }: TaskRunPass): Failure | undefined {
    if (succeededOf(draft.status)?.status !== "True") return undefined;
    const { results = [], taskSpec } = draft.status;
    const problem = resultsProblem(results, taskSpec?.results ?? []);
    return problem === undefined ? undefined : userFailure("TaskRunValidationFailed", problem);
  },
});

/** A pass that was cut short may have made the Pod without having written down which Task it runs: that is settled again. */
async function podOfAttempt(pass: TaskRunPass): Promise<CreatedPod> {
  const { taskSpec, podName } = pass.draft.status;
  const known = taskSpec === undefined ? undefined : ownPod(pass);
  if (taskSpec === undefined || known === undefined) return starting.startAttempt(pass);
  if (podName === undefined) rememberTask(pass, taskSpec);
  return { kind: "there", pod: known };
}

function fail(pass: TaskRunPass, failure: Failure): void {
  markFailed(pass, failure);
  pass.span.decided(`ended the run: ${failure.reason}`);
}

function isToBeRetried(pass: TaskRunPass): boolean {
  const { spec } = pass.object;
  const hasFailed = succeededOf(pass.draft.status)?.status === "False" && !isDone(pass.object.status);
  return hasFailed && spec.status !== "TaskRunCancelled" && retriesSoFar(pass) < (spec.retries ?? 0);
}

/**
 * At once where this pass has found what the next one is to act on, as nothing else need happen for that; else when its time
 * will be up, if nothing happens before.
 */
function nextLook(pass: TaskRunPass): Outcome {
  if (isDone(pass.draft.status)) return {};
  const isNextAttemptDue = retriesSoFar(pass) > (pass.object.status?.retriesStatus?.length ?? 0);
  if (isNextAttemptDue || reasonToEnd(pass) !== undefined) return { requeueAfterMillis: 0 };
  const left = millisLeft(pass);
  return left === undefined ? {} : { requeueAfterMillis: Math.max(0, left) + 1 };
}
