/** Values of params and results as they come out of JSON (tektoncd/pipeline docs/tasks.md, "Specifying Parameters"). */
import type { ParamSpec, ParamType, ParamValue } from "../types/index.ts";

/**
 * A value as Tekton reads it from JSON: a list of texts, texts by key, or a text. Whatever else stands there is a text:
 * numbers and booleans as written, lists and objects of other things as their JSON, nothing as the empty text.
 */
export function paramValueOf(raw: unknown): ParamValue {
  if (typeof raw === "string") return raw;
  if (raw === undefined || raw === null) return "";
  if (Array.isArray(raw) && raw.every(isText)) return raw;
  if (isObject(raw) && Object.values(raw).every(isText)) return raw as Record<string, string>;
  return typeof raw === "object" ? JSON.stringify(raw) : String(raw);
}

/** The type a value has by its shape. */
export function typeOfValue(value: ParamValue): ParamType {
  if (typeof value === "string") return "string";
  return isList(value) ? "array" : "object";
}

/** The type of a declared param: the one it names, else what its properties or its default imply, else string. */
export function paramTypeOf(spec: ParamSpec): ParamType {
  if (spec.type !== undefined) return spec.type;
  if (spec.properties !== undefined) return "object";
  return spec.default === undefined ? "string" : typeOfValue(paramValueOf(spec.default));
}

/** `Array.isArray` that narrows a value's read-only list. */
export function isList(value: ParamValue): value is readonly string[] {
  return Array.isArray(value);
}

/** Texts by key, as an object param is. */
export function isMap(value: ParamValue): value is Readonly<Record<string, string>> {
  return typeof value !== "string" && !isList(value);
}

/** A JSON object, that is no list and not `null`. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
