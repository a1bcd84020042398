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
