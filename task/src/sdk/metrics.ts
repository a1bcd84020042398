/** The metrics of a task, under names that dashboards can rely on. */
import { type Attributes, metrics } from "@opentelemetry/api";
import {
  ARTIFACT_SIZE,
  TASK_COMPLETIONS,
  TASK_DURATION,
  TASK_DURATION_BUCKETS,
  type TaskResult,
} from "../wire/metric-definitions.ts";
import { metricAttributes } from "../wire/resource.ts";
import { SCOPE } from "./span.ts";

/** Records what is known of the task by its environment: pipeline and task name, never the name of a run. */
export interface TaskMetrics {
  /** `tekton.task.duration` in seconds. */
  duration(seconds: number, result: TaskResult): void;
  /** `tekton.task.completions`, one more. */
  completion(result: TaskResult): void;
  /** `tekton.task.artifact.size` in bytes; the name is one of a few, such as `image` or `app.tar.gz`. */
  artifactSize(name: string, bytes: number): void;
  /**
   * Runs the whole task, and records its duration and its completion, once: `failure` when it throws or the process fails,
   * `cancellation` when a signal ends the process.
   */
  measure<T>(task: () => T): T;
}

const open = new Set<(result: TaskResult) => void>();

/** The task's metrics; call it after `startTaskTelemetry`. Nothing here throws, but what `measure` runs. */
export function taskMetrics(): TaskMetrics {
  const meter = metrics.getMeter(SCOPE);
  const own: Attributes = metricAttributes(process.env);
  const durations = meter.createHistogram(TASK_DURATION, {
    description: "How long a task took.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...TASK_DURATION_BUCKETS] },
  });
  const completions = meter.createCounter(TASK_COMPLETIONS, {
    description: "Tasks that ended.",
    unit: "{completion}",
  });
  const sizes = meter.createGauge(ARTIFACT_SIZE, { description: "Size of what a task made.", unit: "By" });
  const ended = (result: TaskResult) => ({ ...own, "cicd.pipeline.task.run.result": result });
  const duration = (seconds: number, result: TaskResult) => durations.record(seconds, ended(result));
  const completion = (result: TaskResult) => completions.add(1, ended(result));
  return {
    duration,
    completion,
    artifactSize: (name, bytes) => sizes.record(bytes, { ...own, "artifact.name": name }),
    measure: (task) =>
      measured(task, (seconds, result) => {
        duration(seconds, result);
        completion(result);
      }),
  };
}

/** Whether a measure runs. */
export function hasOpenMeasures(): boolean {
  return open.size > 0;
}

/** Settles the measures that run: the process ends, and with it the tasks. */
export function settleMeasures(result: TaskResult): void {
  for (const settle of open) settle(result);
}

function measured<T>(task: () => T, record: (seconds: number, result: TaskResult) => void): T {
  const startedMs = performance.now();
  const settle = (result: TaskResult) => {
    if (open.delete(settle)) record((performance.now() - startedMs) / 1000, result);
  };
  open.add(settle);
  let result: T;
  try {
    result = task();
  } catch (error) {
    settle("failure");
    throw error;
  }
  if (!(result instanceof Promise)) settle("success");
  else
    result.then(
      () => settle("success"),
      () => settle("failure"),
    );
  return result;
}
