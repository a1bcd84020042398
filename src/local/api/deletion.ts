/**
 * How objects go: at once, when their Pod has ended, when their finalizers are gone, or after what they own (Kubernetes:
 * "Garbage Collection", "Finalizers", "Pod Lifecycle: Termination of Pods").
 */
import { type Clock, timestamp } from "../../engine/index.ts";
import { CoreKind } from "../../kube/index.ts";
import { objectAt } from "./json.ts";
import { keyIn, type Objects, type Place, type StoredObject } from "./objects.ts";
import { forbidden, notFound, otherUid, wasModified } from "./refusals.ts";
import { RESOURCES, resourceOf } from "./resources.ts";

export interface Deletion {
  uid?: string;
  resourceVersion?: string;
  gracePeriodSeconds?: number;
  propagationPolicy?: "Background" | "Foreground" | "Orphan";
  isDryRun?: boolean;
}

export interface Remover {
  /** Answers the object as it is now, or as it was last. Throws 404, or 409 when it is another one than expected. */
  delete(place: Place, options?: Deletion): StoredObject;
  /** Removes an object that was only waiting for its finalizers, if it has none left. */
  settle(place: Place): void;
  /** Looks after an object whose owner may have gone before it came. */
  adopt(place: Place): void;
  /** Finishes what another process had begun. */
  sweep(): void;
}

const FOREGROUND = "foregroundDeletion";
const DEFAULT_NAMESPACE = "default";
const NAMESPACE = resourceOf(CoreKind.namespace);

