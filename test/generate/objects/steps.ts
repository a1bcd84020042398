// The steps of a TaskRun in its status (tekton.dev/v1 StepState), and what a step's container leaves behind.

import type { AttemptHistory, StepHistory } from "../history.ts";
import { digest } from "../simulate/names.ts";
import { inMilliseconds, inSeconds } from "../time.ts";
import type { JsonObject } from "./json.ts";
import { hasHappened, type Observation } from "./observation.ts";

/** In the order of the Task. Empty until the kubelet has the Pod. */
export function stepStates(
  attempt: AttemptHistory,
  { observation, taskCreatedMs }: { observation: Observation; taskCreatedMs: number },
): JsonObject[] {
  const { pod, completedMs } = attempt;
  if (pod === undefined || !hasHappened(observation, pod.boundMs) || pod.boundMs > completedMs) return [];
  return pod.steps.map((history) => ({
    name: history.step.name,
    container: `step-${history.step.name}`,
    imageID: hasHappened(observation, history.startedMs) ? imageId(history.step.image) : undefined,
    ...stepState(history, { attempt, observation, taskCreatedMs, pod }),
  }));
}

interface StepSetting {
  attempt: AttemptHistory;
  pod: NonNullable<AttemptHistory["pod"]>;
  observation: Observation;
  taskCreatedMs: number;
}

function stepState(history: StepHistory, setting: StepSetting): JsonObject {
  const { attempt, observation } = setting;
  const isForced = attempt.podDeleted && hasHappened(observation, attempt.completedMs);
  const { finishedMs } = history;
  if (hasHappened(observation, finishedMs) && !(isForced && finishedMs > attempt.completedMs)) {
    return endedStep(history, { podUid: setting.pod.uid, finishedMs });
  }
  if (isForced) return forcedStep(history, setting);
  return hasHappened(observation, history.startedMs)
    ? { running: { startedAt: inSeconds(history.startedMs) } }
    : { waiting: waitingState(history, observation) };
}

function endedStep(
  history: StepHistory,
  { podUid, finishedMs }: { podUid: string; finishedMs: number },
): JsonObject {
  const { commandStartedMs = finishedMs, exitCode, ending, step, results } = history;
  return {
    terminationReason: ending,
    terminated: {
      exitCode,
      reason: ending === "Error" || ending === "Skipped" ? "Error" : "Completed",
      // The entrypoint's word, cut to the second: the container itself started earlier.
      startedAt: inSeconds(commandStartedMs),
      finishedAt: inSeconds(finishedMs),
      containerID: containerId(podUid, `step-${step.name}`),
      message: Object.keys(results).length > 0 ? JSON.stringify(resultRecords(results)) : undefined,
    },
  };
}

/** A step whose Pod is deleted gets an end made up; one that never began even a start (tektoncd/pipeline #8479). */
function forcedStep(
  { step, startedMs }: StepHistory,
  { attempt, pod, taskCreatedMs }: StepSetting,
): JsonObject {
  const { completedMs, outcome } = attempt;
  const hasStarted = startedMs !== undefined && startedMs <= completedMs;
  return {
    terminationReason: outcome.reason,
    terminated: {
      exitCode: 1,
      reason: outcome.reason,
      message: `Step ${step.name} terminated as pod ${pod.name} is terminated`,
      startedAt: inSeconds(hasStarted ? startedMs : taskCreatedMs),
      finishedAt: inSeconds(completedMs),
    },
  };
}

/** What keeps a step's container from running, in TaskRun and Pod alike. */
export function waitingState({ step, pull }: StepHistory, observation: Observation): JsonObject {
  if (pull.error === undefined || !hasHappened(observation, pull.endedMs))
    return { reason: "PodInitializing" };
  return {
    reason: "ErrImagePull",
    message: `failed to pull and unpack image "${step.image}": ${pull.error}`,
  };
}

/** How the entrypoint writes results into the termination message: type 1 is a task result. */
function resultRecords(results: Record<string, string>): JsonObject[] {
  return Object.entries(results).map(([key, value]) => ({ key, value, type: 1 }));
}

/** The container's whole termination message, with the entrypoint's own records: type 3. */
export function terminationMessage({ commandStartedMs, ending, exitCode, results }: StepHistory): string {
  const own = (key: string, value: string) => ({ key, value, type: 3 });
  return JSON.stringify([
    ...(commandStartedMs === undefined ? [] : [own("StartedAt", inMilliseconds(commandStartedMs))]),
    ...(ending === "Skipped" ? [own("Reason", "Skipped")] : []),
    ...(ending === "Continued" ? [own("ExitCode", String(exitCode))] : []),
    ...resultRecords(results),
  ]);
}

export function containerId(podUid: string, container: string): string {
  return `containerd://${digest("sha256", `${podUid} ${container}`)}`;
}

/** The image as the container runtime resolved it: repository and digest. */
export function imageId(image: string): string {
  return `${fullImageName(image).replace(/:[^/:]*$/, "")}@sha256:${digest("sha256", image)}`;
}

/** Short names mean Docker Hub. */
export function fullImageName(image: string): string {
  const [host = "", ...path] = image.split("/");
  if (path.length === 0) return `docker.io/library/${image}`;
  return host.includes(".") || host.includes(":") ? image : `docker.io/${image}`;
}
