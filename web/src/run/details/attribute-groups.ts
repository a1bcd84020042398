import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

export interface AttributeGroup {
  title: string;
  attributes: { key: string; value: string }[];
}

/** Groups in the order in which they are shown; a key belongs to the first that takes it. */
const GROUPS: readonly { title: string; takes: (key: string) => boolean }[] = [
  { title: "Error", takes: prefixed("error.", "exception.") },
  { title: "Step", takes: prefixed("tekton.step.", "process.", "container.", "k8s.container.") },
  {
    title: "Task",
    takes: prefixed(
      "tekton.task",
      "tekton.pipeline_task.",
      "tekton.customrun.",
      "cicd.pipeline.task.",
      "tekton.retr",
      "tekton.matrix",
      "tekton.member_of",
      "tekton.display_name",
      "tekton.phase",
      "tekton.pull.",
    ),
  },
  { title: "Results", takes: prefixed("tekton.result.") },
  {
    title: "Run",
    takes: prefixed(
      "tekton.pipeline.",
      "tekton.pipelinerun.",
      "cicd.",
      "tekton.reason",
      "tekton.message",
      "tekton.failed.",
    ),
  },
  { title: "Pod", takes: prefixed("k8s.", "host.") },
  { title: "Source", takes: prefixed("vcs.", "pipelinesascode.tekton.dev.") },
  { title: "Delivery", takes: prefixed("delivery.tekton.dev.", "appstudio.") },
  { title: "Throughline", takes: prefixed("throughline.", "tekton.raw.") },
  { title: "Tekton", takes: prefixed("tekton.") },
];

function prefixed(...prefixes: string[]): (key: string) => boolean {
  return (key) => prefixes.some((prefix) => key.startsWith(prefix));
}

const OWN = "Attributes";
const RESOURCE = "Resource";

/**
 * The attributes of a span and its resource, grouped by what they are about and in order of their keys. What a program inside a
 * step says of itself comes first: it is why one looks. Where span and resource have the same key and value it is said once.
 */
export function groupAttributes(
  { attributes, resource }: Pick<SpanAnswer, "attributes" | "resource">,
  shownElsewhere: ReadonlySet<string> = new Set(),
): AttributeGroup[] {
  const groups = new Map<string, AttributeGroup["attributes"]>();
  const add = (title: string, key: string, value: string) =>
    groups.set(title, [...(groups.get(title) ?? []), { key, value }]);
  for (const [key, value] of sorted(attributes))
    if (!shownElsewhere.has(key)) add(titleOf(key, OWN), key, value);
  for (const [key, value] of sorted(resource))
    if (attributes[key] !== value) add(titleOf(key, RESOURCE), key, value);
  return [OWN, ...GROUPS.map(({ title }) => title), RESOURCE].flatMap((title) => {
    const members = groups.get(title);
    return members === undefined ? [] : [{ title, attributes: members }];
  });
}

function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

function titleOf(key: string, otherwise: string): string {
  return GROUPS.find(({ takes }) => takes(key))?.title ?? otherwise;
}
