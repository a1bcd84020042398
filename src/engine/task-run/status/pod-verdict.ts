/** Where a TaskRun stands by its Pod: running, waiting for something, or how it ended (docs/taskruns.md, "Monitoring execution status"). */
import type { ContainerStatus, Pod } from "../../../kube/index.ts";
import type { Verdict } from "../../condition.ts";
import type { Failure } from "../pass.ts";
import { isStepContainer } from "../pod/contract.ts";
import { parseTerminationMessage, reportOf } from "./termination-message.ts";

/** Whether the steps are over; sidecars may still run. */
export function areStepsOver({ status }: Pod): boolean {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return true;
  const steps = status?.containerStatuses?.filter(({ name }) => isStepContainer(name)) ?? [];
  return (
    status?.phase === "Running" &&
    steps.length > 0 &&
    steps.every(({ state }) => state?.terminated !== undefined)
  );
}

/** The condition the TaskRun gets for it; without the time, which is when it is seen. */
export function verdictOf(pod: Pod): Verdict {
  if (!areStepsOver(pod)) return unfinished(pod);
  if (didFail(pod)) return { status: "False", ...failureOf(pod) };
  return { status: "True", reason: "Succeeded", message: "All Steps have completed executing" };
}

function unfinished(pod: Pod): Verdict {
  if (pod.status?.phase === "Running") {
    return {
      status: "Unknown",
      reason: "Running",
      message: "Not all Steps in the Task have finished executing",
    };
  }
  return { status: "Unknown", ...waitingOf(pod) };
}

function waitingOf(pod: Pod): Failure {
  const { conditions = [], containerStatuses = [] } = pod.status ?? {};
  const isUnschedulable = conditions.some(
    ({ type, reason, message }) =>
      type === "PodScheduled" && reason === "Unschedulable" && message?.includes("Insufficient"),
  );
  if (isUnschedulable) {
    return { reason: "ExceededNodeResources", message: "TaskRun Pod exceeded available resources" };
  }
  const isPullFailing = containerStatuses.some(({ state }) =>
    /^(ErrImagePull|ImagePullBackOff)$/.test(state?.waiting?.reason ?? ""),
  );
  return { reason: isPullFailing ? "PullImageFailed" : "Pending", message: waitingMessage(pod) };
}

/** About the first step that waits for something, else about the Pod. */
function waitingMessage({ status }: Pod): string {
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting?.message);
  if (waiting !== undefined) {
    return `build step "${waiting.name}" is pending with reason "${waiting.state?.waiting?.message}"`;
  }
  const unmet = status?.conditions?.find((condition) => condition.status !== "True");
  if (unmet !== undefined) {
    return `pod status "${unmet.type}":"${unmet.status}"; message: "${unmet.message ?? ""}"`;
  }
  return status?.message || "Pending";
}

function didFail({ status }: Pod): boolean {
  if (status?.phase === "Failed") return true;
  const steps = status?.containerStatuses?.filter(({ name }) => isStepContainer(name)) ?? [];
  return steps.some((step) => hasFailed(step));
}

function hasFailed({ state }: ContainerStatus): boolean {
  const { terminated } = state ?? {};
  return terminated !== undefined && (terminated.exitCode !== 0 || terminated.reason === "OOMKilled");
}

/** The kubelet's word for a step that wrote more than is handed in, and the TaskRun's reason. */
const TOO_LARGE = "TaskRunResultLargerThanAllowedLimit";
/** `max-result-size` (docs/additional-configs.md). */
const MAX_RESULT_BYTES = 4096;

function failureOf(pod: Pod): Failure {
  if (pod.status?.containerStatuses?.some((status) => reasonOf(status) === TOO_LARGE)) {
    const name = pod.metadata.labels?.["tekton.dev/taskRun"] ?? "";
    const message = `TaskRun "${name}" failed: results exceeded size limit ${MAX_RESULT_BYTES} bytes`;
    return { reason: TOO_LARGE, message };
  }
  return { reason: failureReason(pod), message: failureMessage(pod) };
}

/** The first that fits, in this order (tektoncd/pipeline pkg/pod/status.go). */
function failureReason({ status }: Pod): string {
  if (status?.reason === "Evicted") return "PodEvicted";
  const init = (status?.initContainerStatuses ?? []).find(hasFailed);
  if (init !== undefined) return failedAs(init, isSidecar(init) ? "Sidecar" : "InitContainer");
  const container = (status?.containerStatuses ?? []).find(hasFailed);
  if (container === undefined) return "Failed";
  return failedAs(container, isStepContainer(container.name) ? "Step" : "Sidecar");
}

function isSidecar({ name }: ContainerStatus): boolean {
  return name.startsWith("sidecar-");
}

function failedAs({ state }: ContainerStatus, what: "Step" | "Sidecar" | "InitContainer"): string {
  return `${what}${state?.terminated?.reason === "OOMKilled" ? "OOM" : "Failed"}`;
}

function failureMessage({ status }: Pod): string {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  if (status?.reason === "Evicted") return status.message ?? "";
  const init = initContainerStatuses.find(hasFailed);
  if (init !== undefined) return `init container failed, ${messageOf(init)}`;
  const container = containerStatuses.find(hasFailed);
  if (container !== undefined) return messageOf(container);
  return status?.message || "build failed for unspecified reasons.";
}

function messageOf(status: ContainerStatus): string {
  if (reasonOf(status) === "TimeoutExceeded") {
    return `"${status.name}" exited because the step exceeded the specified timeout limit`;
  }
  const { exitCode, reason } = status.state?.terminated ?? {};
  return `"${status.name}" exited with code ${exitCode}: ${reason || "Error"}`;
}

/** What the entrypoint says of a container's end. */
function reasonOf({ state }: ContainerStatus): string | undefined {
  return reportOf(parseTerminationMessage(state?.terminated?.message ?? "") ?? []).reason;
}
