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
  const inner = task.child && earliestFailure(task.child);
  if (inner !== undefined) return { ...inner, task: task.name, message: `${task.name} › ${inner.message}` };
  const step = firstFailedStep(task);
  if (step === undefined) {
    return { atNs: task.interval.endNs, task: task.name, message: `${task.name}: ${task.outcome.message}` };
  }
  return { ...step, task: task.name, message: `${task.name} › ${step.step}: ${step.message}` };
}

interface FailedStep {
  atNs: Nanos;
  step: string;
  message: string;
}

/**
 * The step a task failed of. Where Tekton or the cluster ended the task (timeout, eviction, an image that cannot be
 * pulled), its condition tells the cause, and what became of the steps is only the consequence.
 */
export function firstFailedStep({ outcome, attempts }: TaskTimeline): FailedStep | undefined {
  let first: FailedStep | undefined;
  for (const { step, outcome: stepOutcome, interval } of attempts.at(-1)?.steps ?? []) {
    if (stepOutcome.errorType === undefined || step.terminationReason === "Continued") continue;
    if (outcome.result !== "failure" && stepOutcome.errorType !== "OOMKilled") continue;
    if (first !== undefined && first.atNs <= interval.endNs) continue;
    first = { atNs: interval.endNs, step: step.name, message: stepOutcome.message };
  }
  return first;
}
