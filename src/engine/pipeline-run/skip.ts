/**
 * Whether a pipeline task that has not started is to start, to wait, or never to start, and why. The reasons are looked
 * at in Tekton's order, so that a task to which several apply is reported as Tekton does (docs/pipelineruns.md,
 * "Monitoring execution status").
 */
import {
  combinationCount,
  evaluateWhen,
  expandMatrix,
  isMatrixed,
  joinReplacements,
  type ResultReference,
  resultReferencesIn,
  resultReferencesOf,
  substitutePipelineTask,
} from "../spec/index.ts";
import type { PipelineRunSpec, PipelineTask } from "../types/index.ts";
import type { PlannedTask } from "./plan.ts";
import { isDone, type Progress, SkipReason, type TaskProgress, type TaskState } from "./state.ts";
import { missingReferences, statusVariables, variablesOf } from "./variables.ts";

/** What is the same for all tasks of a pass. */
export interface Situation {
  /** `spec.status`: what the user wants of the run. */
  demand: PipelineRunSpec["status"];
  /** Whose time is up. */
  reached: { pipeline: boolean; tasks: boolean; finally: boolean };
  /** How many runs a matrix may make. */
  maxCombinations: number;
}

export interface Candidate extends PlannedTask {
  /** What it waits for. */
  parents: readonly TaskProgress[];
  /** Everything decided so far, which includes all it waits for. */
  progress: Progress;
  /** A task of the graph has ended so that nothing new starts in it. */
  isStopping: boolean;
  situation: Situation;
}

/** A task of the graph. */
export function decideGraphTask(candidate: Candidate): TaskState {
  const { parents, situation, isStopping } = candidate;
  if (isStopping) return skipped(SkipReason.stopping, candidate.task);
  if (situation.demand === "CancelledRunFinally")
    return skipped(SkipReason.gracefullyCancelled, candidate.task);
  if (situation.demand === "StoppedRunFinally") return skipped(SkipReason.gracefullyStopped, candidate.task);
  if (!parents.every(({ state }) => isDone(state))) return { kind: "waiting" };
  const resolved = resolve(candidate);
  return (
    guard(resolved) ??
    afterSkippedParent(candidate, resolved) ??
    withoutResults(candidate, resolved) ??
    tooLate(resolved, [
      [situation.reached.pipeline, SkipReason.pipelineTimeout],
      [situation.reached.tasks, SkipReason.tasksTimeout],
    ]) ??
    fanOut(resolved, situation)
  );
}

/** A task of `finally`, once the whole graph is done. */
export function decideFinalTask(candidate: Candidate): TaskState {
  const { situation } = candidate;
  const resolved = resolve(candidate);
  if (resolved.missing.length > 0) return skipped(SkipReason.missingResults, resolved.task);
  return (
    guard(resolved) ??
    tooLate(resolved, [
      [situation.reached.pipeline, SkipReason.pipelineTimeout],
      [situation.reached.finally, SkipReason.finallyTimeout],
    ]) ??
    fanOut(resolved, situation)
  );
}

interface Resolved {
  /** With the variables that are known. */
  task: PipelineTask;
  missing: readonly ResultReference[];
  /** Its guards cannot be judged: they ask for results that are not there. */
  hasOpenGuard: boolean;
}

/** The task with all it says about others replaced, and what it asks for in vain. */
export function resolve({
  task,
  section,
  progress,
}: Pick<Candidate, "task" | "section" | "progress">): Resolved {
  const known = variablesOf(task, progress);
  const all = section === "finally" ? joinReplacements(known, statusVariables(progress)) : known;
  return {
    task: substitutePipelineTask(task, all),
    missing: missingReferences(resultReferencesOf(task), known),
    hasOpenGuard: missingReferences(resultReferencesIn(task.when), known).length > 0,
  };
}

function guard({ task, hasOpenGuard }: Resolved): TaskState | undefined {
  if (task.when === undefined || hasOpenGuard) return undefined;
  const verdict = evaluateWhen(task.when);
  if (verdict.kind === "skip") return skipped(SkipReason.when, task);
  if (verdict.kind === "pass") return undefined;
  return { kind: "invalid", reason: "CELEvaluationFailed", message: verdict.message };
}

/** A guard skips the guarded task only; every other way of being skipped goes on to those that wait for it. */
function afterSkippedParent({ parents }: Candidate, { task }: Resolved): TaskState | undefined {
  const isSkipped = parents.some(({ state }) => state.kind === "skipped" && state.reason !== SkipReason.when);
  return isSkipped ? skipped(SkipReason.parent, task) : undefined;
}

/** Results of a task that succeeded must be there; of one that was let off, they may be missing (docs/pipelines.md). */
function withoutResults({ task, progress }: Candidate, resolved: Resolved): TaskState | undefined {
  const [first] = resolved.missing;
  if (first === undefined) return undefined;
  const promised = resolved.missing.find(
    ({ pipelineTask }) => progress.get(pipelineTask)?.state.kind === "succeeded",
  );
  if (promised === undefined || task.onError === "continue") {
    return skipped(SkipReason.missingResults, resolved.task);
  }
  const { pipelineTask, result } = promised;
  const message = `task "${pipelineTask}" completed successfully but did not emit the result "${result}", which is referenced by task "${task.name}"`;
  return { kind: "invalid", reason: "PipelineValidationFailed", message };
}

function tooLate({ task }: Resolved, limits: readonly [boolean, SkipReason][]): TaskState | undefined {
  const reached = limits.find(([isReached]) => isReached);
  return reached && skipped(reached[1], task);
}

function fanOut({ task }: Resolved, { maxCombinations }: Situation): TaskState {
  if (!isMatrixed(task)) return { kind: "ready", task, combinations: [{ params: [] }] };
  const count = combinationCount(task);
  if (count > maxCombinations) {
    const message = `expected 0 <= ${count} <= ${maxCombinations}: matrix of pipeline task "${task.name}"`;
    return { kind: "invalid", reason: "PipelineValidationFailed", message };
  }
  if (count === 0) return skipped(SkipReason.emptyMatrix, task);
  return { kind: "ready", task, combinations: expandMatrix(task) };
}

function skipped(reason: SkipReason, { when }: PipelineTask): TaskState {
  return { kind: "skipped", reason, ...(when !== undefined && { when }) };
}
