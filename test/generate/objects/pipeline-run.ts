import type { RunHistory, TaskHistory } from "../history.ts";
import { DEFAULT_TIMEOUT_MS, type RunScenario } from "../scenario.ts";
import { digest, uuidOf } from "../simulate/names.ts";
import { progressOfRun } from "../simulate/outcome.ts";
import { runVariables } from "../simulate/references.ts";
import { goDuration, inSeconds } from "../time.ts";
import { contextAnnotation, FEATURE_FLAGS, type Progress, spanContext, succeeded } from "./common-status.ts";
import { type Json, type JsonObject, nameValues, nonEmpty } from "./json.ts";
import {
  hasHappened,
  type Observation,
  ownerReferences,
  type Parent,
  resourceVersion,
} from "./observation.ts";
import { pipelineSpec, whenExpressions } from "./pipeline-spec.ts";
import { concludedMarks, pullRequestMarks } from "./pull-request.ts";

/** A PipelineRun (tekton.dev/v1), and what its children inherit; `parent` when it is itself a task of another. */
export function describePipelineRun(
  run: RunHistory,
  observation: Observation,
  parent?: Parent,
): { object: JsonObject; asParent: Parent } {
  const { scenario } = observation;
  const marks = parent ?? pullRequestMarks(scenario.pullRequest, run.pipeline.pipeline);
  const context = contextAnnotation(scenario, "tekton.dev/pipelinerunSpanContext");
  const asParent: Parent = {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    name: run.name,
    uid: run.uid,
    labels: { ...marks.labels, "tekton.dev/pipeline": run.pipeline.pipeline },
    annotations: { ...marks.annotations, ...context },
  };
  const { apiVersion, kind, name, uid, labels, annotations } = asParent;
  const isConcluded = parent === undefined && hasHappened(observation, run.completedMs);
  const object = {
    apiVersion,
    kind,
    metadata: {
      name,
      generateName: parent === undefined ? `${run.pipeline.pipeline}-` : undefined,
      namespace: scenario.namespace,
      uid,
      generation: 1,
      resourceVersion: resourceVersion(observation, run.completedMs),
      creationTimestamp: inSeconds(run.createdMs),
      labels: isConcluded ? concludedMarks(labels) : labels,
      annotations: isConcluded ? concludedMarks(annotations) : annotations,
      ownerReferences: ownerReferences(parent),
    },
    spec: parent === undefined ? rootSpec(run, observation) : childSpec(run, scenario),
    status: hasHappened(observation, run.startedMs) ? status(run, observation, parent) : undefined,
  };
  return { object, asParent };
}

/** What every child of a run carries, on top of what the run itself does (docs/labels.md). */
export function memberOf(run: Parent, { task, memberOf }: TaskHistory): Parent {
  const labels = {
    ...run.labels,
    "app.kubernetes.io/managed-by": "tekton-pipelines",
    "tekton.dev/memberOf": memberOf,
    "tekton.dev/pipelineRun": run.name,
    "tekton.dev/pipelineRunUID": run.uid,
    "tekton.dev/pipelineTask": task.name,
  };
  return { ...run, labels };
}

function rootSpec(run: RunHistory, observation: Observation): JsonObject {
  const { scenario } = observation;
  const { workspaces = [], timeouts = {} } = scenario;
  const { pipelineMs = DEFAULT_TIMEOUT_MS, tasksMs } = timeouts;
  const { interruption } = run;
  const isStoppedByHand = interruption !== undefined && !interruption.kind.endsWith("timeout");
  return {
    pipelineRef: pipelineRef(run, scenario),
    params: nameValues(run.params),
    status: isStoppedByHand && hasHappened(observation, interruption.atMs) ? interruption.kind : undefined,
    taskRunTemplate: { serviceAccountName: scenario.serviceAccountName ?? "default" },
    timeouts: { pipeline: goDuration(pipelineMs), tasks: tasksMs && goDuration(tasksMs) },
    workspaces: nonEmpty(workspaces.map(volumeClaim)),
  };
}

