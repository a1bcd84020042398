import type { PodHistory } from "../history.ts";
import { inSeconds } from "../time.ts";
import type { Json } from "./json.ts";
import { hasHappened, type Observation } from "./observation.ts";
import type { PodSetting } from "./pod-spec.ts";

interface Condition {
  isTrue: boolean;
  sinceMs: number;
  reason?: string;
  message?: string;
}

/** Kubernetes keeps of each condition only its last change: of a Pod that has ended, that is mostly the end. */
export function podConditions({ pod, task }: PodSetting, observation: Observation): Json[] {
  const described: [string, Condition | undefined][] = [
    ["PodReadyToStartContainers", readyToStart(pod, observation)],
    ["Initialized", initialized(pod, observation)],
    ["Ready", ready(pod, observation)],
    ["ContainersReady", ready(pod, observation)],
    ["PodScheduled", scheduled(pod, observation, task.work.scheduling?.message)],
  ];
  return described.flatMap(([type, condition]) =>
    condition === undefined ? [] : conditionObject(type, condition),
  );
}

function conditionObject(type: string, { isTrue, sinceMs, reason, message }: Condition): Json {
  const status = isTrue ? "True" : "False";
  return { type, status, reason, message, lastProbeTime: null, lastTransitionTime: inSeconds(sinceMs) };
}

function scheduled({ createdMs, boundMs }: PodHistory, observation: Observation, message = ""): Condition {
  if (hasHappened(observation, boundMs)) return { isTrue: true, sinceMs: boundMs };
  return { isTrue: false, sinceMs: createdMs, reason: "Unschedulable", message };
}

/** The kubelet adds the other conditions once it has taken the Pod. */
function readyToStart(
  { boundMs, sandboxMs, finishedMs }: PodHistory,
  observation: Observation,
): Condition | undefined {
  if (!hasHappened(observation, boundMs)) return undefined;
  if (hasHappened(observation, finishedMs)) return { isTrue: false, sinceMs: finishedMs };
  const isTrue = hasHappened(observation, sandboxMs);
  return { isTrue, sinceMs: isTrue ? sandboxMs : boundMs };
}

function initialized(
  { boundMs, initializedMs, finishedMs, ...pod }: PodHistory,
  observation: Observation,
): Condition | undefined {
  if (!hasHappened(observation, boundMs)) return undefined;
  if (hasHappened(observation, initializedMs)) {
    const reason = hasHappened(observation, finishedMs) ? "PodCompleted" : undefined;
    return { isTrue: true, sinceMs: initializedMs, reason };
  }
  const waiting = pod.initContainers.filter((init) => !hasHappened(observation, init.finishedMs));
  const message = `containers with incomplete status: [${waiting.map(({ name }) => name).join(" ")}]`;
  return { isTrue: false, sinceMs: boundMs, reason: "ContainersNotInitialized", message };
}

/** A Pod stops being ready with the end of its first step, however many go on. */
function ready(
  { boundMs, readyMs, finishedMs, steps }: PodHistory,
  observation: Observation,
): Condition | undefined {
  if (!hasHappened(observation, boundMs)) return undefined;
  const firstEndMs = Math.min(...steps.map((step) => step.finishedMs ?? Number.POSITIVE_INFINITY));
  if (hasHappened(observation, finishedMs)) {
    const reason = steps.some(({ ending }) => ending === "Error") ? "PodFailed" : "PodCompleted";
    return { isTrue: false, sinceMs: firstEndMs, reason };
  }
  const unready = steps.filter(
    ({ startedMs, ...step }) =>
      !hasHappened(observation, startedMs) || hasHappened(observation, step.finishedMs),
  );
  if (unready.length === 0) return { isTrue: true, sinceMs: readyMs };
  const message = `containers with unready status: [${unready.map(({ step }) => `step-${step.name}`).join(" ")}]`;
  const sinceMs = hasHappened(observation, firstEndMs) ? firstEndMs : boundMs;
  return { isTrue: false, sinceMs, reason: "ContainersNotReady", message };
}
