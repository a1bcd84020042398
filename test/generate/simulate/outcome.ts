import type { Outcome, RunHistory, TaskHistory } from "../history.ts";
import { DEFAULT_TIMEOUT_MS, type Timeouts } from "../scenario.ts";
import { goDuration } from "../time.ts";

type Ended = Pick<RunHistory, "name" | "tasks" | "skipped" | "interruption"> & {
  timeouts: Timeouts;
};

/** The final condition of a PipelineRun, its cases in the order in which Tekton tries them. */
export function outcomeOfRun({ name, tasks, skipped, interruption, timeouts }: Ended): Outcome {
  const counts = countTasks(tasks);
  const { pipelineMs = DEFAULT_TIMEOUT_MS, tasksMs = pipelineMs } = timeouts;
  const done = `${completed(counts)}, Skipped: ${skipped.length}`;
  const stopped = (reason: string, message: string): Outcome => ({ status: "False", reason, message });
  switch (interruption?.kind) {
    case "pipeline timeout":
      return stopped(
        "PipelineRunTimeout",
        `PipelineRun "${name}" failed to finish within "${goDuration(pipelineMs)}"`,
      );
    case "tasks timeout":
      return stopped(
        "PipelineRunTimeout",
        `PipelineRun "${name}" failed due to tasks failed to finish within "${goDuration(tasksMs)}"`,
      );
    case "Cancelled":
      return stopped("Cancelled", `PipelineRun "${name}" was cancelled`);
  }
  if (counts.failed > 0) return stopped("Failed", done);
  if (interruption !== undefined || counts.cancelled > 0) return stopped("Cancelled", done);
  return { status: "True", reason: skipped.length > 0 ? "Completed" : "Succeeded", message: done };
}

/** The condition's message while the run goes on, from the tasks that have ended and been skipped so far. */
export function progressOfRun({
  tasks,
  skipped,
  total,
}: {
  tasks: TaskHistory[];
  skipped: number;
  total: number;
}): string {
  const counts = countTasks(tasks);
  const incomplete = total - counts.completed - skipped;
  return `${completed(counts)}, Incomplete: ${incomplete}, Skipped: ${skipped}`;
}

interface Counts {
  completed: number;
  failed: number;
  ignored: number;
  cancelled: number;
}

function completed({ completed, failed, ignored, cancelled }: Counts): string {
  const ignoredNote = ignored > 0 ? ` (Ignored: ${ignored})` : "";
  return `Tasks Completed: ${completed} (Failed: ${failed}${ignoredNote}, Cancelled ${cancelled})`;
}

/** Tekton counts pipeline tasks, however many TaskRuns a matrix made of one. */
function countTasks(tasks: TaskHistory[]): Counts {
  const verdicts = new Map<string, Verdict>();
  for (const task of tasks) {
    const before = verdicts.get(task.task.name) ?? "succeeded";
    verdicts.set(task.task.name, SEVERITY[verdictOn(task)] > SEVERITY[before] ? verdictOn(task) : before);
  }
  const count = (verdict: Verdict) => [...verdicts.values()].filter((one) => one === verdict).length;
  return {
    completed: verdicts.size,
    failed: count("failed"),
    ignored: count("ignored"),
    cancelled: count("cancelled"),
  };
}

type Verdict = keyof typeof SEVERITY;

const SEVERITY = { succeeded: 0, ignored: 1, cancelled: 2, failed: 3 };

function verdictOn({ outcome, stoppedBecause }: TaskHistory): Verdict {
  if (outcome.status === "True") return "succeeded";
  if (outcome.reason === "FailureIgnored") return "ignored";
  // Stopped by a timeout counts as failed.
  return stoppedBecause?.endsWith("has been cancelled.") ? "cancelled" : "failed";
}
