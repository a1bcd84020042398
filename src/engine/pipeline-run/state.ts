/** How far each pipeline task has come. */
import type { Combination } from "../spec/index.ts";
import type { PipelineTask, WhenExpression } from "../types/index.ts";
import type { ChildRun } from "./child-run.ts";
import type { PlannedTask } from "./plan.ts";

/** `status.skippedTasks[].reason` (docs/pipelineruns.md, "Monitoring execution status"). */
export const SkipReason = {
  when: "When Expressions evaluated to false",
  parent: "Parent Tasks were skipped",
  stopping: "PipelineRun was stopping",
  gracefullyCancelled: "PipelineRun was gracefully cancelled",
  gracefullyStopped: "PipelineRun was gracefully stopped",
  missingResults: "Results were missing",
  pipelineTimeout: "PipelineRun timeout has been reached",
  tasksTimeout: "PipelineRun Tasks timeout has been reached",
  finallyTimeout: "PipelineRun Finally timeout has been reached",
  emptyMatrix: "Matrix Parameters have an empty array",
} as const;

export type SkipReason = (typeof SkipReason)[keyof typeof SkipReason];

export type TaskState =
  /** For tasks before it. */
  | { kind: "waiting" }
  /** To be started now: with all variables replaced, and what its matrix makes of it. */
  | { kind: "ready"; task: PipelineTask; combinations: readonly Combination[] }
  | { kind: "running" }
  | { kind: "succeeded" }
  | { kind: "failed" }
  /** Failed, which the pipeline takes no notice of: `onError: continue`. */
  | { kind: "ignored" }
  | { kind: "cancelled" }
  | { kind: "skipped"; reason: SkipReason; when?: readonly WhenExpression[] }
  /** It cannot be run, and why. */
  | { kind: "invalid"; reason: "PipelineValidationFailed" | "CELEvaluationFailed"; message: string };

/** A pipeline task, what runs it, and how far it is. */
export interface TaskProgress extends PlannedTask {
  children: readonly ChildRun[];
  state: TaskState;
}

/** By the name of the pipeline task, in no particular order. */
export type Progress = ReadonlyMap<string, TaskProgress>;

/** What the children of a task make of it; undefined when there are none. */
export function stateOfStarted(task: PipelineTask, children: readonly ChildRun[]): TaskState | undefined {
  if (children.length === 0) return undefined;
  const has = (outcome: ChildRun["outcome"]) => children.some((child) => child.outcome === outcome);
  if (has("running")) return { kind: "running" };
  if (has("timedOut")) return { kind: "failed" };
  if (has("cancelled")) return { kind: "cancelled" };
  if (has("failed")) return { kind: task.onError === "continue" ? "ignored" : "failed" };
  return { kind: "succeeded" };
}

/** Nothing more will happen to it. */
export function isDone({ kind }: TaskState): boolean {
  return kind !== "waiting" && kind !== "ready" && kind !== "running";
}

/** After such an end of a task of the graph nothing new starts in it (docs/pipelines.md, "Using the retries field"). */
export function stopsPipeline({ kind }: TaskState): boolean {
  return kind === "failed" || kind === "cancelled" || kind === "invalid";
}
