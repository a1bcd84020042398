import type { KubeApi } from "./api.ts";
import type { Kind } from "./kinds.ts";
import type { KubeObject, ObjectKey, Stored } from "./object.ts";
import { ObjectCache } from "./object-cache.ts";
import { reflect } from "./reflect.ts";

/** A local, always slightly old copy of everything of one kind, kept current by list and watch. */
export interface Informer<T extends KubeObject> {
  get(key: ObjectKey): Stored<T> | undefined;
  /** Everything for which the index gives this value. */
  by(index: string, value: string): readonly Stored<T>[];
  list(): readonly Stored<T>[];
  /** Calls back for what is there already (as `added`), then for every change, until the answered function is called. */
  onChange(listener: (change: Change<T>) => void): () => void;
  /** Settles once the first list is in; rejects when it is stopped before. */
  readonly ready: Promise<void>;
  /** A second call does nothing. */
  stop(): void;
}

export type Change<T extends KubeObject> =
  | { type: "added"; object: Stored<T> }
  | { type: "modified"; object: Stored<T>; previous: Stored<T> }
  | { type: "deleted"; object: Stored<T> };

export interface InformerOptions<T extends KubeObject> {
  api: KubeApi;
  kind: Kind<T>;
  namespace?: string;
  labelSelector?: string;
  /** Which value an object has in the index of this name; undefined leaves it out. */
  indexes?: Readonly<Record<string, (object: Stored<T>) => string | undefined>>;
  /** What went wrong and is tried again; for a log. */
  onTrouble?: (fault: unknown) => void;
}

/** Keeps a copy of everything of one kind from now on, whatever becomes of the connection, until it is stopped. */
export function startInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const { api, kind, namespace, labelSelector, indexes = {}, onTrouble = () => {} } = options;
  const cache = new ObjectCache<T>(indexes);
  const listeners = startListeners<T>(onTrouble);
  const stopping = new AbortController();
  const first = startWait();
  void reflect<T>({
    api,
    kind,
    selectors: { namespace, labelSelector },
    onList: (objects) => {
      for (const change of [...cache.replace(objects)]) listeners.tell(change);
      first.resolve();
    },
    onEvent: ({ type, object }) => {
      const changes = type === "DELETED" ? cache.remove(object) : cache.put(object);
      for (const change of changes) listeners.tell(change);
    },
    onTrouble,
    signal: stopping.signal,
  });
  return {
    get: (key) => cache.get(key),
    by: (index, value) => cache.by(index, value),
    list: () => cache.list(),
    onChange: (listener) => listeners.add(listener, cache.list()),
    ready: first.promise,
    stop: () => {
      stopping.abort();
      first.reject(new Error(`the watch of ${kind.plural} was stopped before its first list was in`));
    },
  };
}

/** A promise that somebody may await, and nobody has to. */
function startWait() {
  let resolve = () => {};
  let reject: (fault: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

type Listener<T extends KubeObject> = (change: Change<T>) => void;

/** A listener that throws has missed its change, and nobody else has. */
function startListeners<T extends KubeObject>(onTrouble: (fault: unknown) => void) {
  const listeners = new Set<Listener<T>>();
  const call = (listener: Listener<T>, change: Change<T>) => {
    try {
      listener(change);
    } catch (fault) {
      onTrouble(fault);
    }
  };
  return {
    tell: (change: Change<T>) => {
      for (const listener of [...listeners]) if (listeners.has(listener)) call(listener, change);
    },
    add: (listener: Listener<T>, present: readonly Stored<T>[]) => {
      for (const object of present) call(listener, { type: "added", object });
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
