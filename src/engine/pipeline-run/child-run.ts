/** The objects that run pipeline tasks, in one shape whatever their kind. */
import type { Condition, KubeObject, Stored } from "../../kube/index.ts";
import { succeededOf } from "../condition.ts";
import type { Artifacts, CustomRun, ParamValue, PipelineRun, ResultValue, TaskRun } from "../types/index.ts";
import type { RunKind } from "./plan.ts";

export interface ChildRun {
  kind: RunKind;
  apiVersion: string;
  name: string;
  pipelineTask: string;
  /** `timedOut`: cancelled because the pipeline's time was up. */
  outcome: "running" | "succeeded" | "failed" | "cancelled" | "timedOut";
  /** Of its condition; empty before it has one. */
  reason: string;
  results: readonly ResultValue[];
  artifacts: Artifacts;
  /** It has been told to stop. */
  isStopped: boolean;
  createdAt: string;
}

/** Which pipeline task an object runs. */
export const PIPELINE_TASK_LABEL = "tekton.dev/pipelineTask";

/** Why children are told to stop (docs/pipelineruns.md, "Cancelling a PipelineRun"); part of the API. */
export const StopMessage = {
  cancelled: (kind: "TaskRun" | "CustomRun") =>
    `${kind} cancelled as the PipelineRun it belongs to has been cancelled.`,
  timedOut: (kind: "TaskRun" | "CustomRun") =>
    `${kind} cancelled as the PipelineRun it belongs to has timed out.`,
};

/** Reasons of runs that ended because they were told to. */
const CANCELLED_REASONS: ReadonlySet<string> = new Set([
  "TaskRunCancelled",
  "CustomRunCancelled",
  "Cancelled",
]);

export function childOfTaskRun(run: Stored<TaskRun>): ChildRun {
  const { spec, status } = run;
  const stop = { isStopped: spec.status === "TaskRunCancelled", message: spec.statusMessage };
  const { results, artifacts } = status ?? {};
  return childOf(run, { kind: "TaskRun", succeeded: succeededOf(status), results, artifacts, stop });
}

export function childOfCustomRun(run: Stored<CustomRun>): ChildRun {
  const { spec, status } = run;
  const results = status?.results?.map(({ name, value }) => ({ name, value: listOrText(value) }));
  const stop = { isStopped: spec.status === "RunCancelled", message: spec.statusMessage };
  return childOf(run, { kind: "CustomRun", succeeded: succeededOf(status), results, stop });
}

export function childOfPipelineRun(run: Stored<PipelineRun>): ChildRun {
  const { spec, status } = run;
  const isStopped = spec.status === "Cancelled" || spec.status === "CancelledRunFinally";
  const stop = { isStopped, message: undefined };
  return childOf(run, {
    kind: "PipelineRun",
    succeeded: succeededOf(status),
    results: status?.results,
    stop,
  });
}

interface Ending {
  kind: RunKind;
  succeeded: Condition | undefined;
  results: readonly ResultValue[] | undefined;
  artifacts?: Artifacts | undefined;
  stop: { isStopped: boolean; message: string | undefined };
}

function childOf(
  run: Stored<KubeObject>,
  { kind, succeeded, results = [], artifacts = {}, stop }: Ending,
): ChildRun {
  return {
    kind,
    apiVersion: run.apiVersion,
    name: run.metadata.name,
    pipelineTask: run.metadata.labels?.[PIPELINE_TASK_LABEL] ?? "",
    outcome: outcomeOf(succeeded, stop.message),
    reason: succeeded?.reason ?? "",
    results,
    artifacts,
    isStopped: stop.isStopped,
    createdAt: run.metadata.creationTimestamp,
  };
}

function outcomeOf(succeeded: Condition | undefined, stopMessage: string | undefined): ChildRun["outcome"] {
  if (succeeded?.status === "True") return "succeeded";
  if (succeeded?.status !== "False") return "running";
  if (!CANCELLED_REASONS.has(succeeded.reason ?? "")) return "failed";
  const timedOut: (string | undefined)[] = [
    StopMessage.timedOut("TaskRun"),
    StopMessage.timedOut("CustomRun"),
  ];
  return timedOut.includes(stopMessage) ? "timedOut" : "cancelled";
}

/** A custom task's result is a text, and an array when the text is a JSON one (docs/customruns.md, "Results"). */
function listOrText(text: string): ParamValue {
  if (!text.startsWith("[")) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isListOfTexts(value) ? value : text;
  } catch {
    return text;
  }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