/** @param later does a thing in the background, after the write that led to it was answered. */
export function createRemover(
  objects: Objects,
  { clock, later }: { clock: Clock; later: (task: () => void) => void },
): Remover {
  const edit = ({ resource }: Place, object: StoredObject, metadata: object): StoredObject =>
    objects.put(resource, { ...object, metadata: { ...object.metadata, ...metadata } });

  const remove = ({ resource }: Place, object: StoredObject): StoredObject => {
    const removed = objects.remove(resource, object);
    later(() => afterRemoval(removed));
    return removed;
  };

  const afterRemoval = ({ metadata }: StoredObject) => {
    for (const place of objects.ownedBy(metadata.uid)) collect(place);
    for (const { uid } of metadata.ownerReferences ?? []) {
      const owner = objects.withUid(uid);
      if (owner !== undefined) settleForeground(owner);
    }
    settleNamespace(metadata.namespace);
  };

  /** What has owners, and none of them is there any more, goes too. */
  const collect = (place: Place) => {
    const owners = objects.at(place)?.metadata.ownerReferences ?? [];
    const isLeft = owners.every(({ uid }) => objects.withUid(uid) === undefined);
    if (owners.length > 0 && isLeft) doDelete(place);
  };

  const settle = (place: Place) => {
    const object = objects.at(place);
    if (object !== undefined && isDue(object)) remove(place, object);
  };

  const settleForeground = (place: Place) => {
    const object = objects.at(place);
    const finalizers = object?.metadata.finalizers ?? [];
    if (object === undefined || !finalizers.includes(FOREGROUND)) return;
    if (objects.ownedBy(object.metadata.uid).length > 0) return;
    edit(place, object, { finalizers: finalizers.filter((finalizer) => finalizer !== FOREGROUND) });
    settle(place);
  };

  const contentsOf = (namespace: string): Place[] =>
    RESOURCES.filter(({ isNamespaced }) => isNamespaced).flatMap((resource) =>
      objects.list(resource, namespace).map((object) => ({ resource, key: keyIn(object) })),
    );

  const settleNamespace = (name = "") => {
    const place = { resource: NAMESPACE, key: { namespace: "", name } };
    const namespace = objects.at(place);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (contentsOf(name).length === 0) remove(place, namespace);
  };

  const deleteNamespace = (place: Place, object: StoredObject): StoredObject => {
    const { name } = place.key;
    if (name === DEFAULT_NAMESPACE)
      throw forbidden(`namespaces "${name}" is forbidden: this namespace may not be deleted`);
    if (object.metadata.deletionTimestamp !== undefined) return object;
    const metadata = { ...object.metadata, deletionTimestamp: timestamp(clock.now()) };
    const ending = objects.put(place.resource, { ...object, metadata, status: { phase: "Terminating" } });
    later(() => emptyNamespace(name));
    return ending;
  };

  const emptyNamespace = (name: string) => {
    for (const content of contentsOf(name)) doDelete(content);
    settleNamespace(name);
  };

  /** It stays until whoever has to do with it has done so: its kubelet, the holders of its finalizers. */
  const mark = (
    place: Place,
    object: StoredObject,
    more: { seconds: number; finalizers: readonly string[] },
  ) => {
    const { deletionTimestamp = timestamp(clock.now()), deletionGracePeriodSeconds: before = Infinity } =
      object.metadata;
    const deletionGracePeriodSeconds = Math.min(before, more.seconds);
    const marks = { deletionTimestamp, deletionGracePeriodSeconds, finalizers: more.finalizers };
    return edit(place, object, marks);
  };

  const doDelete = (place: Place, options: Deletion = {}): StoredObject => {
    const object = objects.at(place);
    if (object === undefined) throw notFound(place.resource, place.key.name);
    checkPreconditions(place, object, options);
    if (options.isDryRun === true) return object;
    if (object.kind === "Namespace") return deleteNamespace(place, object);
    if (options.propagationPolicy === "Orphan") orphan(object);
    const finalizers = finalizersFor(object, options);
    const seconds = graceOf(object, options);
    if (seconds === 0 && finalizers.length === 0) return remove(place, object);
    const marked = mark(place, object, { seconds, finalizers });
    if (finalizers.includes(FOREGROUND))
      later(() => {
        for (const owned of objects.ownedBy(object.metadata.uid))
          doDelete(owned, { propagationPolicy: "Foreground" });
      });
    return marked;
  };

  const orphan = ({ metadata }: StoredObject) => {
    for (const place of objects.ownedBy(metadata.uid)) {
      const owned = objects.at(place);
      const owners = owned?.metadata.ownerReferences?.filter(({ uid }) => uid !== metadata.uid);
      if (owned !== undefined) edit(place, owned, { ownerReferences: owners });
    }
  };

  const finalizersFor = ({ metadata }: StoredObject, { propagationPolicy }: Deletion): readonly string[] => {
    const { finalizers = [], uid } = metadata;
    const waits = propagationPolicy === "Foreground" && objects.ownedBy(uid).length > 0;
    return waits && !finalizers.includes(FOREGROUND) ? [...finalizers, FOREGROUND] : finalizers;
  };

  return {
    delete: doDelete,
    settle,
    adopt(place) {
      const owners = objects.at(place)?.metadata.ownerReferences ?? [];
      if (owners.length > 0 && owners.every(({ uid }) => objects.withUid(uid) === undefined))
        later(() => collect(place));
    },
    sweep() {
      const places = RESOURCES.flatMap((resource) =>
        objects.list(resource).map((object) => ({ resource, key: keyIn(object) })),
      );
      for (const place of places) {
        collect(place);
        settle(place);
        settleForeground(place);
        const { kind, metadata } = objects.at(place) ?? {};
        if (kind === "Namespace" && metadata?.deletionTimestamp !== undefined) emptyNamespace(place.key.name);
      }
    },
  };
}

function checkPreconditions({ resource, key }: Place, { metadata }: StoredObject, options: Deletion): void {
  const { uid, resourceVersion } = options;
  if (uid !== undefined && uid !== metadata.uid)
    throw otherUid(resource, { name: key.name, wanted: uid, present: metadata.uid });
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw wasModified(resource, key.name);
}

/** Its deletion was asked for, and nobody has anything left to do. */
function isDue({ metadata }: StoredObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
}

/** Seconds a Pod has to end; 0 for what has nothing to end, as a Pod that no kubelet has taken or that is over. */
function graceOf(object: StoredObject, { gracePeriodSeconds }: Deletion): number {
  const { phase, startTime } = objectAt(object, "status");
  const isRunning = startTime !== undefined && phase !== "Succeeded" && phase !== "Failed";
  if (object.kind !== "Pod" || !isRunning) return 0;
  const ownSeconds = objectAt(object, "spec")["terminationGracePeriodSeconds"];
  return Math.max(0, gracePeriodSeconds ?? (typeof ownSeconds === "number" ? ownSeconds : 30));
}
