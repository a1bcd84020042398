import type { Fields } from "./fields.ts";
import { type ObjectMeta, readMeta } from "./meta.ts";
import { type Condition, type Result, readCondition, readResults } from "./status.ts";
import { readSteps, type StepState } from "./steps.ts";
import type { Nanos } from "./time.ts";

/** One attempt at a task: the status of a TaskRun, or an entry of its `retriesStatus`. */
export interface Attempt {
  condition?: Condition;
  startNs?: Nanos;
  completionNs?: Nanos;
  podName?: string;
  steps: StepState[];
  results: Result[];
}

/** A TaskRun of tekton.dev/v1, v1beta1 or v1alpha1, in one shape. */
export interface TaskRun {
  meta: ObjectMeta;
  /** Name of the Task it refers to; absent for an inline taskSpec. */
  taskName?: string;
  /** Why `spec.status` was set, e.g. that the PipelineRun timed out. */
  statusMessage: string;
  /** Parameters with a text value. */
  params: Record<string, string>;
  /** Oldest first; the last is the one whose state is the TaskRun's. Never empty. */
  attempts: Attempt[];
  /** `status.spanContext`, as it stands. */
  spanContext: unknown;
}

export function readTaskRun(object: Fields): TaskRun {
  const spec = object.object("spec");
  const status = object.object("status");
  return {
    meta: readMeta(object),
    taskName: spec?.object("taskRef")?.text("name"),
    statusMessage: spec?.text("statusMessage") ?? "",
    params: readTextParams(spec),
    attempts: readAttempts(status),
    spanContext: status?.raw("spanContext"),
  };
}

/** Reads a TaskRun status, as it stands in a TaskRun and, before v1, inside `status.taskRuns` of a PipelineRun. */
export function readAttempts(status: Fields | undefined): Attempt[] {
  if (status === undefined) return [{ steps: [], results: [] }];
  return [...status.objects("retriesStatus"), status].map((attempt) => ({
    condition: readCondition(attempt),
    startNs: attempt.time("startTime"),
    completionNs: attempt.time("completionTime"),
    podName: attempt.text("podName"),
    steps: readSteps(attempt),
    results: readResults(attempt, "results", "taskResults"),
  }));
}

function readTextParams(spec: Fields | undefined): Record<string, string> {
  const params: Record<string, string> = {};
  for (const param of spec?.objects("params") ?? []) {
    const value = param.raw("value");
    if (typeof value === "string") params[param.text("name") ?? ""] = value;
  }
  return params;
}
