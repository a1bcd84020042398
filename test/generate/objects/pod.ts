import type { AttemptHistory, InitContainerHistory, PodHistory, StepHistory } from "../history.ts";
import { digest } from "../simulate/names.ts";
import { inSeconds } from "../time.ts";
import type { Json, JsonObject } from "./json.ts";
import {
  hasHappened,
  type Observation,
  ownerReferences,
  type Parent,
  resourceVersion,
} from "./observation.ts";
import { podConditions } from "./pod-conditions.ts";
import { type PodSetting, podSpec } from "./pod-spec.ts";
import { mountsOfInit, mountsOfStep } from "./pod-volumes.ts";
import { containerId, fullImageName, imageId, terminationMessage, waitingState } from "./steps.ts";

/** The Pod of one attempt (core/v1); absent before it exists and after Tekton has deleted it. */
export function describePod(
  attempt: AttemptHistory,
  setting: PodSetting & { observation: Observation; parent: Parent },
): JsonObject | undefined {
  const { observation, parent, pod, task } = setting;
  if (!hasHappened(observation, pod.createdMs)) return undefined;
  if (attempt.podDeleted && hasHappened(observation, attempt.completedMs)) return undefined;
  const isReady = hasHappened(observation, pod.readyMs) && pod.finishedMs !== undefined;
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod.name,
      namespace: observation.scenario.namespace,
      uid: pod.uid,
      resourceVersion: resourceVersion(observation, pod.finishedMs ?? pod.readyMs),
      creationTimestamp: inSeconds(pod.createdMs),
      labels: { ...parent.labels, "tekton.dev/taskRun": task.name, "tekton.dev/taskRunUID": task.uid },
      annotations: { ...parent.annotations, ...(isReady ? { "tekton.dev/ready": "READY" } : {}) },
      ownerReferences: ownerReferences(parent),
    },
    spec: podSpec(setting, hasHappened(observation, pod.boundMs)),
    status: status(setting, observation),
  };
  return observation.scenario.pods === "trimmed" ? trimmed(object) : object;
}

/** Volumes, and fields whose values Kubernetes chose. */
const TRIMMED = new Set([
  ...["volumes", "volumeMounts", "tolerations", "securityContext", "resources", "lastState", "qosClass"],
  ...["dnsPolicy", "enableServiceLinks", "preemptionPolicy", "priority", "schedulerName"],
  ...[
    "imagePullPolicy",
    "terminationGracePeriodSeconds",
    "terminationMessagePath",
    "terminationMessagePolicy",
  ],
]);

function trimmed(object: JsonObject): JsonObject {
  const kept = Object.entries(object).filter(([key]) => !TRIMMED.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, trimmedValue(value)]));
}

function trimmedValue(value: Json): Json {
  if (Array.isArray(value)) return value.map(trimmedValue);
  return typeof value === "object" && value !== null ? trimmed(value) : value;
}

function status(setting: PodSetting, observation: Observation): JsonObject {
  const { pod, task } = setting;
  const shared = {
    conditions: podConditions(setting, observation),
    phase: phase(pod, observation),
    qosClass: "BestEffort",
  };
  if (!hasHappened(observation, pod.boundMs)) return shared;
  const podIP = hasHappened(observation, pod.sandboxMs) ? address(pod.uid, "10.244") : undefined;
  const hostIP = address(pod.node, "10.0");
  return {
    ...shared,
    startTime: inSeconds(pod.boundMs),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: podIP && [{ ip: podIP }],
    initContainerStatuses: pod.initContainers.map((container) => initStatus(setting, container, observation)),
    containerStatuses: pod.steps.map((step, index) => {
      const mounts = mountsOfStep({ pod, step: index, workspaces: task.task.workspaces ?? [] });
      return stepStatus(step, { pod, observation, mounts });
    }),
  };
}

