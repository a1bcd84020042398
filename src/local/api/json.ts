/** JSON values as objects are made of them. */
import { badRequest } from "./refusals.ts";

/** A JSON object, whatever is in it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands there, or an empty object where there is none. */
export function objectAt(value: unknown, field: string): JsonObject {
  const found = isJsonObject(value) ? value[field] : undefined;
  return isJsonObject(found) ? found : {};
}

/** Levels of an object; what writes and reads objects goes down them by calls. The deepest real ones have some thirty. */
const MOST_LEVELS = 500;

/**
 * A copy that nobody can change, as it would come back over the wire: without fields that are undefined. What is frozen
 * already is shared, not copied: objects of this API are frozen all the way down, and an update repeats most of one.
 * Throws 400 for what is nested too deeply.
 */
export function frozenCopy<T>(value: T): T {
  return frozenLevels(value, MOST_LEVELS) as T;
}

function frozenLevels(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (levels === 0) throw badRequest(`the object is nested too deeply: it may have ${MOST_LEVELS} levels`);
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenLevels(item ?? null, levels - 1)));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = (value as JsonObject)[key];
    // Assigning to it would set the prototype.
    if (field !== undefined && key !== "__proto__") copy[key] = frozenLevels(field, levels - 1);
  }
  return Object.freeze(copy);
}

/** Whether two JSON values say the same. Fields that are undefined do not count. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) return Array.isArray(other) && isSameList(one, other);
  return isJsonObject(one) && isJsonObject(other) && isSameObject(one, other);
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => isSameJson(item, other[index]));
}

function isSameObject(one: JsonObject, other: JsonObject): boolean {
  const isIn = (object: JsonObject, key: string) => Object.hasOwn(object, key) && object[key] !== undefined;
  for (const key of Object.keys(one)) if (isIn(one, key) && !isIn(other, key)) return false;
  return Object.keys(other).every(
    (key) => !isIn(other, key) || (isIn(one, key) && isSameJson(one[key], other[key])),
  );
}
