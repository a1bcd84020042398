import type { AttemptHistory, PodHistory, PullHistory, TaskRunHistory } from "../history.ts";
import { PULL_BACKOFF_AFTER_MS } from "../simulate/task.ts";
import { goDuration } from "../time.ts";
import type { Happening } from "./events.ts";

/** What the scheduler and the kubelet report of a Pod, in the words of Kubernetes 1.33. */
export function podHappenings(
  task: TaskRunHistory,
  attempt: AttemptHistory,
  pod: PodHistory,
  namespace: string,
): Happening[] {
  const lastMs = attempt.podDeleted ? attempt.completedMs : Number.POSITIVE_INFINITY;
  return [
    ...scheduling(task, pod, namespace),
    ...pod.initContainers.flatMap(({ name, image, pull, startedMs }) =>
      container(pod, { name, image, pull, startedMs, path: "initContainers" }),
    ),
    ...pod.steps.flatMap(({ step: { name, image }, pull, startedMs }) =>
      container(pod, { name: `step-${name}`, image, pull, startedMs, path: "containers" }),
    ),
  ]
    .filter(({ atMs }) => atMs <= lastMs)
    .concat(attempt.podDeleted ? killing(pod, lastMs) : []);
}

/** A Pod waits at most a moment for the scheduler's first look at it. */
const FIRST_LOOK_MS = 3;

function scheduling(task: TaskRunHistory, pod: PodHistory, namespace: string): Happening[] {
  const { createdMs, boundMs, name, node } = pod;
  const message = `Successfully assigned ${namespace}/${name} to ${node}`;
  const bound: Happening = {
    atMs: boundMs,
    reason: "Scheduled",
    message,
    source: { kind: "scheduler", action: "Binding" },
  };
  const trouble = task.work.scheduling?.message;
  if (trouble === undefined || pod !== task.attempts[0]?.pod) return [bound];
  return [
    {
      atMs: createdMs + FIRST_LOOK_MS,
      type: "Warning",
      reason: "FailedScheduling",
      message: trouble,
      source: { kind: "scheduler", action: "Scheduling" },
    },
    bound,
  ];
}

interface StartedContainer {
  name: string;
  image: string;
  pull: PullHistory;
  startedMs?: number;
  path: "containers" | "initContainers";
}

type About = Pick<Happening, "fieldPath" | "source">;

function container({ node }: PodHistory, started: StartedContainer): Happening[] {
  const { name, path } = started;
  const about: About = { fieldPath: `spec.${path}{${name}}`, source: { kind: "kubelet", node } };
  return [...pulling(started, about), ...starting(started, about)];
}

function pulling({ image, pull }: StartedContainer, about: About): Happening[] {
  const { requestedMs, endedMs, transferMs, bytes, cached, error } = pull;
  if (cached) {
    const message = `Container image "${image}" already present on machine`;
    return [{ atMs: endedMs, reason: "Pulled", message, isRepeated: true, ...about }];
  }
  const begun = { atMs: requestedMs, reason: "Pulling", message: `Pulling image "${image}"`, ...about };
  if (error !== undefined) return [begun, ...failedPull({ image, error, endedMs }, about)];
  const took = `${goDuration(transferMs)} (${goDuration(endedMs - requestedMs)} including waiting)`;
  const message = `Successfully pulled image "${image}" in ${took}. Image size: ${bytes} bytes.`;
  return [begun, { atMs: endedMs, reason: "Pulled", message, ...about }];
}

function starting({ name, pull: { endedMs }, startedMs }: StartedContainer, about: About): Happening[] {
  if (startedMs === undefined) return [];
  // A container is created as soon as its image is there; starting it takes longest.
  const createdMs = endedMs + Math.floor((startedMs - endedMs) / 3);
  const repeated = { isRepeated: true, ...about };
  return [
    { atMs: createdMs, reason: "Created", message: `Created container: ${name}`, ...repeated },
    { atMs: startedMs, reason: "Started", message: `Started container ${name}`, ...repeated },
  ];
}

function failedPull(
  { image, error, endedMs }: { image: string; error: string; endedMs: number },
  about: About,
): Happening[] {
  const warning = { type: "Warning", reason: "Failed", ...about } as const;
  const backOffMs = endedMs + PULL_BACKOFF_AFTER_MS;
  return [
    { atMs: endedMs, message: `Failed to pull image "${image}": ${error}`, ...warning },
    { atMs: endedMs, message: "Error: ErrImagePull", ...warning },
    { atMs: backOffMs, reason: "BackOff", message: `Back-off pulling image "${image}"`, ...about },
    { atMs: backOffMs, message: "Error: ImagePullBackOff", ...warning },
  ];
}

function killing({ node, steps }: PodHistory, atMs: number): Happening[] {
  const running = steps.filter(
    ({ startedMs, finishedMs }) =>
      startedMs !== undefined && startedMs <= atMs && (finishedMs ?? atMs + 1) > atMs,
  );
  return running.map(({ step }) => ({
    atMs,
    reason: "Killing",
    message: `Stopping container step-${step.name}`,
    fieldPath: `spec.containers{step-${step.name}}`,
    source: { kind: "kubelet", node },
  }));
}
