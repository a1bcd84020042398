/** What the environment of a step says of where it runs, so that what it does joins the trace. */
import { environmentFor, type TraceContext } from "../../../context/index.ts";
import type { EnvVar, Stored } from "../../../kube/index.ts";
import { spanIds } from "../../../trace/index.ts";
import type { TaskRun } from "../../types/index.ts";

/** Whose environment it is. */
export interface StepIdentity {
  taskRun: Stored<TaskRun>;
  /** Of the TaskRun, with those that are still to be written. */
  labels: Readonly<Record<string, string>>;
  /** Of the TaskRun's execution span. */
  context: TraceContext;
  /** Counts from 1. */
  attempt: number;
  podName: string;
  step: string;
  container: string;
  /** Where telemetry goes, if anywhere. */
  otlpEndpoint: string | undefined;
}

/** Pod fields whose value is known only when the Pod is. */
const POD_FIELDS: readonly EnvVar[] = [
  ["K8S_POD_NAME", "metadata.name"],
  ["K8S_POD_UID", "metadata.uid"],
  ["K8S_NAMESPACE", "metadata.namespace"],
  ["K8S_NODE_NAME", "spec.nodeName"],
].map(([name = "", fieldPath = ""]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }));

/** The variables every step gets, unless it sets them itself. Those that the last ones refer to come first. */
export function stepEnvironment(identity: StepIdentity): EnvVar[] {
  return [...POD_FIELDS, ...textVariables(identity), resourceAttributes(identity)];
}

function textVariables({ taskRun, labels, context, attempt, step, otlpEndpoint }: StepIdentity): EnvVar[] {
  const spanId = spanIds.step(taskRun.metadata.uid, attempt, step);
  const values = {
    ...environmentFor({ ...context, spanId }),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
    OTEL_SERVICE_NAME: taskNameOf(labels) ?? step,
    TEKTON_PIPELINE_NAME: pipelineNameOf(labels),
    TEKTON_PIPELINE_RUN: labels["tekton.dev/pipelineRun"],
    TEKTON_TASK_NAME: taskNameOf(labels),
    TEKTON_TASK_RUN: taskRun.metadata.name,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value ? [{ name, value: value.replaceAll("$", "$$$$") }] : [],
  );
}

/**
 * As the pipeline calls it, else as the Task is called. A TaskRun with a Task of its own has no such name, and that of the run would
 * begin new series of metrics with every run.
 */
function taskNameOf(labels: StepIdentity["labels"]): string | undefined {
  return labels["tekton.dev/pipelineTask"] ?? labels["tekton.dev/task"];
}

/**
 * What many runs share. A pipeline without a name of its own is labelled with the run's, which would begin new series of metrics
 * with every run: then what Pipelines-as-Code calls it, as in the trace, or nothing.
 */
function pipelineNameOf(labels: StepIdentity["labels"]): string | undefined {
  const name = labels["tekton.dev/pipeline"];
  if (name !== labels["tekton.dev/pipelineRun"]) return name;
  return labels["pipelinesascode.tekton.dev/original-prname"];
}

/** Values are percent-encoded (OpenTelemetry specification, Resource SDK, "Specifying resource information via an environment variable"). */
function resourceAttributes({ taskRun, labels, podName, step, container }: StepIdentity): EnvVar {
  const { namespace, name } = taskRun.metadata;
  const known = {
    "k8s.namespace.name": namespace,
    "k8s.pod.name": podName,
    "k8s.container.name": container,
    "tekton.pipeline.name": pipelineNameOf(labels),
    "tekton.pipelinerun.name": labels["tekton.dev/pipelineRun"],
    "tekton.pipeline_task.name": labels["tekton.dev/pipelineTask"],
    "tekton.taskrun.name": name,
    "tekton.task.name": labels["tekton.dev/task"],
    "tekton.step.name": step,
    "cicd.pipeline.name": pipelineNameOf(labels),
    "cicd.pipeline.run.id": labels["tekton.dev/pipelineRunUID"],
  };
  const pairs = Object.entries(known).flatMap(([key, value]) =>
    value ? [`${key}=${encodeURIComponent(value)}`] : [],
  );
  const value = [...pairs, "k8s.pod.uid=$(K8S_POD_UID)", "k8s.node.name=$(K8S_NODE_NAME)"].join(",");
  return { name: "OTEL_RESOURCE_ATTRIBUTES", value };
}

/** The variables given first, without those the later lists have too; of those the last counts. */
export function joinEnvironments(...lists: readonly (readonly EnvVar[])[]): EnvVar[] {
  const all = lists.flat();
  const last = new Map(all.map((variable, index) => [variable.name, index]));
  return all.filter(({ name }, index) => last.get(name) === index);
}