function phase({ readyMs, finishedMs, steps }: PodHistory, observation: Observation): string {
  if (finishedMs === undefined || !hasHappened(observation, readyMs)) return "Pending";
  if (!hasHappened(observation, finishedMs)) return "Running";
  return steps.some(({ ending }) => ending === "Error") ? "Failed" : "Succeeded";
}

/** Two more bytes of an address, always the same for the same thing. */
function address(of: string, network: string): string {
  const [high = 0, low = 0] = Buffer.from(digest("md5", of), "hex");
  return `${network}.${high % 8}.${1 + (low % 254)}`;
}

function initStatus({ pod }: PodSetting, init: InitContainerHistory, observation: Observation): Json {
  const { name, image, startedMs, finishedMs } = init;
  const hasStarted = hasHappened(observation, startedMs);
  const hasEnded = hasHappened(observation, finishedMs);
  const id = containerId(pod.uid, name);
  const times = { startedAt: inSeconds(startedMs), finishedAt: inSeconds(finishedMs) };
  const ended = { terminated: { exitCode: 0, reason: "Completed", ...times, containerID: id } };
  const running = { running: { startedAt: inSeconds(startedMs) } };
  const waiting = { waiting: { reason: "PodInitializing" } };
  return {
    ...containerStatus({
      name,
      image,
      hasStarted,
      id,
      mounts: mountsOfInit({ pod, container: name }),
    }),
    ready: hasEnded,
    started: hasStarted && !hasEnded,
    state: hasEnded ? ended : hasStarted ? running : waiting,
  };
}

interface StepStatusSetting {
  pod: PodHistory;
  observation: Observation;
  mounts: Json[];
}

function stepStatus(history: StepHistory, { pod, observation, mounts }: StepStatusSetting): Json {
  const { step, startedMs, finishedMs } = history;
  const name = `step-${step.name}`;
  const hasStarted = hasHappened(observation, startedMs);
  const isRunning = hasStarted && !hasHappened(observation, finishedMs);
  return {
    ...containerStatus({ name, image: step.image, hasStarted, id: containerId(pod.uid, name), mounts }),
    ready: isRunning,
    started: isRunning,
    state: stepContainerState(history, observation, pod),
  };
}

/** As the kubelet sees it: from the start of the container, which is before the step's turn. */
function stepContainerState(history: StepHistory, observation: Observation, pod: PodHistory): JsonObject {
  const { step, startedMs, finishedMs, ending, exitCode } = history;
  if (!hasHappened(observation, startedMs)) return { waiting: waitingState(history, observation) };
  if (!hasHappened(observation, finishedMs)) return { running: { startedAt: inSeconds(startedMs) } };
  const isFailure = ending === "Error" || ending === "Skipped";
  return {
    terminated: {
      exitCode: isFailure ? exitCode : 0,
      reason: isFailure ? "Error" : "Completed",
      startedAt: inSeconds(startedMs),
      finishedAt: inSeconds(finishedMs),
      containerID: containerId(pod.uid, `step-${step.name}`),
      message: terminationMessage(history),
    },
  };
}

interface AnyContainer {
  name: string;
  image: string;
  hasStarted: boolean;
  id: string;
  mounts: Json[];
}

function containerStatus({ name, image, hasStarted, id, mounts }: AnyContainer): JsonObject {
  return {
    name,
    image: hasStarted ? fullImageName(image) : image,
    imageID: hasStarted ? imageId(image) : "",
    containerID: hasStarted ? id : undefined,
    lastState: {},
    restartCount: 0,
    // Kubernetes 1.33 repeats the mounts in the status, and says of those that are read-only how deep that goes.
    volumeMounts: mounts.map(withRecursion),
  };
}

function withRecursion(mount: Json): Json {
  const isReadOnly =
    typeof mount === "object" && mount !== null && "readOnly" in mount && mount.readOnly === true;
  return isReadOnly ? { ...mount, recursiveReadOnly: "Disabled" } : mount;
}
