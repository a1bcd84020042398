import type { Outcome, RunHistory, TaskRunHistory } from "../history.ts";
import { progressOfRun } from "../simulate/outcome.ts";
import type { EventSource, Happening } from "./events.ts";

/** What Tekton reports of a PipelineRun: each time, the condition's message. */
export function runHappenings({ startedMs, completedMs, outcome, pipeline }: RunHistory): Happening[] {
  const total = pipeline.tasks.length + (pipeline.finally?.length ?? 0);
  const message = progressOfRun({ tasks: [], skipped: 0, total });
  const source: EventSource = { kind: "Tekton", component: "PipelineRun" };
  return [
    { atMs: startedMs, reason: "Started", message: "", source },
    { atMs: startedMs + 1, reason: "Running", message, source },
    ended({ atMs: completedMs, outcome, source }),
  ];
}

export function taskRunHappenings({ attempts, outcome, completedMs }: TaskRunHistory): Happening[] {
  const source: EventSource = { kind: "Tekton", component: "TaskRun" };
  const message = "Not all Steps in the Task have finished executing";
  return [
    ...attempts.flatMap(({ startedMs, pod, completedMs }): Happening[] => [
      { atMs: startedMs, reason: "Started", message: "", source, isRepeated: true },
      ...(pod?.finishedMs === undefined || pod.readyMs > completedMs
        ? []
        : [{ atMs: pod.readyMs, reason: "Running", message, source, isRepeated: true }]),
    ]),
    { ...ended({ atMs: completedMs, outcome, source }), isRepeated: true },
  ];
}

function ended({
  atMs,
  outcome,
  source,
}: {
  atMs: number;
  outcome: Outcome;
  source: EventSource;
}): Happening {
  const { status, message } = outcome;
  return status === "True"
    ? { atMs, reason: "Succeeded", message, source }
    : { atMs, type: "Warning", reason: "Failed", message, source };
}
