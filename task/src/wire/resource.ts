/** Where a step's telemetry comes from, by the variables of the step. */
import type { Environment } from "../context/context.ts";
import { percentDecoded } from "./percent.ts";

/** What Tekton and the downward API tell, under the names the trace model uses. */
const KNOWN_BY_VARIABLE = {
  "tekton.pipeline.name": "TEKTON_PIPELINE_NAME",
  "tekton.pipelinerun.name": "TEKTON_PIPELINE_RUN",
  "tekton.pipeline_task.name": "TEKTON_TASK_NAME",
  "tekton.taskrun.name": "TEKTON_TASK_RUN",
  "k8s.namespace.name": "K8S_NAMESPACE",
  "k8s.pod.name": "K8S_POD_NAME",
  "k8s.pod.uid": "K8S_POD_UID",
  "k8s.node.name": "K8S_NODE_NAME",
} as const;

/** Attributes that are another for each run: each value would make a time series of its own. */
const OF_ONE_RUN =
  /^(?:tekton\.(?:pipelinerun|taskrun)\.|cicd\.(?:pipeline\.(?:task\.)?run\.(?:id|url)|worker\.)|k8s\.(?:pod|container|node)\.|container\.|host\.|process\.|service\.instance\.)|\.uid$/;

/**
 * The resource of spans: `OTEL_RESOURCE_ATTRIBUTES`, then what is known besides. `OTEL_SERVICE_NAME` decides on
 * `service.name` (OpenTelemetry specification, "General SDK Configuration"); without either it is the task's name.
 */
export function resourceAttributes(env: Environment): Record<string, string> {
  const given = parsePairs(env["OTEL_RESOURCE_ATTRIBUTES"] ?? "");
  const known = Object.entries(KNOWN_BY_VARIABLE).flatMap(([key, variable]) => {
    const value = env[variable];
    return value ? [[key, value]] : [];
  });
  const serviceName =
    env["OTEL_SERVICE_NAME"] || given["service.name"] || env["TEKTON_TASK_NAME"] || "unknown_service";
  return { ...Object.fromEntries(known), ...given, "service.name": serviceName };
}

/** The resource of metrics: without what differs from run to run, so that runs share their time series. */
export function metricResource(env: Environment): Record<string, string> {
  const attributes = Object.entries(resourceAttributes(env));
  return Object.fromEntries(attributes.filter(([key]) => !OF_ONE_RUN.test(key)));
}

/** The attributes that every data point of a task's metrics has: both from small sets. */
export function metricAttributes(env: Environment): Record<string, string> {
  const { TEKTON_PIPELINE_NAME: pipeline, TEKTON_TASK_NAME: task } = env;
  return { ...(pipeline && { "tekton.pipeline.name": pipeline }), ...(task && { "tekton.task.name": task }) };
}

/** `key=value,…`, values percent-encoded; a pair that is none is left out. */
function parsePairs(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((pair): [string, string][] => {
    const equals = pair.indexOf("=");
    const key = pair.slice(0, Math.max(equals, 0)).trim();
    return key === "" ? [] : [[key, percentDecoded(pair.slice(equals + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}
