/** The states steps go through, each recorded in the pass that first writes it down (TEP-0136). */
import { traced } from "../tracing/index.ts";
import type { StepState, TaskRunStatus } from "../types/index.ts";
import type { TaskRunPass } from "./pass.ts";

export const observing = traced({
  /** Compares with what earlier passes wrote, so that no state is recorded twice. */
  recordStepStates({ object, draft, span }: TaskRunPass): void {
    const before = new Map(
      stepsBefore(object.status, draft.status).map((step) => [step.name, stateOf(step)]),
    );
    for (const step of draft.status.steps ?? []) {
      const state = stateOf(step);
      if (state === undefined || before.get(step.name) === state) continue;
      span.event(state, attributesOf(step));
    }
  },
});

/** What stands there before an attempt has its Pod is left of the attempt before. */
function stepsBefore(before: TaskRunStatus | undefined, now: TaskRunStatus): readonly StepState[] {
  const isNewAttempt = before?.podName === undefined && now.podName !== undefined;
  return isNewAttempt ? [] : (before?.steps ?? []);
}

function stateOf({
  waiting,
  running,
  terminated,
}: StepState): "waiting" | "running" | "terminated" | undefined {
  if (terminated !== undefined) return "terminated";
  if (running !== undefined) return "running";
  return waiting === undefined ? undefined : "waiting";
}

function attributesOf({
  name,
  waiting,
  terminated,
  terminationReason,
}: StepState): Record<string, string | bigint> {
  const reason = terminationReason || terminated?.reason || waiting?.reason;
  return {
    "tekton.step.name": name,
    ...(reason && { "tekton.reason": reason }),
    ...(terminated !== undefined && { "process.exit.code": BigInt(terminated.exitCode) }),
  };
}
