/** The metrics of a task, as `taskMetrics()` and the command `metric` record them. */

/** How long a task took: a histogram in seconds. */
export const TASK_DURATION = "tekton.task.duration";
/** How many tasks ended: a monotonic sum. */
export const TASK_COMPLETIONS = "tekton.task.completions";
/** How large a thing is that a task made: a gauge in bytes. */
export const ARTIFACT_SIZE = "tekton.task.artifact.size";

/** Upper bounds in seconds: those of Tekton's own `taskrun_duration_seconds`, and finer ones below, for tasks on a laptop. */
export const TASK_DURATION_BUCKETS: readonly number[] = [
  0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1800, 3600, 5400, 10800, 21600, 43200, 86400,
];

/** How a task ended: the values of `cicd.pipeline.task.run.result` (semantic conventions, CICD attributes). */
export type TaskResult = "success" | "failure" | "error" | "timeout" | "cancellation" | "skip";
