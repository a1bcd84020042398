// What happens in a simulated PipelineRun, as plain data: short enough to write by hand, and for a property test
// to make up. Everything a scenario leaves out (names, ids, small delays) comes from the seed.

/** A run of a pipeline and the circumstances it runs in. Durations are milliseconds of the simulated clock. */
export interface RunScenario extends PipelineScenario {
  namespace: string;
  /** When the PipelineRun is created, RFC 3339. */
  createdAt: string;
  /** How long a busy controller leaves the new PipelineRun lying. Default: a moment. */
  queueMs?: number;
  params?: Record<string, string>;
  /** Workspaces of the pipeline, each bound by a volumeClaimTemplate. */
  workspaces?: string[];
  serviceAccountName?: string;
  /** Where the cluster resolver finds the Pipeline. Default: a `pipelineRef` by name. */
  catalogNamespace?: string;
  /** The pull request for which Pipelines-as-Code created the run. */
  pullRequest?: PullRequest;
  /** Trace context somebody put on the PipelineRun: a W3C traceparent. */
  traceparent?: string;
  /** Default: an hour for the whole pipeline, as in Tekton. */
  timeouts?: Timeouts;
  /** Somebody sets `spec.status` so long after the start. */
  interruption?: { status: InterruptingStatus; afterMs: number };
  /** When the dump is taken, counted from the creation. Default: after everything has ended. */
  observedAfterMs?: number;
  nodes?: string[];
  /** Default for an image that is not named: a small one that has to be pulled. */
  images?: Record<string, ImageScenario>;
  /** `trimmed`: without volumes and what Kubernetes fills in by itself: most of a Pod, and nothing about time. Default: `whole`. */
  pods?: "whole" | "trimmed" | "none";
  /** `trimmed`: without those that repeat a status. Default: `whole`; after an hour a cluster has `none`. */
  events?: "whole" | "trimmed" | "none";
}

/** `default-timeout-minutes` of Tekton's ConfigMap config-defaults. */
export const DEFAULT_TIMEOUT_MS = 3_600_000;

export interface Timeouts {
  pipelineMs?: number;
  tasksMs?: number;
}

export type InterruptingStatus = "Cancelled" | "CancelledRunFinally" | "StoppedRunFinally";

export interface PipelineScenario {
  /** The name of the Pipeline; the run is called so too, with a random suffix. */
  pipeline: string;
  tasks: TaskScenario[];
  finally?: TaskScenario[];
  /** Results of the pipeline by name, e.g. `$(tasks.build.results.digest)`. */
  results?: Record<string, string>;
}

/** A pipeline task. It also waits for the tasks whose results its params, matrix or `when` refer to. */
export interface TaskScenario {
  name: string;
  runAfter?: string[];
  params?: Record<string, string>;
  when?: WhenExpression[];
  /** One TaskRun for each combination of the values. */
  matrix?: Record<string, string[]>;
  retries?: number;
  onError?: "continue";
  /** Default: an hour, as in Tekton. */
  timeoutMs?: number;
  workspaces?: string[];
  work: StepsWork | CustomWork | ChildPipelineWork;
}

export interface WhenExpression {
  input: string;
  operator: "in" | "notin";
  values: string[];
}

/** Work for a TaskRun: a Pod whose containers are the steps. */
export interface StepsWork {
  kind: "steps";
  /** The name of the Task. Default: the task is written into the pipeline. */
  task?: string;
  steps: StepScenario[];
  /** The scheduler finds no node for a while and says so. */
  scheduling?: { delayMs: number; message: string; node?: string };
}

/** Work for a custom task controller, which Tekton asks with a CustomRun. */
export interface CustomWork {
  kind: "custom";
  apiVersion: string;
  customKind: string;
  durationMs: number;
  succeeds: boolean;
  results?: Record<string, string>;
}

/** A pipeline in a pipeline (alpha): Tekton 1.15 neither retries, times out nor cancels it, and neither can a scenario. */
export interface ChildPipelineWork extends PipelineScenario {
  kind: "pipeline";
}

export interface StepScenario {
  name: string;
  image: string;
  /** What it runs: a script, or a command with arguments. */
  script?: string;
  command?: string[];
  args?: string[];
  env?: Record<string, string>;
  durationMs: number;
  /** Exit code of the first attempt, the second…; the last one stands for all later attempts. Default: 0. */
  exitCodes?: number[];
  onError?: "continue";
  /** Task results this step writes when it succeeds. */
  results?: Record<string, string>;
}

export interface ImageScenario {
  /** How long the transfer takes. */
  pullMs: number;
  bytes: number;
  /** Already on every node. */
  cached?: boolean;
  /** What the registry answers instead of an image. */
  pullError?: string;
}

export interface PullRequest {
  organization: string;
  repository: string;
  number: number;
  sha: string;
  title: string;
  sender: string;
  sourceBranch: string;
  targetBranch: string;
}
