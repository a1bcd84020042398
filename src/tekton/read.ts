import { type CustomRun, readCustomRun } from "./custom-run.ts";
import { type KubernetesEvent, readEvent } from "./event.ts";
import { Damage, Fields, isObject } from "./fields.ts";
import { type Release, readRelease, readSnapshot, type Snapshot } from "./konflux.ts";
import { type PipelineRun, readPipelineRun } from "./pipeline-run.ts";
import { type Pod, readPod } from "./pod.ts";
import { readTaskRun, type TaskRun } from "./task-run.ts";

/** The objects a trace is made of. */
export interface ClusterObjects {
  pipelineRuns: PipelineRun[];
  taskRuns: TaskRun[];
  customRuns: CustomRun[];
  pods: Pod[];
  events: KubernetesEvent[];
  snapshots: Snapshot[];
  releases: Release[];
}

export function noObjects(): ClusterObjects {
  return {
    pipelineRuns: [],
    taskRuns: [],
    customRuns: [],
    pods: [],
    events: [],
    snapshots: [],
    releases: [],
  };
}

/** What became of an object: kept, of no interest, or so damaged that it has to be left out. */
export type ReadOutcome =
  | { kind: "kept" }
  | { kind: "unknown"; objectKind: string }
  | { kind: "damaged"; object: string; message: string };

type Reader = (object: Fields, into: ClusterObjects) => void;

/** Kinds are told apart with their API group: an Argo "Workflow" or a Knative "Run" is none of ours. */
const READERS: Record<string, Reader> = {
  "tekton.dev/PipelineRun": (object, into) => into.pipelineRuns.push(readPipelineRun(object)),
  "tekton.dev/TaskRun": (object, into) => into.taskRuns.push(readTaskRun(object)),
  "tekton.dev/CustomRun": (object, into) => into.customRuns.push(readCustomRun(object)),
  "tekton.dev/Run": (object, into) => into.customRuns.push(readCustomRun(object)),
  "/Pod": (object, into) => into.pods.push(readPod(object)),
  "/Event": (object, into) => into.events.push(readEvent(object)),
  "events.k8s.io/Event": (object, into) => into.events.push(readEvent(object)),
  "appstudio.redhat.com/Snapshot": (object, into) => into.snapshots.push(readSnapshot(object)),
  "appstudio.redhat.com/Release": (object, into) => into.releases.push(readRelease(object)),
  // Konflux is moving its kinds to a group of its own (Konflux ADR 68).
  "konflux-ci.dev/Snapshot": (object, into) => into.snapshots.push(readSnapshot(object)),
  "konflux-ci.dev/Release": (object, into) => into.releases.push(readRelease(object)),
};

/** Reads one Kubernetes object, whatever it is, and adds it to the others. Never throws on bad input. */
export function readObject(value: unknown, into: ClusterObjects, { isDeleted = false } = {}): ReadOutcome {
  const reader = readerOf(value);
  if (reader === undefined) return { kind: "unknown", objectKind: kindOf(value) };
  try {
    const fields = new Fields(value);
    fields.isDeleted = isDeleted;
    reader(fields, into);
    return { kind: "kept" };
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return { kind: "damaged", object: nameObject(value), message: error.message };
  }
}

function readerOf(value: unknown): Reader | undefined {
  if (!isObject(value)) return undefined;
  const { apiVersion, kind } = value;
  const group = typeof apiVersion === "string" && apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  const key = `${group}/${kind}`;
  return Object.hasOwn(READERS, key) ? READERS[key] : undefined;
}

function kindOf(value: unknown): string {
  return isObject(value) && typeof value.kind === "string" ? value.kind : "(no kind)";
}

/** `PipelineRun demo/ship-7k2mq`, as far as a damaged object lets itself be named. */
function nameObject(value: unknown): string {
  const metadata = isObject(value) && isObject(value.metadata) ? value.metadata : {};
  const name = typeof metadata.name === "string" ? metadata.name : "(no name)";
  const namespace = typeof metadata.namespace === "string" ? `${metadata.namespace}/` : "";
  return `${kindOf(value)} ${namespace}${name}`;
}
