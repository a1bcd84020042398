/** Labels and annotations of a TaskRun, some of which come from its Task (docs/labels.md). */
import type { OwnerReference, Pod, Stored } from "../../kube/index.ts";
import type { TaskRun } from "../types/index.ts";
import type { TaskRunPass } from "./pass.ts";
import { READY_ANNOTATION } from "./pod/contract.ts";

type Texts = Readonly<Record<string, string>>;

export const TASK_LABEL = "tekton.dev/task";
export const ON_ERROR_ANNOTATION = "pipeline.tekton.dev/pipeline-task-on-error";

/** What every TaskRun has from its first pass on. */
export function stampMetadata({ engine, object, draft }: TaskRunPass): void {
  const managedBy = "app.kubernetes.io/managed-by";
  draft.labels = { [managedBy]: engine.config.managedByLabel, ...pick(object.metadata.labels, managedBy) };
  draft.annotations = { "pipeline.tekton.dev/release": engine.version };
}

function pick(texts: Texts | undefined, key: string): Texts {
  const text = texts?.[key];
  return text === undefined ? {} : { [key]: text };
}

/** What the Task adds; the run's own wins. */
export function adoptMetadata(
  { object, draft }: TaskRunPass,
  task: { name: string; labels: Texts; annotations: Texts },
): void {
  const { labels = {}, annotations = {} } = object.metadata;
  const added = { ...task.labels, [TASK_LABEL]: task.name };
  draft.labels = { ...without(added, labels), ...draft.labels };
  draft.annotations = { ...without(task.annotations, annotations), ...draft.annotations };
}

/** Of the Pod alone. */
const POD_KEYS = new Set(["tekton.dev/taskRun", "tekton.dev/taskRunUID", READY_ANNOTATION]);

/** What the pass that made the Pod may not have come to write: the Pod has it too. */
export function recoverMetadata({ object, draft }: TaskRunPass, { metadata }: Stored<Pod>): void {
  const { labels = {}, annotations = {} } = object.metadata;
  draft.labels = { ...lost(metadata.labels, labels), ...draft.labels };
  draft.annotations = { ...lost(metadata.annotations, annotations), ...draft.annotations };
}

function lost(ofPod: Texts = {}, present: Texts): Texts {
  return Object.fromEntries(Object.entries(without(ofPod, present)).filter(([key]) => !POD_KEYS.has(key)));
}

function without(texts: Texts, present: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => present[key] === undefined));
}

/** The TaskRun's labels and annotations as they will be when the pass is over. */
export function metadataToBe({ object, draft }: TaskRunPass): { labels: Texts; annotations: Texts } {
  return {
    labels: { ...object.metadata.labels, ...draft.labels },
    annotations: { ...object.metadata.annotations, ...draft.annotations },
  };
}

/** For what a TaskRun makes: it goes when the TaskRun goes. */
export function ownerReferenceTo({ apiVersion, kind, metadata }: Stored<TaskRun>): OwnerReference {
  const { name, uid } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
