/** A Kubernetes-style API within this process: its objects, and the rules they live by. */
import { setMaxListeners } from "node:events";
import type { Clock } from "../../engine/index.ts";
import {
  CoreKind,
  type Kind,
  type KubeApi,
  type KubeObject,
  type ListOptions,
  type ObjectKey,
  type WatchOptions,
} from "../../kube/index.ts";
import { createRemover, type Deletion } from "./deletion.ts";
import { expireEvents } from "./event-expiry.ts";
import { openJournal } from "./journal.ts";
import { type ListPages, listing } from "./listing.ts";
import { Objects, type Place, type StoredObject } from "./objects.ts";
import { badRequest, notFound } from "./refusals.ts";
import { type Resource, resourceOf } from "./resources.ts";
import { type ApiEvent, openWatch, watchEvents } from "./watching.ts";
import { type Admit, createWriter, type Patch, type WriteOptions, type Written } from "./writing.ts";

export interface EmbeddedApiOptions {
  /** Where objects are kept; made when it is not there. Without it they are only in memory. */
  directory?: string;
  clock: Clock;
  /** Asked about new objects of `tekton.dev`, and new specs. */
  admit?: Admit;
}

/** The API as clients in this process see it, plus what it takes to offer it to others. */
export interface EmbeddedApi extends KubeApi {
  /** All operations with all their options. */
  readonly operations: Operations;
  /** Ends all watches and answers when everything is written. A second call answers the same promise. */
  close(): Promise<void>;
}

/** What can be asked of the API. Writes are answered when they are kept. Throws `ApiError`. */
export interface Operations {
  /** Where an object of a kind is. Throws 404 for kinds that are not held. */
  placeOf(kind: Kind, key: ObjectKey): Place;
  find(place: Place): StoredObject | undefined;
  get(place: Place): StoredObject;
  list: ListPages;
  /** See {@link openWatch}. */
  watch(resource: Resource, options: WatchOptions, listener: (event: ApiEvent) => void): () => void;
  create(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<Written>;
  update(place: Place, object: KubeObject, options?: WriteOptions): Promise<Written>;
  patch(place: Place, patch: Patch, options?: WriteOptions): Promise<Written>;
  delete(place: Place, options?: Deletion): Promise<StoredObject>;
  /** `resourceVersion` of the latest change. */
  version(): string;
  readonly clock: Clock;
  /** Aborted when the API closes. */
  readonly closed: AbortSignal;
}

/** Opens the API, with the objects of before when they were kept. Throws when the directory cannot be used. */
export async function openEmbeddedApi(options: EmbeddedApiOptions): Promise<EmbeddedApi> {
  const { directory, clock } = options;
  const journal = directory === undefined ? undefined : await openJournal(directory);
  const objects = await Objects.open(journal);
  const closing = new AbortController();
  // Every watch waits for it.
  setMaxListeners(0, closing.signal);
  const later = backgroundTasks(objects, closing.signal);
  const remover = createRemover(objects, { clock, later });
  const writer = createWriter(objects, { ...options, remover });
  const kept = async <T>(value: T): Promise<T> => {
    await objects.written();
    return value;
  };
  const operations: Operations = {
    placeOf,
    find: (place) => objects.at(place),
    get(place) {
      const object = objects.at(place);
      if (object === undefined) throw notFound(place.resource, place.key.name);
      return object;
    },
    list: listing(objects),
    watch: (resource, watch, listener) => openWatch({ objects, resource }, watch, listener),
    create: async (resource, object, write) => kept(writer.create(resource, object, write)),
    update: async (place, object, write) => kept(writer.update(place, object, write)),
    patch: async (place, patch, write) => kept(writer.patch(place, patch, write)),
    delete: async (place, deletion) => kept(remover.delete(place, deletion)),
    version: () => String(objects.version),
    clock,
    closed: closing.signal,
  };
  remover.sweep();
  expireEvents(objects, { clock, remover, closed: closing.signal });
  await ensureDefaultNamespace(operations);
  let isClosed: Promise<void> | undefined;
  return {
    ...kubeApiOver(operations, objects),
    operations,
    close() {
      closing.abort();
      isClosed ??= Promise.resolve(journal?.close());
      return isClosed;
    },
  };
}

/** Does things in the order they come up, each in a turn of its own, until the API closes. */
function backgroundTasks(objects: Objects, closed: AbortSignal): (task: () => void) => void {
  return (task) => {
    setImmediate(() => {
      if (closed.aborted) return;
      task();
      // What cannot be written now is written with the next change, whose author is told if that fails too.
      objects.written().catch(() => {});
    });
  };
}

async function ensureDefaultNamespace(operations: Operations): Promise<void> {
  const metadata = { name: "default" };
  const place = placeOf(CoreKind.namespace, { namespace: "", ...metadata });
  if (operations.find(place) !== undefined) return;
  await operations.create(place.resource, { apiVersion: "v1", kind: "Namespace", metadata });
}

/** The operations as {@link KubeApi} has them. What it answers has the kind's type because that is what was put in. */
function kubeApiOver(operations: Operations, objects: Objects): KubeApi {
  const api = {
    get: async (kind: Kind, key: ObjectKey) => operations.get(placeOf(kind, key)),
    list: async (kind: Kind, options: ListOptions = {}) => operations.list(resourceOf(kind), options),
    watch: (kind: Kind, options: WatchOptions) =>
      watchEvents({ objects, resource: resourceOf(kind), closed: operations.closed }, options),
    create: async (kind: Kind, object: KubeObject) =>
      (await operations.create(resourceOf(kind), object)).object,
    update: async (kind: Kind, object: KubeObject) =>
      (await operations.update(placeIn(kind, object), object)).object,
    updateStatus: async (kind: Kind, object: KubeObject) =>
      (await operations.update(placeWithStatus(placeIn(kind, object)), object, { part: "status" })).object,
    patch: async (
      kind: Kind,
      key: ObjectKey,
      body: object,
      { subresource }: { subresource?: "status" } = {},
    ) => {
      const place = placeOf(kind, key);
      if (subresource !== undefined) placeWithStatus(place);
      const part = subresource ?? "object";
      return (await operations.patch(place, { kind: "merge", body }, { part })).object;
    },
    delete: async (kind: Kind, key: ObjectKey, options: Deletion = {}) => {
      await operations.delete(placeOf(kind, key), options);
    },
  };
  return api as unknown as KubeApi;
}

function placeOf(kind: Kind, { namespace, name }: ObjectKey): Place {
  const resource = resourceOf(kind);
  return { resource, key: { namespace: resource.isNamespaced ? namespace || "default" : "", name } };
}

function placeIn(kind: Kind, { metadata }: KubeObject): Place {
  return placeOf(kind, { namespace: metadata.namespace ?? "", name: metadata.name });
}

function placeWithStatus(place: Place): Place {
  if (place.resource.hasStatus) return place;
  throw badRequest(`${place.resource.plural} have no status of their own`);
}
