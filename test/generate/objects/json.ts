export type Json = string | number | boolean | null | undefined | Json[] | JsonObject;

/** A Kubernetes object or a part of one. What is undefined is not there. */
export interface JsonObject {
  [key: string]: Json;
}

/** The object as kubectl prints it: keys in alphabetical order, nothing that is undefined. */
export function inKubectlOrder(object: JsonObject): JsonObject {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, ordered(value)]),
  );
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  return typeof value === "object" && value !== null ? inKubectlOrder(value) : value;
}

/** `{a: 1}` as `[{name: "a", value: 1}]`; undefined when there is nothing, which the API leaves out. */
export function nameValues(values: Record<string, Json>): Json[] | undefined {
  return nonEmpty(Object.entries(values).map(([name, value]) => ({ name, value })));
}

export function nonEmpty(list: Json[]): Json[] | undefined {
  return list.length > 0 ? list : undefined;
}
