/** The states of a TaskRun's steps and sidecars, from those of the Pod's containers (docs/taskruns.md, "Steps"). */
import type { ContainerStatus, ContainerTerminated, Pod } from "../../../kube/index.ts";
import type { ResultSpec, ResultValue, SidecarState, StepState, TaskSpec } from "../../types/index.ts";
import { isStepContainer, stepContainer, stepName } from "../pod/contract.ts";
import { stepArtifacts } from "./artifacts.ts";
import { typedResults } from "./result-values.ts";
import { parseTerminationMessage, ResultType, type RunResult, reportOf } from "./termination-message.ts";

/** A step as its container tells it. */
export interface StepReport {
  state: StepState;
  /** All that is in its termination message. */
  results: readonly RunResult[];
}

/** In the order of the Task, each as soon as its container has a status. */
export function stepReports(pod: Pod, { steps }: TaskSpec): StepReport[] {
  const statuses = new Map(pod.status?.containerStatuses?.map((status) => [status.name, status]));
  return steps.flatMap((step, index) => {
    const status = statuses.get(stepContainer(step, index));
    if (status === undefined) return [];
    return [reportOfStep(status, { name: stepName(step, index), declared: step.results ?? [] })];
  });
}

function reportOfStep(
  { name: container, imageID, state = {} }: ContainerStatus,
  { name, declared }: { name: string; declared: readonly ResultSpec[] },
): StepReport {
  const identity = { name, container, ...(imageID !== undefined && { imageID }) };
  const { terminated } = state;
  if (terminated === undefined) return { state: { ...identity, ...state }, results: [] };
  const results = parseTerminationMessage(terminated.message ?? "");
  if (results === undefined) {
    const reason = terminated.reason === undefined ? {} : { terminationReason: terminated.reason };
    return { state: { ...identity, terminated, ...reason }, results: [] };
  }
  return { state: { ...identity, ...endOfStep(terminated, results, declared) }, results };
}

function endOfStep(
  terminated: ContainerTerminated,
  results: readonly RunResult[],
  declared: readonly ResultSpec[],
): Partial<StepState> {
  const { startedAt, reason, exitCode } = reportOf(results);
  const stepResults = stepResultsOf(results, declared);
  return {
    terminated: {
      ...withoutMessage(terminated),
      ...messageOf(results),
      ...(startedAt !== undefined && { startedAt }),
      ...(exitCode !== undefined && { exitCode }),
    },
    terminationReason: reason ?? (exitCode === undefined ? terminated.reason : "Continued"),
    ...(stepResults.length > 0 && { results: stepResults }),
    ...stepArtifacts(results),
  };
}

function stepResultsOf(results: readonly RunResult[], declared: readonly ResultSpec[]): ResultValue[] {
  return typedResults(
    results.filter(({ type }) => type === ResultType.stepResult),
    declared,
  );
}

function withoutMessage({ message: _, ...terminated }: ContainerTerminated): ContainerTerminated {
  return terminated;
}

/** What is not the entrypoint's own business remains. */
function messageOf(results: readonly RunResult[]): { message?: string } {
  const others = results.filter(({ type }) => type !== ResultType.internal);
  return others.length > 0 ? { message: JSON.stringify(others) } : {};
}

/** Everything in the Pod that is no step. */
export function sidecarStates({ status }: Pod): SidecarState[] {
  return (status?.containerStatuses ?? [])
    .filter(({ name }) => !isStepContainer(name))
    .map(({ name: container, imageID, state }) => ({
      name: container.replace(/^sidecar-/, ""),
      container,
      ...(imageID !== undefined && { imageID }),
      ...state,
    }));
}
