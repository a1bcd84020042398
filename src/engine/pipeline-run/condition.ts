/** The condition `Succeeded` of a PipelineRun, from the states of its tasks (docs/pipelineruns.md, "Monitoring execution status"). */
import type { Verdict } from "../condition.ts";
import { formatGoDuration } from "../spec/index.ts";
import { isSectionDone } from "./schedule.ts";
import type { Situation } from "./skip.ts";
import { isDone, type Progress, SkipReason, type TaskProgress } from "./state.ts";
import type { Limits } from "./timeouts.ts";

export interface Summary {
  name: string;
  progress: Progress;
  situation: Situation;
  limits: Limits;
}

const MAX_ERRORS_LENGTH = 1024;

const TIMED_OUT_SKIPS: ReadonlySet<string> = new Set([
  SkipReason.pipelineTimeout,
  SkipReason.tasksTimeout,
  SkipReason.finallyTimeout,
]);

export function verdictOf(summary: Summary): Verdict {
  const { name, progress, situation, limits } = summary;
  if (situation.reached.pipeline) return timedOut(`failed to finish within ${quoted(limits.pipeline)}`, name);
  const counts = countsOf(progress);
  if (counts.incomplete > 0) return running(summary, counts);
  if (ranOutOfTime(summary)) {
    return timedOut(`failed due to tasks failed to finish within ${quoted(limits.tasks)}`, name);
  }
  return finished(summary, counts);
}

/** The run is over because its time is. */
function timedOut(what: string, name: string): Verdict {
  return { status: "False", reason: "PipelineRunTimeout", message: `PipelineRun "${name}" ${what}` };
}

/** The run is over because the user said so. */
export function cancelled(name: string): Verdict {
  return { status: "False", reason: "Cancelled", message: `PipelineRun "${name}" was cancelled` };
}

/** Being late alone is no failure: a task must have been cut off, or not been let start. */
function ranOutOfTime({ progress, situation }: Summary): boolean {
  if (!situation.reached.tasks) return false;
  return [...progress.values()].some(
    ({ section, state, children }) =>
      section === "tasks" &&
      (children.some(({ outcome, isStopped }) => isStopped && outcome !== "succeeded") ||
        (state.kind === "skipped" && state.reason === SkipReason.tasksTimeout)),
  );
}

interface Counts {
  succeeded: number;
  failed: number;
  ignored: number;
  cancelled: number;
  skipped: number;
  late: number;
  incomplete: number;
  problems: readonly Problem[];
}

interface Problem {
  reason: string;
  message: string;
}

function countsOf(progress: Progress): Counts {
  const all = [...progress.values()];
  const count = (kind: TaskProgress["state"]["kind"]) =>
    all.filter(({ state }) => state.kind === kind).length;
  return {
    succeeded: count("succeeded"),
    failed: count("failed"),
    ignored: count("ignored"),
    cancelled: count("cancelled"),
    skipped: count("skipped"),
    late: all.filter(({ state }) => state.kind === "skipped" && TIMED_OUT_SKIPS.has(state.reason)).length,
    incomplete: all.filter(({ state }) => !isDone(state)).length,
    problems: all.flatMap(({ state }) => (state.kind === "invalid" ? [state] : [])),
  };
}

function running(summary: Summary, counts: Counts): Verdict {
  const { failed, cancelled, incomplete, skipped } = counts;
  const done = `Tasks Completed: ${completed(counts)} (Failed: ${failed}, Cancelled ${cancelled})`;
  return {
    status: "Unknown",
    reason: runningReason(summary, counts),
    message: `${done}, Incomplete: ${incomplete}, Skipped: ${skipped}`,
  };
}

function runningReason(summary: Summary, { failed, cancelled }: Counts): string {
  const { progress, situation } = summary;
  if (ranOutOfTime(summary)) return "PipelineRunTimeoutRunningFinally";
  if (situation.demand === "CancelledRunFinally") return "CancelledRunningFinally";
  if (situation.demand === "StoppedRunFinally") return "StoppedRunningFinally";
  const isStopping = cancelled > 0 || (failed > 0 && isSectionDone(progress, "finally"));
  return isStopping ? "PipelineRunStopping" : "Running";
}

function finished({ name, situation }: Summary, counts: Counts): Verdict {
  const message = summaryText(counts);
  const [problem] = counts.problems;
  if (problem !== undefined) {
    const failedValidation = `, Failed Validation: ${counts.problems.length} (${errorsText(counts.problems)})`;
    return { status: "False", reason: problem.reason, message: message + failedValidation };
  }
  if (counts.failed > 0 || counts.late > 0) return { status: "False", reason: "Failed", message };
  if (situation.demand === "CancelledRunFinally" || situation.demand === "StoppedRunFinally") {
    return cancelled(name);
  }
  if (counts.cancelled > 0) return { status: "False", reason: "Cancelled", message };
  return { status: "True", reason: counts.skipped > 0 ? "Completed" : "Succeeded", message };
}

function completed({ succeeded, failed, ignored, cancelled }: Counts): number {
  return succeeded + failed + ignored + cancelled;
}

/** Failures the pipeline takes no notice of are among the failed here. */
function summaryText(counts: Counts): string {
  const { failed, ignored, cancelled, skipped } = counts;
  const failures = ignored > 0 ? `${failed + ignored} (Ignored: ${ignored})` : `${failed}`;
  return `Tasks Completed: ${completed(counts)} (Failed: ${failures}, Cancelled ${cancelled}), Skipped: ${skipped}`;
}

function errorsText(problems: readonly Problem[]): string {
  const text = problems.map(({ message }) => message).join("; ");
  return text.length > MAX_ERRORS_LENGTH ? `${text.slice(0, MAX_ERRORS_LENGTH)}...` : text;
}

function quoted(limit: number | undefined): string {
  return `"${formatGoDuration(limit ?? 0)}"`;
}
