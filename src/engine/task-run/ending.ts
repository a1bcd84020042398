/** Ends of TaskRuns that their Pods do not come to by themselves, and what comes after an end. */
import type { Pod, Stored } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import { succeededOf } from "../condition.ts";
import { formatGoDuration } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { StepState, TaskRunStatus } from "../types/index.ts";
import { type Failure, markFailed, markUnknown, retriesSoFar, type TaskRunPass } from "./pass.ts";
import { sidecarContainer, stepContainer } from "./pod/contract.ts";
import { ownPod, podding } from "./pods.ts";
import { withContainers } from "./status/status-of-pod.ts";
import { withStoppedSteps } from "./status/stopped-steps.ts";
import { millisLeft, timeoutMillis } from "./timeout.ts";

export const ending = traced({
  /** Takes the Pod away, and with it the steps that have not ended. */
  async failTaskRun(pass: TaskRunPass, failure: Failure): Promise<void> {
    const pod = ownPod(pass);
    if (pod !== undefined) seeContainers(pass, pod);
    await podding.deletePod(pass);
    markFailed(pass, failure);
    const { status } = pass.draft;
    const finishedAt = status.completionTime ?? timestamp(pass.engine.clock.now());
    pass.draft.status = withStoppedSteps(status, { reason: failure.reason, finishedAt });
    pass.span.decided(`ended the run: ${failure.reason}`);
  },

  /** Puts the attempt that failed aside. The next one begins with the next pass. */
  retryTaskRun(pass: TaskRunPass): void {
    const message = succeededOf(pass.draft.status)?.message ?? "";
    pass.draft.status = asideFrom(pass.draft.status);
    markUnknown(pass, { reason: "ToBeRetried", message });
    pass.span.decided(`to be retried after ${retriesSoFar(pass)} failed attempts`);
  },
});

function seeContainers({ draft }: TaskRunPass, pod: Stored<Pod>): void {
  const { taskSpec } = draft.status;
  if (taskSpec !== undefined) draft.status = withContainers({ status: draft.status, pod, task: taskSpec });
}

/** The steps stay to be seen until there are new ones (docs/taskruns.md, "Configuring Retries"). */
function asideFrom({ retriesStatus = [], ...attempt }: TaskRunStatus): TaskRunStatus {
  const { conditions, taskSpec, steps, provenance, spanContext } = attempt;
  return {
    ...defined({ conditions, taskSpec, steps, provenance, spanContext }),
    retriesStatus: [...retriesStatus, attempt],
  };
}

function defined(status: TaskRunStatus): TaskRunStatus {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
}

/** Why a TaskRun has to end whatever its Pod does: it was told to, its time is up, or a container cannot start. */
export function reasonToEnd(pass: TaskRunPass): Failure | undefined {
  const { spec, metadata } = pass.object;
  if (spec.status === "TaskRunCancelled") {
    const message = `TaskRun "${metadata.name}" was cancelled. ${spec.statusMessage ?? ""}`;
    return { reason: "TaskRunCancelled", message };
  }
  const left = millisLeft(pass);
  if (left !== undefined && left < 0) {
    const limit = formatGoDuration(timeoutMillis(pass));
    return {
      reason: "TaskRunTimeout",
      message: `TaskRun "${metadata.name}" failed to finish within "${limit}"`,
    };
  }
  return containerTrouble(pass);
}

const UNPULLABLE = new Set(["ImagePullBackOff", "InvalidImageName"]);
const UNCREATABLE = new Set(["CreateContainerConfigError", "CreateContainerError"]);

/**
 * A container that will never start, by what an earlier pass wrote into the status: the Pod is taken away for it, so that
 * nothing else remembers when a pass does not get to its end.
 */
function containerTrouble({ object, draft }: TaskRunPass): Failure | undefined {
  const { steps = [], sidecars = [] } = draft.status;
  const all = [
    ...steps.map((step) => ({ ...step, what: "step" })),
    ...sidecars.map((sidecar) => ({ ...sidecar, what: "sidecar" })),
  ];
  for (const { what, name, container, waiting } of all) {
    const subject = `the ${what} "${name}" in TaskRun "${object.metadata.name}"`;
    const failure = troubleOf(waiting, { subject, image: imageOf(draft.status, container) });
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function troubleOf(
  { reason = "", message = "" }: NonNullable<StepState["waiting"]> = {},
  { subject, image }: { subject: string; image: string },
): Failure | undefined {
  if (UNPULLABLE.has(reason)) {
    const text = `${subject} failed to pull the image "${image}". The pod errored with the message: "${message}."`;
    return { reason: "TaskRunImagePullFailed", message: text };
  }
  if (!UNCREATABLE.has(reason)) return undefined;
  const text = `Failed to create pod due to config error: ${subject}: ${message}`;
  return { reason: "CreateContainerConfigError", message: text };
}

function imageOf({ taskSpec }: TaskRunStatus, container: string): string {
  const { steps = [], sidecars = [], stepTemplate } = taskSpec ?? {};
  const step = steps.find((each, index) => stepContainer(each, index) === container);
  const image = step?.image ?? sidecars.find(({ name }) => sidecarContainer(name) === container)?.image;
  return String(image ?? stepTemplate?.image ?? "");
}
