// What truly happened in a simulated run, to the millisecond: what the objects are written from, with their coarser
// clocks, and what a test can hold a reconstructed trace against. All times are milliseconds since 1970.

import type {
  ChildPipelineWork,
  CustomWork,
  InterruptingStatus,
  PipelineScenario,
  StepScenario,
  StepsWork,
  TaskScenario,
  WhenExpression,
} from "./scenario.ts";

export interface RunHistory {
  name: string;
  uid: string;
  pipeline: PipelineScenario;
  params: Record<string, string>;
  createdMs: number;
  startedMs: number;
  finallyStartedMs?: number;
  completedMs: number;
  outcome: Outcome;
  /** In the order in which they were created; a matrix gives several for one pipeline task. */
  tasks: TaskHistory[];
  skipped: SkippedTask[];
  interruption?: Interruption;
  results: Record<string, string>;
}

/** The condition `Succeeded` of something that is done. */
export interface Outcome {
  status: "True" | "False";
  reason: string;
  message: string;
}

export interface Interruption {
  kind: InterruptingStatus | "tasks timeout" | "pipeline timeout";
  atMs: number;
}

export interface SkippedTask {
  name: string;
  reason: string;
  when: WhenExpression[];
  atMs: number;
}

export type TaskHistory = TaskRunHistory | CustomRunHistory | ChildRunHistory;

interface AnyTaskHistory {
  name: string;
  uid: string;
  task: TaskScenario;
  memberOf: "tasks" | "finally";
  /** With every reference replaced by its value, as is `when`. */
  params: Record<string, string>;
  when: WhenExpression[];
  createdMs: number;
  completedMs: number;
  outcome: Outcome;
  results: Record<string, string>;
  /** `spec.statusMessage`: why the PipelineRun stopped it. */
  stoppedBecause?: string;
}

export interface TaskRunHistory extends AnyTaskHistory {
  kind: "TaskRun";
  work: StepsWork;
  attempts: AttemptHistory[];
}

export interface CustomRunHistory extends AnyTaskHistory {
  kind: "CustomRun";
  work: CustomWork;
  startedMs: number;
}

export interface ChildRunHistory extends AnyTaskHistory {
  kind: "PipelineRun";
  work: ChildPipelineWork;
  run: RunHistory;
}

export interface AttemptHistory {
  startedMs: number;
  completedMs: number;
  outcome: Outcome;
  /** Absent when the attempt was stopped before it had one. */
  pod?: PodHistory;
  /** Tekton deletes the Pod of an attempt that it stops: after a timeout, a cancellation or a failed pull. */
  podDeleted: boolean;
}

export interface PodHistory {
  name: string;
  uid: string;
  node: string;
  createdMs: number;
  boundMs: number;
  sandboxMs: number;
  initContainers: InitContainerHistory[];
  initializedMs: number;
  /** Every container has started; only then does Tekton let the first step begin. */
  readyMs: number;
  steps: StepHistory[];
  /** The last step has ended. Absent when an image cannot be pulled. */
  finishedMs?: number;
}

export interface InitContainerHistory {
  name: string;
  image: string;
  pull: PullHistory;
  startedMs: number;
  finishedMs: number;
}

export interface StepHistory {
  step: StepScenario;
  pull: PullHistory;
  /** The container; absent when its image cannot be pulled. */
  startedMs?: number;
  /** The command inside it, which has to wait for the steps before; absent when the Pod is stuck. */
  commandStartedMs?: number;
  finishedMs?: number;
  exitCode: number;
  ending: StepEnding;
  /** Task results on disk when the step ended, its own and those of the steps before. */
  results: Record<string, string>;
}

/** `terminationReason` of a step. */
export type StepEnding = "Completed" | "Error" | "Continued" | "Skipped";

export interface PullHistory {
  requestedMs: number;
  endedMs: number;
  /** Without the wait for other pulls on the node. */
  transferMs: number;
  bytes: number;
  /** The image was there: nothing was pulled. */
  cached: boolean;
  error?: string;
}
