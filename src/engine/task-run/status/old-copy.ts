import type { Pod } from "../../../kube/index.ts";
import type { StepState } from "../../types/index.ts";

/**
 * Whether a Pod is an old copy, as a cache may hold one: it has not ended, and tells less of the attempt's steps than is known
 * already. Another reconciler has seen a newer one, which is on its way.
 */
export function isOldCopy(
  pod: Pod,
  { told, known }: { told: readonly StepState[] | undefined; known: readonly StepState[] | undefined },
): boolean {
  const phase = pod.status?.phase;
  if (phase === "Succeeded" || phase === "Failed") return false;
  const progress = new Map(told?.map((step) => [step.name, progressOf(step)]));
  return known?.some((step) => (progress.get(step.name) ?? 0) < progressOf(step)) ?? false;
}

function progressOf({ waiting, running, terminated }: StepState): number {
  if (terminated !== undefined) return 3;
  if (running !== undefined) return 2;
  return waiting === undefined ? 0 : 1;
}
