/**
 * Server-side apply, simplified: what is applied is merged over the object, and what the same manager applied before and
 * leaves out now is removed, unless another one applied it too. Maps are owned field by field, lists as a whole. Nobody's
 * fields are protected from another manager: there are no conflicts, as with `--force-conflicts`.
 */
import { isJsonObject, type JsonObject, objectAt } from "./json.ts";
import { mergePatch } from "./patches.ts";

/** Who applies, and when. */
export interface Manager {
  name: string;
  /** RFC 3339. */
  time: string;
}

/** Fields as `metadata.managedFields[].fieldsV1` has them: `f:` before each name, an empty object at the ends. */
type FieldSet = { readonly [field: string]: FieldSet };

interface ManagedFields {
  manager: string;
  operation: "Apply";
  apiVersion: unknown;
  time: string;
  fieldsType: "FieldsV1";
  fieldsV1: FieldSet;
}

/** The object after `applied` was applied to it, `managedFields` included. */
export function serverSideApply(
  target: JsonObject,
  applied: JsonObject,
  { name, time }: Manager,
): JsonObject {
  const managed = managedFieldsOf(target);
  const others = managed.filter(({ manager }) => manager !== name);
  const before = managed.find(({ manager }) => manager === name)?.fieldsV1 ?? {};
  const now = fieldsOf(withoutIdentity(applied));
  const kept = others.map(({ fieldsV1 }) => fieldsV1).concat(now);
  const merged = mergePatch(withoutFields(target, before, kept), applied);
  const entry: ManagedFields = {
    manager: name,
    operation: "Apply",
    apiVersion: applied["apiVersion"],
    time,
    fieldsType: "FieldsV1",
    fieldsV1: now,
  };
  return mergePatch(merged, { metadata: { managedFields: [...others, entry] } }) as JsonObject;
}

function managedFieldsOf(target: JsonObject): ManagedFields[] {
  const entries = objectAt(target, "metadata")["managedFields"];
  return Array.isArray(entries) ? (entries.filter(isManagedFields) as ManagedFields[]) : [];
}

/** Clients may send anything there. */
function isManagedFields(entry: unknown): boolean {
  return isJsonObject(entry) && isJsonObject(entry["fieldsV1"]);
}

/** Nobody owns what says which object it is. */
function withoutIdentity(applied: JsonObject): JsonObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = applied;
  const { name: ___, namespace: ____, ...ownable } = isJsonObject(metadata) ? metadata : {};
  return { ...rest, metadata: ownable };
}

function fieldsOf(value: JsonObject): FieldSet {
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [`f:${field}`, isJsonObject(inner) ? fieldsOf(inner) : {}]),
  );
}

/** Without the ends of `fields` that none of `kept` has. */
function withoutFields(target: JsonObject, fields: FieldSet, kept: readonly FieldSet[]): JsonObject {
  return Object.fromEntries(
    Object.entries(target).flatMap(([name, value]) => {
      const field = `f:${name}`;
      const inner = fields[field];
      if (inner === undefined) return [[name, value]];
      const keptInner = kept.flatMap((set) => set[field] ?? []);
      if (Object.keys(inner).length === 0) return keptInner.length === 0 ? [] : [[name, value]];
      return [[name, isJsonObject(value) ? withoutFields(value, inner, keptInner) : value]];
    }),
  );
}
