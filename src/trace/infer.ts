/** Objects that are not in the input, as far as the ones that are there speak of them. */
import {
  type Attempt,
  type ChildReference,
  type Container,
  type CustomRun,
  describeObject,
  formatTime,
  type KubernetesEvent,
  type Nanos,
  type ObjectMeta,
  type PipelineRun,
  type Pod,
  type StepState,
  type TaskRun,
} from "../tekton/index.ts";
import { latest } from "./interval.ts";

/** Tekton copies a PipelineRun's labels and annotations to its children, so a child speaks for both. */
export function inferPipelineRun(owner: { name: string; uid: string }, child: ObjectMeta): PipelineRun {
  return {
    meta: describeObject({
      kind: "PipelineRun",
      apiVersion: child.apiVersion,
      namespace: child.namespace,
      name: owner.name,
      uid: owner.uid,
      labels: inherited(child.labels),
      annotations: inherited(child.annotations),
      doubts: ["the PipelineRun is not in the input: its times are those of its tasks"],
    }),
    graph: [],
    children: [],
    skippedTasks: [],
    results: [],
    spanContext: undefined,
  };
}

/** A TaskRun that is only embedded in its PipelineRun's status. Like every child, it owes its name to its run. */
export function embeddedTaskRun(run: PipelineRun, reference: ChildReference): TaskRun {
  return {
    meta: embeddedMeta(run, reference),
    statusMessage: "",
    params: {},
    attempts: reference.attempts ?? [],
    spanContext: undefined,
  };
}

/** The same for a CustomRun, which v1beta1 embedded as `status.runs`. */
export function embeddedCustomRun(run: PipelineRun, reference: ChildReference): CustomRun {
  const status = reference.attempts?.at(-1);
  return {
    meta: embeddedMeta(run, reference),
    condition: status?.condition,
    startNs: status?.startNs,
    completionNs: status?.completionNs,
    statusMessage: "",
    results: status?.results ?? [],
  };
}

function embeddedMeta(run: PipelineRun, { kind, name, pipelineTask }: ChildReference): ObjectMeta {
  const { apiVersion, namespace, name: runName, hasUid, uid } = run.meta;
  return describeObject({
    kind,
    apiVersion,
    namespace,
    name,
    creationTimestamp: createdAt(run),
    labels: { "tekton.dev/pipelineTask": pipelineTask },
    annotations: {},
    owner: { kind: "PipelineRun", name: runName, uid: hasUid ? uid : "" },
    doubts: [],
  });
}

/** When a run was created, for children of which no creation time is known: names are used again, run after run. */
export function createdAt({ meta }: PipelineRun): string {
  return meta.createdNs === undefined ? "" : formatTime(meta.createdNs);
}

/** Keys Tekton sets on a child itself (tektoncd/pipeline docs/labels.md); all others it copied from the PipelineRun. */
const OWN_KEYS =
  /^tekton\.dev\/(pipelineRun|pipelineRunUID|pipelineTask|memberOf|taskRun|taskRunUID|task|taskrunSpanContext)$/;

function inherited(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !OWN_KEYS.test(key)));
}

/** A TaskRun from its Pods, oldest first: each is an attempt. */
export function inferTaskRun(pods: readonly Pod[]): TaskRun {
  const { meta } = pods[pods.length - 1] as Pod;
  const owner = meta.owner?.kind === "TaskRun" ? meta.owner : undefined;
  return {
    meta: describeObject({
      kind: "TaskRun",
      apiVersion: "tekton.dev/v1",
      namespace: meta.namespace,
      name: meta.labels["tekton.dev/taskRun"] ?? owner?.name ?? meta.name,
      uid: owner?.uid ?? meta.labels["tekton.dev/taskRunUID"],
      createdNs: pods[0]?.meta.createdNs,
      labels: meta.labels,
      annotations: meta.annotations,
      doubts: ["the TaskRun is not in the input: its times are those of its Pod"],
    }),
    statusMessage: "",
    params: {},
    attempts: pods.map(inferAttempt),
    spanContext: undefined,
  };
}

/** A Pod that was deleted, from the Events about it: when its attempt began, Tekton made it. */
export function inferPod(
  { meta }: TaskRun,
  attempt: Attempt,
  events: readonly KubernetesEvent[],
): Pod | undefined {
  const [event] = events;
  if (event === undefined || !attempt.podName) return undefined;
  return {
    meta: describeObject({
      kind: "Pod",
      apiVersion: "v1",
      namespace: meta.namespace,
      name: attempt.podName,
      uid: event.regarding.uid,
      createdNs: attempt.startNs,
      labels: {},
      annotations: {},
      doubts: [],
    }),
    phase: "",
    reason: "",
    message: "",
    initContainers: [],
    containers: [],
  };
}

function inferAttempt(pod: Pod): Attempt {
  const steps = stepsOfPod(pod);
  const isDone = pod.phase === "Succeeded" || pod.phase === "Failed";
  const status = pod.phase === "Failed" || steps.some(hasFailed) ? "False" : "True";
  const reason = pod.reason || (status === "True" ? "Succeeded" : "Failed");
  return {
    condition: isDone
      ? { status, reason, message: pod.message }
      : { status: "Unknown", reason: pod.phase, message: "" },
    startNs: pod.meta.createdNs,
    completionNs: isDone ? latest(pod.containers.map(finishedNs)) : undefined,
    podName: pod.meta.name,
    steps,
    results: [],
  };
}

/** A task fails when a step does, unless the step ignores it; the container of such a step exits with 0. */
function hasFailed({ state }: StepState): boolean {
  return state.kind === "terminated" && state.exitCode !== 0;
}

function finishedNs({ state }: Container): Nanos | undefined {
  return state.kind === "terminated" ? state.finishedNs : undefined;
}

/** The steps of a task by the containers that run them: `step-<name>` (tektoncd/pipeline docs/container-contract.md). */
export function stepsOfPod(pod: Pod): StepState[] {
  return pod.containers
    .filter(({ name }) => name.startsWith("step-"))
    .map((container) => ({
      name: container.name.slice("step-".length),
      container: container.name,
      imageId: container.imageId,
      state: container.state,
      terminationReason: container.terminationReason,
      results: [],
    }));
}
