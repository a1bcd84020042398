/** The condition `Succeeded` of a TaskRun, which says where it stands. */
import type { Condition } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import type { TaskRunStatus } from "../types/index.ts";
import type { Failure, TaskRunPass } from "./pass.ts";

/** Without its time: that is when it became so. */
export interface Verdict extends Failure {
  status: "True" | "False" | "Unknown";
}

/** The condition, once there is one. */
export function succeededOf(status: TaskRunStatus | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Succeeded");
}

/** Whether it has succeeded or failed; a TaskRun that is to be retried has not. */
export function isDone(status: TaskRunStatus | undefined): boolean {
  const verdict = succeededOf(status)?.status;
  return verdict === "True" || verdict === "False";
}

/** The status with this verdict. Its time changes only when the verdict does (knative.dev/pkg apis.ConditionManager). */
export function withVerdict(status: TaskRunStatus, verdict: Verdict, now: string): TaskRunStatus {
  const before = succeededOf(status);
  const others = (status.conditions ?? []).filter((condition) => condition !== before);
  const isSame =
    before?.status === verdict.status &&
    before.reason === verdict.reason &&
    before.message === verdict.message;
  const condition = isSame ? before : { type: "Succeeded", ...verdict, lastTransitionTime: now };
  return { ...status, conditions: [condition, ...others] };
}

/** It goes on. */
export function markUnknown({ draft, engine }: TaskRunPass, { reason, message }: Failure): void {
  draft.status = withVerdict(
    draft.status,
    { status: "Unknown", reason, message },
    timestamp(engine.clock.now()),
  );
}

/** It is over. */
export function markFailed({ draft, engine }: TaskRunPass, { reason, message }: Failure): void {
  const now = timestamp(engine.clock.now());
  const failed = withVerdict(draft.status, { status: "False", reason, message }, now);
  draft.status = { ...failed, completionTime: now };
}
