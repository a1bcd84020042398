import type { AttemptHistory, TaskRunHistory } from "../history.ts";
import { DEFAULT_TIMEOUT_MS } from "../scenario.ts";
import { claimName, digest } from "../simulate/names.ts";
import { goDuration, inSeconds } from "../time.ts";
import { contextAnnotation, FEATURE_FLAGS, spanContext, succeeded } from "./common-status.ts";
import { type Json, type JsonObject, nameValues, nonEmpty } from "./json.ts";
import {
  hasHappened,
  type Observation,
  ownerReferences,
  type Parent,
  resourceVersion,
} from "./observation.ts";
import { attemptProgress } from "./progress.ts";
import { stepStates } from "./steps.ts";
import { taskSpec, taskVariables } from "./task-spec.ts";

/** A TaskRun (tekton.dev/v1) of a pipeline, and what its Pods inherit from it. */
export function describeTaskRun(
  task: TaskRunHistory,
  observation: Observation,
  parent: Parent,
): { object: JsonObject; asParent: Parent } {
  const asParent: Parent = {
    apiVersion: "tekton.dev/v1",
    kind: "TaskRun",
    name: task.name,
    uid: task.uid,
    labels: {
      ...parent.labels,
      ...(task.work.task === undefined ? {} : { "tekton.dev/task": task.work.task }),
    },
    annotations: {
      ...parent.annotations,
      ...affinityAnnotation(task, parent),
      ...contextAnnotation(observation.scenario, "tekton.dev/taskrunSpanContext"),
      "pipeline.tekton.dev/release": "v1.15.0",
    },
  };
  const { apiVersion, kind, name, uid, labels, annotations } = asParent;
  const object = {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: observation.scenario.namespace,
      uid,
      generation: 1,
      resourceVersion: resourceVersion(observation, task.completedMs),
      creationTimestamp: inSeconds(task.createdMs),
      labels,
      annotations,
      ownerReferences: ownerReferences(parent),
    },
    spec: spec(task, observation, parent),
    status: status(task, observation),
  };
  return { object, asParent };
}

/** Runs that share a volume are kept on its node by a placeholder Pod, the affinity assistant. */
function affinityAnnotation({ task }: TaskRunHistory, parent: Parent): Record<string, string> {
  const [workspace] = task.workspaces ?? [];
  if (workspace === undefined) return {};
  const assistant = `affinity-assistant-${digest("sha256", workspace + parent.name).slice(0, 10)}`;
  return { "pipeline.tekton.dev/affinity-assistant": assistant };
}

function spec(run: TaskRunHistory, observation: Observation, parent: Parent): JsonObject {
  const { task, work, params, stoppedBecause, completedMs } = run;
  const isStopped = stoppedBecause !== undefined && hasHappened(observation, completedMs);
  return {
    params: nameValues(params),
    retries: task.retries,
    serviceAccountName: observation.scenario.serviceAccountName ?? "default",
    ...(work.task === undefined
      ? { taskSpec: taskSpec(task, work) }
      : { taskRef: { kind: "Task", name: work.task } }),
    timeout: goDuration(task.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    workspaces: nonEmpty((task.workspaces ?? []).map((name) => workspaceBinding(name, parent.uid))),
    status: isStopped ? "TaskRunCancelled" : undefined,
    statusMessage: isStopped ? stoppedBecause : undefined,
  };
}

function workspaceBinding(name: string, ownerUid: string): Json {
  return { name, persistentVolumeClaim: { claimName: claimName({ workspace: name, ownerUid }) } };
}

function status(run: TaskRunHistory, observation: Observation): JsonObject | undefined {
  const attempts = run.attempts.filter(({ startedMs }) => hasHappened(observation, startedMs));
  const latest = attempts.at(-1);
  if (latest === undefined) return undefined;
  const isBetweenAttempts =
    hasHappened(observation, latest.completedMs) && attempts.length < run.attempts.length;
  const earlier = isBetweenAttempts ? attempts : attempts.slice(0, -1);
  const current = isBetweenAttempts
    ? waitForRetry(run, latest, observation)
    : attemptStatus(run, latest, observation);
  return {
    ...current,
    retriesStatus: nonEmpty(earlier.map((attempt) => attemptStatus(run, attempt, observation))),
  };
}

function attemptStatus(run: TaskRunHistory, attempt: AttemptHistory, observation: Observation): JsonObject {
  const { pod, startedMs, completedMs } = attempt;
  const isDone = hasHappened(observation, completedMs);
  const isLast = attempt === run.attempts.at(-1);
  const hasResults = isDone && isLast && Object.keys(run.results).length > 0;
  return {
    ...sharedStatus(run, observation),
    conditions: isDone
      ? succeeded({ ...(isLast ? run.outcome : attempt.outcome), sinceMs: completedMs })
      : succeeded(attemptProgress(attempt, { observation, work: run.work })),
    podName: pod !== undefined && hasHappened(observation, pod.createdMs) ? pod.name : "",
    startTime: inSeconds(startedMs),
    completionTime: isDone ? inSeconds(completedMs) : undefined,
    steps: nonEmpty(stepStates(attempt, { observation, taskCreatedMs: run.createdMs })),
    results: hasResults ? taskResults(run.results) : undefined,
  };
}

function taskResults(results: Record<string, string>): Json[] {
  return Object.entries(results).map(([name, value]) => ({ name, type: "string", value }));
}

/** A failed attempt moves to retriesStatus whole; start, end and Pod are cleared until the next one begins. */
function waitForRetry(run: TaskRunHistory, failed: AttemptHistory, observation: Observation): JsonObject {
  const { message } = failed.outcome;
  return {
    ...sharedStatus(run, observation),
    conditions: succeeded({ status: "Unknown", reason: "ToBeRetried", message, sinceMs: failed.completedMs }),
    podName: "",
    steps: nonEmpty(stepStates(failed, { observation, taskCreatedMs: run.createdMs })),
  };
}

function sharedStatus({ name, task, work, params }: TaskRunHistory, { scenario }: Observation): JsonObject {
  return {
    provenance: { featureFlags: FEATURE_FLAGS },
    spanContext: spanContext(scenario),
    taskSpec: taskSpec(task, work, taskVariables({ taskRun: name, params, task, work })),
  };
}
