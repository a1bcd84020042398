/** Fields nobody knows: most are typing errors, and without a word they would do nothing (Kubernetes: "Field validation"). */
import type { KubeObject } from "../../../kube/index.ts";
import { isJsonObject } from "../json.ts";
import { badRequest } from "../refusals.ts";
import { SCHEMAS } from "./openapi.ts";
import type { Schema } from "./schema.ts";

/**
 * Answers a warning for each unknown field, none when the mode is `Ignore`. Throws 400 for the mode `Strict`.
 */
export function checkFields(object: KubeObject, mode: string): readonly string[] {
  const schema = SCHEMAS.get(`${object.apiVersion} ${object.kind}`);
  if (mode === "Ignore" || schema === undefined) return [];
  const unknown = unknownFields(object, schema).map((path) => `unknown field "${path}"`);
  if (mode !== "Strict" || unknown.length === 0) return unknown;
  const { apiVersion, kind } = object;
  const version = apiVersion.split("/").at(-1);
  throw badRequest(
    `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${unknown.join(", ")}`,
  );
}

/** Paths, e.g. `spec.tasks[0].run`. What a schema does not describe is taken as it is. */
function unknownFields(value: unknown, schema: Schema, path = ""): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      schema.items === undefined ? [] : unknownFields(item, schema.items, `${path}[${index}]`),
    );
  const { properties } = schema;
  if (!isJsonObject(value) || properties === undefined) return [];
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  return Object.entries(value).flatMap(([name, field]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
    // Directives of patches are no fields.
    if (inner === undefined) return isOpen || name.startsWith("$") ? [] : [at];
    return unknownFields(field, inner, at);
  });
}
