import type { AttemptHistory, PodHistory } from "../history.ts";
import type { StepsWork } from "../scenario.ts";
import type { Progress } from "./common-status.ts";
import { hasHappened, type Observation } from "./observation.ts";

/** The condition of an attempt that is under way: what Tekton makes of the Pod's state. */
export function attemptProgress(
  { pod, startedMs }: AttemptHistory,
  { observation, work }: { observation: Observation; work: StepsWork },
): Progress {
  const status = "Unknown";
  if (pod === undefined || !hasHappened(observation, pod.createdMs)) {
    return { status, reason: "Started", message: "", sinceMs: startedMs };
  }
  if (hasHappened(observation, pod.readyMs) && pod.finishedMs !== undefined) {
    const message = "Not all Steps in the Task have finished executing";
    return { status, reason: "Running", message, sinceMs: pod.readyMs };
  }
  return {
    status,
    reason: "Pending",
    message: whatIsMissing(pod, { observation, work }),
    sinceMs: pod.createdMs,
  };
}

function whatIsMissing(
  pod: PodHistory,
  { observation, work }: { observation: Observation; work: StepsWork },
): string {
  if (!hasHappened(observation, pod.boundMs)) {
    return falseCondition("PodScheduled", work.scheduling?.message ?? "");
  }
  const initializing = pod.initContainers.filter(({ finishedMs }) => !hasHappened(observation, finishedMs));
  if (initializing.length > 0) {
    const names = initializing.map(({ name }) => name).join(" ");
    return falseCondition("Initialized", `containers with incomplete status: [${names}]`);
  }
  const unready = pod.steps.filter(({ startedMs }) => !hasHappened(observation, startedMs));
  const names = unready.map(({ step }) => `step-${step.name}`).join(" ");
  return falseCondition("Ready", `containers with unready status: [${names}]`);
}

function falseCondition(type: string, message: string): string {
  return `pod status "${type}":"False"; message: "${message}"`;
}
