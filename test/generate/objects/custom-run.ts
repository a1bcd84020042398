import type { CustomRunHistory } from "../history.ts";
import { inSeconds } from "../time.ts";
import { succeeded } from "./common-status.ts";
import { type JsonObject, nameValues } from "./json.ts";
import {
  hasHappened,
  type Observation,
  ownerReferences,
  type Parent,
  resourceVersion,
} from "./observation.ts";

/** A CustomRun (tekton.dev/v1beta1): what a pipeline asks of a controller that is not Tekton's. */
export function describeCustomRun(
  run: CustomRunHistory,
  observation: Observation,
  parent: Parent,
): JsonObject {
  const { work, task, params, stoppedBecause } = run;
  const isStopped = stoppedBecause !== undefined && hasHappened(observation, run.completedMs);
  return {
    apiVersion: "tekton.dev/v1beta1",
    kind: "CustomRun",
    metadata: {
      name: run.name,
      namespace: observation.scenario.namespace,
      uid: run.uid,
      generation: 1,
      resourceVersion: resourceVersion(observation, run.completedMs),
      creationTimestamp: inSeconds(run.createdMs),
      labels: parent.labels,
      annotations: parent.annotations,
      ownerReferences: ownerReferences(parent),
    },
    spec: {
      customRef: { apiVersion: work.apiVersion, kind: work.customKind, name: task.name },
      params: nameValues(params),
      serviceAccountName: observation.scenario.serviceAccountName ?? "default",
      status: isStopped ? "RunCancelled" : undefined,
      statusMessage: isStopped ? stoppedBecause : undefined,
    },
    status: status(run, observation),
  };
}

function status(run: CustomRunHistory, observation: Observation): JsonObject {
  const { startedMs, completedMs, outcome, results } = run;
  // Whoever stopped a run before its controller saw it finds no start.
  if (!hasHappened(observation, Math.min(startedMs, completedMs))) return {};
  const isDone = hasHappened(observation, completedMs);
  return {
    startTime: inSeconds(Math.min(startedMs, completedMs)),
    completionTime: isDone ? inSeconds(completedMs) : undefined,
    conditions: isDone
      ? succeeded({ ...outcome, sinceMs: completedMs })
      : succeeded({ status: "Unknown", reason: "Running", message: "", sinceMs: startedMs }),
    results: isDone ? nameValues(results) : undefined,
    extraFields: null,
  };
}
