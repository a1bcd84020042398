/** The objects themselves: where they are found, what changed, and in which order. Knows no rules. */
import type { KubeObject, ObjectKey, Stored } from "../../kube/index.ts";
import type { Journal } from "./journal.ts";
import { frozenCopy } from "./json.ts";
import { expired } from "./refusals.ts";
import { RESOURCES, type Resource } from "./resources.ts";

/** An object as it is held: frozen, and shared with everybody who reads it. */
export type StoredObject = Stored<KubeObject & { spec?: unknown; status?: unknown }>;

/** Where an object is. */
export interface Place {
  resource: Resource;
  key: ObjectKey;
}

/** The object was put there, with or without one before it; or, removed, was there last. */
export interface Change {
  version: number;
  object: StoredObject;
  previous: StoredObject | undefined;
  isRemoval: boolean;
}

/**
 * Changes of each kind a watch can still begin before. A client that was away for as many lists again, which is what
 * they all can do; a laptop's runs make some hundred changes a second at most, and clients come back within one.
 */
const REMEMBERED_CHANGES = 2_048;

/**
 * Versions left out after a restart. Whoever saw a change that was not written when the process was killed has a version
 * beyond what was kept; it must not be given to another change. More than can be on the way to the disk at once.
 */
const VERSIONS_SKIPPED = 100_000;

interface Table {
  namespaces: Map<string, Map<string, StoredObject>>;
  changes: Change[];
  /** Of the latest change that is forgotten. */
  forgotten: number;
  listeners: Set<(change: Change) => void>;
}

export class Objects {
  readonly #journal: Journal | undefined;
  readonly #tables = new Map<Resource, Table>();
  readonly #byUid = new Map<string, Place>();
  readonly #byOwner = new Map<string, Map<string, Place>>();
  #version: number;

  private constructor(journal: Journal | undefined, version: number) {
    this.#journal = journal;
    this.#version = version;
    for (const resource of RESOURCES)
      this.#tables.set(resource, {
        namespaces: new Map(),
        changes: [],
        forgotten: version,
        listeners: new Set(),
      });
  }

  /** With everything the journal has; without a journal, empty and never written. */
  static async open(journal?: Journal): Promise<Objects> {
    if (journal === undefined) return new Objects(undefined, 1);
    const { version, entries } = await journal.read();
    const objects = new Objects(journal, version === 0 ? 1 : version + VERSIONS_SKIPPED);
    for (const { resource, object } of entries) objects.#place(resource, frozenCopy(object));
    return objects;
  }

  /** `resourceVersion` of the latest change. */
  get version(): number {
    return this.#version;
  }

  find(resource: Resource, { namespace, name }: ObjectKey): StoredObject | undefined {
    return this.#table(resource).namespaces.get(namespace)?.get(name);
  }

  /** Sorted by namespace and name; all namespaces without one. */
  list(resource: Resource, namespace?: string): StoredObject[] {
    const { namespaces } = this.#table(resource);
    const wanted = namespace === undefined ? [...namespaces.keys()].sort() : [namespace];
    return wanted.flatMap((name) => sortedByName(namespaces.get(name)));
  }

  at({ resource, key }: Place): StoredObject | undefined {
    return this.find(resource, key);
  }

  withUid(uid: string): Place | undefined {
    return this.#byUid.get(uid);
  }

  /** Everything that names the owner in its `ownerReferences`. */
  ownedBy(uid: string): readonly Place[] {
    return [...(this.#byOwner.get(uid)?.values() ?? [])];
  }

  /** Stores the object in place of what is there, under a new `resourceVersion`. */
  put(resource: Resource, object: StoredObject): StoredObject {
    const previous = this.find(resource, keyIn(object));
    const stored = this.#withVersion(object);
    if (previous !== undefined) this.#displace(previous);
    this.#place(resource, stored);
    this.#journal?.put(resource, stored);
    this.#tell(resource, { version: this.#version, object: stored, previous, isRemoval: false });
    return stored;
  }

  /** Takes the object away. Its last state has a `resourceVersion` of its own, as watchers get it. */
  remove(resource: Resource, object: StoredObject): StoredObject {
    const { namespace, name } = keyIn(object);
    const removed = this.#withVersion(object);
    this.#displace(object);
    this.#table(resource).namespaces.get(namespace)?.delete(name);
    this.#journal?.remove(resource, removed);
    this.#tell(resource, { version: this.#version, object: removed, previous: object, isRemoval: true });
    return removed;
  }

  /**
   * Calls back with every change after the given version, at once for those of the past, until the answered function is
   * called. Throws 410 when some of them are forgotten.
   */
  subscribe(resource: Resource, after: number, listener: (change: Change) => void): () => void {
    const { changes, forgotten, listeners } = this.#table(resource);
    if (!(after >= forgotten && after <= this.#version))
      throw expired(`too old resource version: ${after} (${this.#version})`);
    for (const change of changes) if (change.version > after) listener(change);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Settles when everything that changed so far is written. Throws 500 when it cannot be. */
  async written(): Promise<void> {
    await this.#journal?.written();
  }

  #table(resource: Resource): Table {
    const table = this.#tables.get(resource);
    if (table === undefined) throw new Error(`${resource.plural} are not held; add them to RESOURCES`);
    return table;
  }

  #withVersion(object: StoredObject): StoredObject {
    this.#version += 1;
    return frozenCopy({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    });
  }

  #place(resource: Resource, object: StoredObject): void {
    const key = keyIn(object);
    const place = { resource, key };
    innerMap(this.#table(resource).namespaces, key.namespace).set(key.name, object);
    this.#byUid.set(object.metadata.uid, place);
    for (const { uid } of object.metadata.ownerReferences ?? [])
      innerMap(this.#byOwner, uid).set(object.metadata.uid, place);
  }

  #displace({ metadata }: StoredObject): void {
    this.#byUid.delete(metadata.uid);
    for (const { uid } of metadata.ownerReferences ?? []) {
      const owned = this.#byOwner.get(uid);
      owned?.delete(metadata.uid);
      if (owned?.size === 0) this.#byOwner.delete(uid);
    }
  }

  #tell(resource: Resource, change: Change): void {
    const table = this.#table(resource);
    table.changes.push(change);
    if (table.changes.length >= 2 * REMEMBERED_CHANGES) {
      const dropped = table.changes.splice(0, REMEMBERED_CHANGES);
      table.forgotten = dropped.at(-1)?.version ?? table.forgotten;
    }
    for (const listener of table.listeners) listener(change);
  }
}

/** Key of a stored object; what has no namespace is kept under the empty one. */
export function keyIn({ metadata }: StoredObject): ObjectKey {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}

function sortedByName(objects: ReadonlyMap<string, StoredObject> = new Map()): StoredObject[] {
  return [...objects.values()].sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}

function innerMap<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = maps.get(key);
  if (found !== undefined) return found;
  const made = new Map<string, V>();
  maps.set(key, made);
  return made;
}
