import { standInUid } from "../context/index.ts";
import type { Fields } from "./fields.ts";
import type { Nanos } from "./time.ts";

/** What Throughline needs of `metadata` (apimachinery, meta/v1 ObjectMeta). */
export interface ObjectMeta {
  kind: string;
  apiVersion: string;
  /** Empty where a trimmed dump does not say. */
  namespace: string;
  name: string;
  /** The object's UID, or its stand-in where a trimmed dump has none (design: id derivation). */
  uid: string;
  hasUid: boolean;
  generateName?: string;
  createdNs?: Nanos;
  /** A watch saw it go: this is its last state. */
  isDeleted?: boolean;
  resourceVersion?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** The controlling owner, else the first owner. */
  owner?: OwnerReference;
  /** What could not be read, in words, for whoever looks at the trace. */
  doubts: readonly string[];
}

export interface OwnerReference {
  kind: string;
  name: string;
  uid: string;
}

/** Reads `metadata` of a whole object. Throws `Damage` when there is no kind or no name. */
export function readMeta(object: Fields): ObjectMeta {
  const kind = object.requiredText("kind");
  const metadata = object.object("metadata") ?? object.missing("metadata");
  return describeObject({
    kind,
    apiVersion: object.text("apiVersion") ?? "",
    namespace: metadata.text("namespace") ?? "",
    name: metadata.requiredText("name"),
    uid: metadata.text("uid"),
    creationTimestamp: metadata.text("creationTimestamp"),
    generateName: metadata.text("generateName"),
    createdNs: metadata.time("creationTimestamp"),
    isDeleted: object.isDeleted || undefined,
    resourceVersion: metadata.text("resourceVersion"),
    labels: metadata.textMap("labels"),
    annotations: metadata.textMap("annotations"),
    owner: readOwner(metadata),
    doubts: object.doubts,
  });
}

type Description = Omit<ObjectMeta, "uid" | "hasUid"> & { uid?: string; creationTimestamp?: string };

/** The metadata of an object, with a stand-in where the UID is missing. */
export function describeObject({ uid, creationTimestamp = "", ...known }: Description): ObjectMeta {
  if (uid) return { ...known, uid, hasUid: true };
  const { kind, namespace, name } = known;
  return { ...known, uid: standInUid({ kind, namespace, name, creationTimestamp }), hasUid: false };
}

function readOwner(metadata: Fields): OwnerReference | undefined {
  const owners = metadata.objects("ownerReferences");
  const owner = owners.find((candidate) => candidate.raw("controller") === true) ?? owners[0];
  if (owner === undefined) return undefined;
  return { kind: owner.text("kind") ?? "", name: owner.text("name") ?? "", uid: owner.text("uid") ?? "" };
}

/** The same object under a stand-in UID. */
export function standInFor(meta: ObjectMeta): ObjectMeta {
  return describeObject({ ...meta, uid: undefined, creationTimestamp: `${meta.uid}${meta.createdNs ?? ""}` });
}
