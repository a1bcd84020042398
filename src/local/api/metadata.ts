import type { KubeObject, Metadata } from "../../kube/index.ts";
import { isJsonObject } from "./json.ts";
import { badRequest } from "./refusals.ts";

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === "string";
const isMap: Test = isJsonObject;
const isListOf =
  (isItem: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(isItem);
const isOwner: Test = (value) => isJsonObject(value) && isText(value["uid"]) && isText(value["name"]);

/** The fields rules are made of; the others are kept as they come. */
const FIELDS: Readonly<Record<string, { is: Test; called: string }>> = {
  name: { is: isText, called: "a string" },
  generateName: { is: isText, called: "a string" },
  namespace: { is: isText, called: "a string" },
  uid: { is: isText, called: "a string" },
  resourceVersion: { is: isText, called: "a string" },
  labels: { is: isMap, called: "a map" },
  annotations: { is: isMap, called: "a map" },
  finalizers: { is: isListOf(isText), called: "a list of strings" },
  ownerReferences: { is: isListOf(isOwner), called: "a list of owners, each with name and uid" },
};

/** `metadata` of an object that somebody sent. Null is absent. Throws 400 where a field is not what it has to be. */
export function metadataOf({ kind, metadata }: KubeObject): Metadata {
  const given = isJsonObject(metadata) ? Object.entries(metadata) : [];
  const present = given.filter(([, value]) => value !== null && value !== undefined);
  for (const [name, value] of present) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field !== undefined && !field.is(value))
      throw badRequest(`this cannot be handled as a ${kind}: metadata.${name} must be ${field.called}`);
  }
  return { name: "", ...Object.fromEntries(present) };
}
