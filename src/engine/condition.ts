/** The condition `Succeeded` of runs, which says where they stand (docs/pipelineruns.md and docs/taskruns.md, "Monitoring execution status"). */
import type { Condition } from "../kube/index.ts";

/** What of a status is about it. */
interface HasConditions {
  conditions?: readonly Condition[];
}

/** A condition without its time: that is when it became so. */
export type Verdict = Required<Pick<Condition, "status" | "reason" | "message">>;

/** The condition, once there is one. */
export function succeededOf(status: HasConditions | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Succeeded");
}

/** Whether the run has succeeded or failed. A TaskRun that is to be retried has not. */
export function isDone(status: HasConditions | undefined): boolean {
  const verdict = succeededOf(status)?.status;
  return verdict === "True" || verdict === "False";
}

/** The status with this verdict. Its time changes only when the verdict does (knative.dev/pkg apis.ConditionManager). */
export function withVerdict<Status extends HasConditions>(
  status: Status,
  verdict: Verdict,
  now: string,
): Status {
  const before = succeededOf(status);
  const isSame =
    before?.status === verdict.status &&
    before.reason === verdict.reason &&
    before.message === verdict.message;
  if (isSame) return status;
  const others = (status.conditions ?? []).filter((condition) => condition !== before);
  return { ...status, conditions: [{ type: "Succeeded", ...verdict, lastTransitionTime: now }, ...others] };
}
