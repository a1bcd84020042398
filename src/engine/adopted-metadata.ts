/** What a Task or Pipeline adds to the run that uses it (docs/labels.md). */
import type { KubeObject } from "../kube/index.ts";
import type { ObjectPass } from "./run-pass.ts";

type Texts = Readonly<Record<string, string>>;

/** The definition's labels and annotations; the run's own win. */
export function adoptMetadata(
  { object, draft }: Pick<ObjectPass<KubeObject & { status?: object }>, "object" | "draft">,
  definition: { labels: Texts; annotations: Texts },
): void {
  const { labels = {}, annotations = {} } = object.metadata;
  draft.labels = { ...without(definition.labels, labels), ...draft.labels };
  draft.annotations = { ...without(definition.annotations, annotations), ...draft.annotations };
}

function without(texts: Texts, present: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => present[key] === undefined));
}
