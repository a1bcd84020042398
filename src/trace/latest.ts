import { type ObjectMeta, standInFor } from "../tekton/index.ts";
import { compareText, nameOf } from "./keys.ts";

/**
 * One object for each UID, in an order that does not depend on the order of the input.
 *
 * A dump taken twice, or split with an overlap, holds an object more than once: the last state wins. Two objects
 * that share a UID though they have different names cannot both be what they say: the second gets a stand-in.
 */
export function latestOfEach<T extends { meta: ObjectMeta }>(objects: readonly T[], doubts: string[]): T[] {
  const byUid = new Map<string, T>();
  for (const object of [...objects].sort(byNameThenAge)) {
    const other = byUid.get(object.meta.uid);
    if (other === undefined || isSameObject(other.meta, object.meta)) {
      byUid.set(object.meta.uid, object);
      continue;
    }
    doubts.push(`${nameOf(object.meta)} has the UID of ${nameOf(other.meta)}: one of them was edited`);
    const meta = standInFor(object.meta);
    byUid.set(meta.uid, { ...object, meta });
  }
  return [...byUid.values()];
}

function isSameObject(a: ObjectMeta, b: ObjectMeta): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}

function byNameThenAge(a: { meta: ObjectMeta }, b: { meta: ObjectMeta }): number {
  return (
    compareText(a.meta.namespace, b.meta.namespace) ||
    compareText(a.meta.name, b.meta.name) ||
    compareText(a.meta.uid, b.meta.uid) ||
    compareVersions(a.meta.resourceVersion, b.meta.resourceVersion) ||
    Number(a.meta.isDeleted ?? false) - Number(b.meta.isDeleted ?? false) ||
    compareText(contentOf(a), contentOf(b))
  );
}

/** resourceVersion is opaque to clients, but in etcd it grows; that is all there is to tell two states apart. */
function compareVersions(a = "", b = ""): number {
  return a.length - b.length || compareText(a, b);
}

function contentOf(object: object): string {
  return JSON.stringify(object, (_, value) => (typeof value === "bigint" ? value.toString() : value));
}
