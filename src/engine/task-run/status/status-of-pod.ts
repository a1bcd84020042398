/** The status of a TaskRun, from its Pod. */
import type { Pod } from "../../../kube/index.ts";
import { type Verdict, withVerdict } from "../../condition.ts";
import type { ResultValue, TaskRunStatus, TaskSpec } from "../../types/index.ts";
import { taskArtifacts } from "./artifacts.ts";
import { areStepsOver, verdictOf } from "./pod-verdict.ts";
import { lastOfEach, resultsFromSteps, typedResults } from "./result-values.ts";
import { type StepReport, sidecarStates, stepReports } from "./step-states.ts";
import { ResultType } from "./termination-message.ts";

/** A status, and the Pod that tells what has become of it. */
export interface PodReading {
  status: TaskRunStatus;
  pod: Pod;
  /** Settled, as it is in `status.taskSpec`. */
  task: TaskSpec;
  /** The pipeline takes no notice of a failure of this task (docs/pipelines.md, "OnError"). */
  ignoresFailure: boolean;
  now: string;
}

/** The status with all that the Pod tells: containers, and where that leaves the TaskRun. Results are there once it is over. */
export function statusOfPod(reading: PodReading): TaskRunStatus {
  const { status, pod, now } = reading;
  const seen = { ...withContainers(reading), podName: pod.metadata.name };
  const judged = withVerdict(seen, verdictFor(reading), now);
  if (!areStepsOver(pod)) return judged;
  return { ...judged, ...producedBy(reading), completionTime: status.completionTime ?? now };
}

/** The status with the states of the Pod's containers, and nothing concluded from them. */
export function withContainers({
  status,
  pod,
  task,
}: Pick<PodReading, "status" | "pod" | "task">): TaskRunStatus {
  const steps = stepReports(pod, task).map(({ state }) => state);
  const sidecars = sidecarStates(pod);
  return {
    ...status,
    ...(steps.length > 0 && { steps }),
    ...(sidecars.length > 0 && { sidecars }),
  };
}

function verdictFor({ pod, ignoresFailure }: PodReading): Verdict {
  const verdict = verdictOf(pod);
  return verdict.status === "False" && ignoresFailure ? { ...verdict, reason: "FailureIgnored" } : verdict;
}

function producedBy({ pod, task }: PodReading): Partial<TaskRunStatus> {
  const reports = stepReports(pod, task);
  const results = resultsOf(reports, task);
  const artifacts = taskArtifacts(reports.flatMap((report) => report.results));
  return { ...(results.length > 0 && { results }), ...(artifacts !== undefined && { artifacts }) };
}

function resultsOf(reports: readonly StepReport[], { results = [] }: TaskSpec): ResultValue[] {
  const written = reports
    .flatMap((report) => report.results)
    .filter(({ type }) => type === ResultType.taskResult);
  const fromSteps = resultsFromSteps(
    results,
    reports.map(({ state }) => state),
  );
  return lastOfEach([...typedResults(written, results), ...fromSteps]);
}
