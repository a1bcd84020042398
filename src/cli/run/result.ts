/** What `throughline run --output json` prints (design: command line contract); documented in docs/cli.md. */
import type { PipelineRun, ResultValue, StepState, TaskRun } from "../../engine/index.ts";
import type { KubeObject, Stored } from "../../kube/index.ts";

/** The objects of one run, as the API has them when it is over. */
export interface FinishedRun {
  run: Stored<PipelineRun> | Stored<TaskRun>;
  /** TaskRuns and child PipelineRuns the run owns, in the order they were created. */
  children: readonly (Stored<PipelineRun> | Stored<TaskRun>)[];
  traceId: string;
  durationMs: number;
}

export function resultJson({ run, children, traceId, durationMs }: FinishedRun) {
  const condition = succeededOf(run);
  return {
    kind: run.kind,
    name: run.metadata.name,
    namespace: run.metadata.namespace,
    status: condition?.status === "True" ? "Succeeded" : "Failed",
    reason: condition?.reason ?? "",
    message: condition?.message ?? "",
    traceId,
    durationMs,
    results: byName(run.status?.results),
    tasks: (isTaskRun(run) ? [run] : children).map(taskJson),
    skippedTasks: (isTaskRun(run) ? [] : (run.status?.skippedTasks ?? [])).map(({ name, reason }) => ({
      name,
      reason,
    })),
  };
}

/** Whether a run is over, and how. */
export function succeededOf({ status }: { status?: PipelineRun["status"] | TaskRun["status"] }) {
  return status?.conditions?.find(({ type }) => type === "Succeeded");
}

function isTaskRun(object: KubeObject): object is Stored<TaskRun> {
  return object.kind === "TaskRun";
}

function taskJson(child: Stored<PipelineRun> | Stored<TaskRun>) {
  const { metadata } = child;
  const condition = succeededOf(child);
  return {
    name: metadata.labels?.["tekton.dev/pipelineTask"] ?? metadata.name,
    ...(isTaskRun(child) ? { taskRun: metadata.name } : { pipelineRun: metadata.name }),
    status: condition?.status === "True" ? "Succeeded" : "Failed",
    reason: condition?.reason ?? "",
    attempts: isTaskRun(child) ? 1 + (child.status?.retriesStatus?.length ?? 0) : 1,
    results: byName(child.status?.results),
    steps: (isTaskRun(child) ? (child.status?.steps ?? []) : []).map(stepJson),
  };
}

function stepJson({ name, terminated, terminationReason }: StepState) {
  return { name, exitCode: terminated?.exitCode, reason: terminationReason ?? terminated?.reason ?? "" };
}

function byName(results: readonly ResultValue[] = []): Record<string, ResultValue["value"]> {
  return Object.fromEntries(results.map(({ name, value }) => [name, value]));
}
