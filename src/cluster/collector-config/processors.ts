/** What happens to telemetry on its way through, besides sampling. */
import type { Component } from "./component.ts";
import type { Cluster, CollectorPlan } from "./plan.ts";

/** Always first: what it refuses, the sender keeps and sends again. Shares of the memory as its README advises. */
export function memoryLimiter({ memoryMiB }: CollectorPlan): Component {
  const limit = memoryShare(memoryMiB);
  return [
    "memory_limiter",
    { check_interval: "1s", limit_mib: limit, spike_limit_mib: Math.floor(limit / 5) },
  ];
}

/** Four fifths of a memory: what the heap may take. */
export function memoryShare(memoryMiB: number): number {
  return Math.floor((memoryMiB * 4) / 5);
}

/** Labels that Tekton puts on the Pods of TaskRuns, and the attributes Throughline has for them. */
const TEKTON_LABELS = {
  "tekton.dev/pipeline": "tekton.pipeline.name",
  "tekton.dev/pipelineRun": "tekton.pipelinerun.name",
  "tekton.dev/pipelineTask": "tekton.pipeline_task.name",
  "tekton.dev/taskRun": "tekton.taskrun.name",
};

/** Says of which Pod telemetry is, and of which run: on stock Tekton too, whose steps know neither. */
export const kubernetesAttributes: Component = [
  "k8s_attributes",
  {
    extract: {
      // Nothing that needs more rights than to read Pods.
      metadata: ["k8s.namespace.name", "k8s.pod.name", "k8s.pod.uid", "k8s.node.name"],
      labels: Object.entries(TEKTON_LABELS).map(([key, tag]) => ({ tag_name: tag, key, from: "pod" })),
    },
    pod_association: [
      { sources: [attribute("k8s.pod.uid")] },
      { sources: [attribute("k8s.pod.name"), attribute("k8s.namespace.name")] },
      { sources: [{ from: "connection" }] },
    ],
    // What these send is about runs, not about the Pod that happens to report them.
    exclude: { pods: [{ name: "^throughline-(collector|controller|gateway|integration|release)(-|$)" }] },
  },
];

function attribute(name: string): object {
  return { from: "resource_attribute", name };
}

/** Tells clusters apart that share a backend. Collectors read `$$` as a dollar sign. */
export function clusterName({ name }: Cluster): Component {
  return [
    "resource",
    { attributes: [{ key: "k8s.cluster.name", value: name.replaceAll("$", "$$$$"), action: "upsert" }] },
  ];
}

/** Resource attributes that are new with every run: each would make new time series of a metric. */
const PER_RUN = [
  "k8s\\.(pod|container|node)\\..+",
  "container\\..+",
  "host\\..+",
  "process\\..+",
  "service\\.instance\\.id",
  "tekton\\.(pipelinerun|taskrun)\\..+",
  "cicd\\.pipeline\\.(task\\.)?run\\..+",
];

/** Bounds the number of a metric's time series. */
export const withoutRuns: Component = [
  "resource/without_runs",
  { attributes: [{ pattern: `^(${PER_RUN.join("|")})$`, action: "delete" }] },
];
