import { ApiError } from "../api.ts";
import { apiVersionOf, type Kind } from "../kinds.ts";
import type { KubeObject, Stored } from "../object.ts";

type Json = Readonly<Record<string, unknown>>;

/** JSON text that has to be an object. */
export function parseObject(text: string, from: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw new ApiError({ status: 0, reason: "Unreadable", message: `${from}: not JSON` }, { cause });
  }
  throw new ApiError({ status: 0, reason: "Unreadable", message: `${from}: not an object` });
}

/**
 * An object as the contract has it: frozen, with its kind (which API servers leave out in lists), and without
 * `managedFields`, a sixth of what it takes in memory that nobody here looks at.
 */
export function storedObject<T extends KubeObject>(value: unknown, kind: Kind<T>): Stored<T> {
  const object = isObject(value) ? value : {};
  const { managedFields: _, ...metadata } = isObject(object.metadata) ? object.metadata : {};
  const whole: unknown = { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata };
  return deepFreeze(whole) as Stored<T>;
}

/** The `resourceVersion` and `continue` of a list or a bookmark. */
export function positionOf({ metadata }: Json): { resourceVersion: string; continue?: string } {
  const { resourceVersion, continue: next } = isObject(metadata) ? metadata : {};
  return {
    resourceVersion: typeof resourceVersion === "string" ? resourceVersion : "",
    continue: typeof next === "string" && next !== "" ? next : undefined,
  };
}

/** What the API says of a failure (meta/v1 Status); whatever else is in its place is quoted, as far as it is short. */
export function errorOf({ status, body, from }: { status: number; body: string; from: string }): ApiError {
  const { code, reason, message } = statusIn(body);
  return new ApiError({
    status: typeof code === "number" && code !== 0 ? code : status,
    reason: typeof reason === "string" ? reason : "",
    message: typeof message === "string" ? message : `${from}: ${status} ${body.slice(0, 200)}`.trim(),
  });
}

function statusIn(body: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) && value.kind === "Status" ? value : {};
  } catch {
    return {}; // A proxy's page, or nothing: the HTTP status says it.
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
