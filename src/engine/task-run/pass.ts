/** A pass over a TaskRun, and the ways in which its functions change what is written at the end. */
import { timestamp } from "../clock.ts";
import { withVerdict } from "../condition.ts";
import type { ObjectPass } from "../run-pass.ts";
import type { TaskRun } from "../types/index.ts";

export type TaskRunPass = ObjectPass<TaskRun>;

/** Why a TaskRun cannot go on, as its condition tells it. */
export interface Failure {
  reason: string;
  message: string;
}

/** What a function answers when the TaskRun cannot go on, in place of what it was to find or make. */
export interface Failed {
  kind: "failed";
  failure: Failure;
}

/** A failure that whoever wrote the objects can mend; upstream marks those (pkg/apis/pipeline/errors, UserErrorLabel). */
export function userFailure(reason: string, message: string): Failure {
  return { reason, message: `[User error] ${message}` };
}

/** How many attempts came before this one. */
export function retriesSoFar({ draft }: Pick<TaskRunPass, "draft">): number {
  return draft.status.retriesStatus?.length ?? 0;
}

/** It goes on. */
export function markUnknown({ draft, engine }: TaskRunPass, { reason, message }: Failure): void {
  const now = timestamp(engine.clock.now());
  draft.status = withVerdict(draft.status, { status: "Unknown", reason, message }, now);
}

/** It is over. */
export function markFailed({ draft, engine }: TaskRunPass, { reason, message }: Failure): void {
  const now = timestamp(engine.clock.now());
  const failed = withVerdict(draft.status, { status: "False", reason, message }, now);
  draft.status = { ...failed, completionTime: now };
}
