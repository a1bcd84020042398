/**
 * A reconciler's own writes come back through its caches a moment later. Until then the cache holds what was replaced, and a
 * pass over that would be refused; after that there is nothing in it that the reconciler does not know.
 *
 * That is true of writes made on a version the reconciler has seen. What is written over whatever there is may have somebody
 * else's change in it, and may be meant for somebody else, as a PipelineRun's word to its TaskRun is: it is no own write.
 */
import type { Informer, Kind, KubeApi, KubeObject, Stored } from "../kube/index.ts";

export interface OwnWrites {
  /** The API, with what is written through it remembered. */
  api: KubeApi;
  /** The cache, with an object as it was last written here where the cache is behind. */
  upToDate<T extends KubeObject>(cache: Informer<T>): Informer<T>;
  /** Whether this state was written here, on one that was known. Asked once for each, in the order of the cache. */
  isEcho(object: Stored<KubeObject>): boolean;
}

/** The latest write of an object whose echo has not come. */
interface Written {
  object: Stored<KubeObject>;
  /** Versions that came before it, and whose they are. */
  before: Map<string, "own" | "other">;
}

/** An echo takes a moment; some never come, as the object was gone at once, or they had come before the answer. */
const MAX_REMEMBERED = 1_000;

/** Remembers what is written of these kinds, which are those that come back. */
export function rememberWrites(api: KubeApi, kinds: readonly Kind[]): OwnWrites {
  const written = new Map<string, Written>();
  return { api: remembering(api, { kinds, written }), upToDate: (cache) => overlaid(cache, written), isEcho };

  function isEcho({ metadata: { uid, resourceVersion } }: Stored<KubeObject>): boolean {
    const own = written.get(uid);
    if (own === undefined) return false;
    const earlier = own.before.get(resourceVersion);
    if (earlier !== undefined) return earlier === "own";
    written.delete(uid);
    return versionOf(own.object) === resourceVersion;
  }
}

interface Memory {
  kinds: readonly Kind[];
  written: Map<string, Written>;
}

function remembering(api: KubeApi, { kinds, written }: Memory): KubeApi {
  const names = new Set(kinds.map(({ kind }) => kind));
  const keep = <T extends KubeObject>(object: Stored<T>, base?: string): Stored<T> => {
    if (names.has(object.kind)) remember(written, { object, base });
    return object;
  };
  return {
    get: (kind, key) => api.get(kind, key),
    list: (kind, options) => api.list(kind, options),
    watch: (kind, options) => api.watch(kind, options),
    delete: (kind, key, options) => api.delete(kind, key, options),
    create: async (kind, object) => keep(await api.create(kind, object)),
    update: async (kind, object) => {
      const updated = await api.update(kind, object);
      return versionOf(object) === undefined ? updated : keep(updated, versionOf(object));
    },
    updateStatus: async (kind, object) => {
      const updated = await api.updateStatus(kind, object);
      return versionOf(object) === undefined ? updated : keep(updated, versionOf(object));
    },
    patch: async (kind, key, patch, options) => {
      const patched = await api.patch(kind, key, patch, options);
      const { metadata } = patch as Partial<KubeObject>;
      return metadata?.resourceVersion === undefined ? patched : keep(patched, metadata.resourceVersion);
    },
  };
}

/** `base` is the version it was made on; absent for what is new. */
function remember(
  written: Map<string, Written>,
  { object, base }: { object: Stored<KubeObject>; base: string | undefined },
): void {
  const { uid, resourceVersion } = object.metadata;
  // The API answers a write that changes nothing with what there is.
  if (base === resourceVersion) return;
  const last = written.get(uid);
  const before = last?.before ?? new Map<string, "own" | "other">();
  if (base !== undefined) before.set(base, "other");
  if (last !== undefined) before.set(last.object.metadata.resourceVersion, "own");
  written.delete(uid);
  written.set(uid, { object, before });
  const [oldest] = written.keys();
  if (written.size > MAX_REMEMBERED && oldest !== undefined) written.delete(oldest);
}

function overlaid<T extends KubeObject>(
  cache: Informer<T>,
  written: ReadonlyMap<string, Written>,
): Informer<T> {
  return {
    ready: cache.ready,
    by: (index, value) => cache.by(index, value),
    list: () => cache.list(),
    onChange: (listener) => cache.onChange(listener),
    stop: () => cache.stop(),
    get: (key) => {
      const cached = cache.get(key);
      if (cached === undefined) return undefined;
      const own = written.get(cached.metadata.uid);
      const isBehind = own?.before.has(cached.metadata.resourceVersion) === true;
      return isBehind ? (own.object as typeof cached) : cached;
    },
  };
}

function versionOf({ metadata }: KubeObject): string | undefined {
  return metadata.resourceVersion;
}
