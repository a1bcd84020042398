import type { Nanos } from "../tekton/index.ts";
import type { RunTimeline, TaskTimeline } from "./timeline.ts";

/** What made something fail. */
export interface Failure {
  atNs: Nanos;
  task: string;
  step?: string;
  message: string;
}

/** What went wrong first: the cause, of which later failures are often only the consequence. */
export function earliestFailure(run: RunTimeline): Failure | undefined {
  if (run.outcome.errorType === undefined) return undefined;
  return run.tasks
    .filter((task) => task.outcome.errorType !== undefined && task.outcome.reason !== "FailureIgnored")
    .map(failureOf)
    .reduce<Failure | undefined>(
      (first, failure) => (first && first.atNs <= failure.atNs ? first : failure),
      undefined,
    );
}

function failureOf(task: TaskTimeline): Failure {
  const step = firstFailedStep(task);
  if (step !== undefined)
    return { ...step, task: task.name, message: `${task.name} › ${step.step}: ${step.message}` };
  return { atNs: task.interval.endNs, task: task.name, message: `${task.name}: ${task.outcome.message}` };
}

export function firstFailedStep(
  task: TaskTimeline,
): { atNs: Nanos; step: string; message: string } | undefined {
  if (task.outcome.errorType === undefined) return undefined;
  const failed = (task.attempts.at(-1)?.steps ?? [])
    .filter(({ outcome, step }) => outcome.errorType !== undefined && step.terminationReason !== "Continued")
    // A step that Tekton stopped together with its task is not what the task failed of.
    .filter(({ outcome }) => outcome.errorType !== task.outcome.errorType)
    .map(({ step, interval, outcome }) => ({
      atNs: interval.endNs,
      step: step.name,
      message: outcome.message,
    }));
  return failed.reduce<(typeof failed)[number] | undefined>(
    (first, candidate) => (first && first.atNs <= candidate.atNs ? first : candidate),
    undefined,
  );
}
