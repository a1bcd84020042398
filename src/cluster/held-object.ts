import {
  type ClusterObjects,
  type CustomRun,
  type KubernetesEvent,
  noObjects,
  type ObjectMeta,
  type PipelineRun,
  type Pod,
  readObject,
  type TaskRun,
} from "../tekton/index.ts";

/** An object that traces are made of. */
export type HeldObject =
  | { list: "pipelineRuns"; object: PipelineRun }
  | { list: "taskRuns"; object: TaskRun }
  | { list: "customRuns"; object: CustomRun }
  | { list: "pods"; object: Pod }
  | { list: "events"; object: KubernetesEvent };

export type ListName = HeldObject["list"];

/** Reads an object as the API gave it; the message says why it has to be left out. */
export function readHeld(value: unknown): HeldObject | { list: "none"; message: string } {
  const objects = noObjects();
  const outcome = readObject(value, objects);
  if (outcome.kind === "damaged") return { list: "none", message: `${outcome.object}: ${outcome.message}` };
  const { pipelineRuns, taskRuns, customRuns, pods, events } = objects;
  if (pipelineRuns[0] !== undefined) return { list: "pipelineRuns", object: pipelineRuns[0] };
  if (taskRuns[0] !== undefined) return { list: "taskRuns", object: taskRuns[0] };
  if (customRuns[0] !== undefined) return { list: "customRuns", object: customRuns[0] };
  if (pods[0] !== undefined) return { list: "pods", object: pods[0] };
  if (events[0] !== undefined) return { list: "events", object: events[0] };
  return { list: "none", message: "it is of a kind that traces are not made of" };
}

/** The same object, gone. Only of runs does a trace say so: Pods and Events go in the course of things. */
export function asDeleted(held: HeldObject): HeldObject {
  if (held.list === "pods" || held.list === "events") return held;
  const meta: ObjectMeta = { ...held.object.meta, isDeleted: true };
  return { list: held.list, object: { ...held.object, meta } } as HeldObject;
}

/** What an object belongs to: the UID of its owner or subject; of the Event of a Pod, that Pod's name. */
export function parentOf({ list, object }: HeldObject): string | undefined {
  if (list !== "events") {
    const { owner } = object.meta;
    return owner !== undefined && PARENT_KINDS.has(owner.kind) && owner.uid !== "" ? owner.uid : undefined;
  }
  const { kind, namespace, name, uid } = object.regarding;
  return kind === "Pod" ? podNode(namespace, name) : uid || undefined;
}

const PARENT_KINDS = new Set(["PipelineRun", "TaskRun"]);

/** The Pods that are known to belong to it by name. Tekton deletes the Pod of a task it stops, and its Events stay. */
export function podNodesOf({ list, object }: HeldObject): string[] {
  const { namespace, name } = object.meta;
  if (list === "pods") return [podNode(namespace, name)];
  if (list !== "taskRuns") return [];
  return object.attempts.flatMap(({ podName }) => (podName ? [podNode(namespace, podName)] : []));
}

function podNode(namespace: string, name: string): string {
  return `Pod ${namespace}/${name}`;
}

/** Puts it among its like. */
export function addTo(objects: ClusterObjects, { list, object }: HeldObject): void {
  const like: unknown[] = objects[list];
  like.push(object);
}