function childSpec(run: RunHistory, { serviceAccountName = "default" }: RunScenario): JsonObject {
  return {
    pipelineSpec: pipelineSpec(run.pipeline, { variables: {} }),
    params: nameValues(run.params),
    taskRunTemplate: { serviceAccountName },
    timeouts: { pipeline: goDuration(DEFAULT_TIMEOUT_MS) },
  };
}

function pipelineRef({ pipeline }: RunHistory, { catalogNamespace }: RunScenario): Json {
  if (catalogNamespace === undefined) return { name: pipeline.pipeline };
  const params = nameValues({ kind: "pipeline", name: pipeline.pipeline, namespace: catalogNamespace });
  return { resolver: "cluster", params };
}

function volumeClaim(name: string): Json {
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } };
  return { name, volumeClaimTemplate: { metadata: {}, spec, status: {} } };
}

function status(run: RunHistory, observation: Observation, parent: Parent | undefined): JsonObject {
  const { scenario } = observation;
  const children = run.tasks.filter(({ createdMs }) => hasHappened(observation, createdMs));
  const isDone = hasHappened(observation, run.completedMs);
  const workspaces = parent === undefined ? scenario.workspaces : [];
  const { finallyStartedMs } = run;
  return {
    conditions: isDone
      ? succeeded({ ...run.outcome, sinceMs: run.completedMs })
      : succeeded(progress(run, observation)),
    startTime: inSeconds(run.startedMs),
    finallyStartTime: hasHappened(observation, finallyStartedMs) ? inSeconds(finallyStartedMs) : undefined,
    completionTime: isDone ? inSeconds(run.completedMs) : undefined,
    childReferences: nonEmpty(children.map(childReference)),
    skippedTasks: nonEmpty(skippedTasks(run, observation)),
    results: isDone ? nameValues(run.results) : undefined,
    pipelineSpec: pipelineSpec(run.pipeline, { variables: runVariables(run), workspaces }),
    provenance: { featureFlags: FEATURE_FLAGS, refSource: refSource(run, scenario) },
    spanContext: spanContext(scenario),
  };
}

function childReference(task: TaskHistory): Json {
  return {
    apiVersion: task.kind === "CustomRun" ? "tekton.dev/v1beta1" : "tekton.dev/v1",
    kind: task.kind,
    name: task.name,
    pipelineTaskName: task.task.name,
    whenExpressions: whenExpressions(task.when),
  };
}

function skippedTasks({ skipped }: RunHistory, observation: Observation): Json[] {
  return skipped
    .filter(({ atMs }) => hasHappened(observation, atMs))
    .map(({ name, reason, when }) => ({ name, reason, whenExpressions: whenExpressions(when) }));
}

function refSource({ pipeline }: RunHistory, { catalogNamespace }: RunScenario): Json {
  if (catalogNamespace === undefined) return undefined;
  const path = `/apis/tekton.dev/v1/namespaces/${catalogNamespace}/pipeline/${pipeline.pipeline}`;
  return { uri: `${path}@${uuidOf(path)}`, digest: { sha256: digest("sha256", path) } };
}

/** The reason a run goes on under, once it has been told to stop. */
const STOPPING_REASONS: Record<string, string> = {
  CancelledRunFinally: "CancelledRunningFinally",
  StoppedRunFinally: "StoppedRunningFinally",
  "tasks timeout": "PipelineRunTimeoutRunningFinally",
};

function progress(run: RunHistory, observation: Observation): Progress {
  const { pipeline, interruption, startedMs } = run;
  const tasks = run.tasks.filter((task) => isFinished(run, task, observation));
  const skipped = run.skipped.filter(({ atMs }) => hasHappened(observation, atMs)).length;
  const total = pipeline.tasks.length + (pipeline.finally?.length ?? 0);
  const isStopping = interruption !== undefined && hasHappened(observation, interruption.atMs);
  const reason = isStopping ? (STOPPING_REASONS[interruption.kind] ?? "Running") : "Running";
  return { status: "Unknown", reason, message: progressOfRun({ tasks, skipped, total }), sinceMs: startedMs };
}

/** A pipeline task is done when every run of its matrix is. */
function isFinished({ tasks }: RunHistory, { task }: TaskHistory, observation: Observation): boolean {
  return tasks.every((other) => other.task !== task || hasHappened(observation, other.completedMs));
}
