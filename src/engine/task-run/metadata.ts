/** Labels and annotations of a TaskRun, some of which come from its Task (docs/labels.md). */
import { adoptMetadata } from "../adopted-metadata.ts";
import type { TaskRunPass } from "./pass.ts";

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

/** What the Task adds, and which it is. */
export function adoptTask(
  pass: TaskRunPass,
  { name, labels, annotations }: { name: string; labels: Texts; annotations: Texts },
): void {
  adoptMetadata(pass, { labels: { ...labels, [TASK_LABEL]: name }, annotations });
}

/** The TaskRun's labels and annotations as they will be when the pass is over. */
export function metadataToBe({ object, draft }: TaskRunPass): { labels: Texts; annotations: Texts } {
  return {
    labels: { ...object.metadata.labels, ...draft.labels },
    annotations: { ...object.metadata.annotations, ...draft.annotations },
  };
}
