/** Label and field selectors (Kubernetes: "Labels and Selectors", "Field Selectors"). */
import type { Kind, Selectors } from "../../kube/index.ts";
import { isJsonObject } from "./json.ts";
import type { StoredObject } from "./objects.ts";
import { badRequest } from "./refusals.ts";

export type Matches = (object: StoredObject) => boolean;

/** Whether an object is selected, the namespace apart. Throws 400 for a selector that says nothing. */
export function matcherOf(kind: Kind, { labelSelector = "", fieldSelector = "" }: Selectors): Matches {
  const labels = splitTerms(labelSelector).map(labelRequirement);
  const fields = splitTerms(fieldSelector).map((term) => fieldRequirement(kind, term));
  const all = [...labels, ...fields];
  return (object) => all.every((matches) => matches(object));
}

/** At the commas that are not within parentheses. */
function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}

const SET = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUALITY = /^([^\s=!<>]+)\s*(==|=|!=)\s*([^\s=!<>]*)$/;
const PRESENCE = /^(!?)\s*([^\s=!<>()]+)$/;

function labelRequirement(term: string): Matches {
  const [, setKey = "", setOperator, values = ""] = SET.exec(term) ?? [];
  if (setOperator !== undefined) {
    const set = new Set(values.split(",").map((value) => value.trim()));
    return ofLabel(setKey, (value) => (value !== undefined && set.has(value)) === (setOperator === "in"));
  }
  const [, key = "", operator, wanted] = EQUALITY.exec(term) ?? [];
  if (operator !== undefined) return ofLabel(key, (value) => (value === wanted) === (operator !== "!="));
  const [, not, present] = PRESENCE.exec(term) ?? [];
  if (present === undefined) throw badRequest(`unable to parse requirement: ${JSON.stringify(term)}`);
  return ofLabel(present, (value) => (value === undefined) === (not === "!"));
}

function ofLabel(key: string, isRight: (value: string | undefined) => boolean): Matches {
  return ({ metadata }) => isRight(metadata.labels?.[key]);
}

const OF_ALL_KINDS = ["metadata.name", "metadata.namespace"];

/** Beyond those of all kinds. */
const OF_KIND: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"],
  Namespace: ["status.phase"],
  Secret: ["type"],
  Event: [
    ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map(
      (field) => `involvedObject.${field}`,
    ),
    ...["reason", "reportingComponent", "source", "type"],
  ],
};

function fieldRequirement({ kind }: Kind, term: string): Matches {
  const [, field = "", operator, wanted] = /^([^=!]+?)(==|=|!=)(.*)$/s.exec(term) ?? [];
  if (operator === undefined) throw badRequest(`invalid selector: ${JSON.stringify(term)}`);
  if (!OF_ALL_KINDS.includes(field) && OF_KIND[kind]?.includes(field) !== true)
    throw badRequest(`field label not supported: ${field}`);
  const path = field.split(".");
  return (object) => (textAt(object, path) === wanted) === (operator !== "!=");
}

/** An absent field is an empty one. */
function textAt(object: unknown, path: readonly string[]): string {
  let value = object;
  for (const field of path) value = isJsonObject(value) ? value[field] : undefined;
  return typeof value === "string" ? value : "";
}
