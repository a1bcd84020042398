/**
 * A reconciler's own writes come back through its caches a moment later. Until then the cache holds what was replaced, and a
 * pass over that would be refused; after that there is nothing in it that the reconciler does not know.
 */
import type { Informer, Kind, KubeApi, KubeObject, Stored } from "../kube/index.ts";

export interface OwnWrites {
  /** The API, with what is written through it remembered. */
  api: KubeApi;
  /** The cache, with an object as it was last written here where the cache is behind. */
  upToDate<T extends KubeObject>(cache: Informer<T>): Informer<T>;
  /** Whether this is the very state that was last written here. Asked once, as the echo comes once. */
  isEcho(object: Stored<KubeObject>): boolean;
}

interface Written {
  object: Stored<KubeObject>;
  /** Versions that came before it. */
  replaced: Set<string>;
}

/** Objects whose echo never came, because they were gone at once. */
const MAX_REMEMBERED = 10_000;

export function rememberWrites(api: KubeApi): OwnWrites {
  const written = new Map<string, Written>();
  const remember = <T extends KubeObject>(object: Stored<T>, before: string | undefined): Stored<T> => {
    const { uid, resourceVersion } = object.metadata;
    if (before === resourceVersion) return object;
    const replaced = written.get(uid)?.replaced ?? new Set<string>();
    if (before !== undefined) replaced.add(before);
    const last = written.get(uid)?.object.metadata.resourceVersion;
    if (last !== undefined) replaced.add(last);
    written.delete(uid);
    written.set(uid, { object, replaced });
    if (written.size > MAX_REMEMBERED) forgetOldest(written);
    return object;
  };
  const versionOf = ({ metadata }: KubeObject) => metadata.resourceVersion;
  return {
    api: {
      get: (kind, key) => api.get(kind, key),
      list: (kind, options) => api.list(kind, options),
      watch: (kind, options) => api.watch(kind, options),
      delete: (kind, key, options) => api.delete(kind, key, options),
      create: async (kind, object) => remember(await api.create(kind, object), undefined),
      update: async (kind, object) => remember(await api.update(kind, object), versionOf(object)),
      updateStatus: async (kind, object) => remember(await api.updateStatus(kind, object), versionOf(object)),
      patch: async <T extends KubeObject>(
        kind: Kind<T>,
        key: Parameters<KubeApi["patch"]>[1],
        patch: object,
        options?: Parameters<KubeApi["patch"]>[3],
      ) => remember<T>(await api.patch(kind, key, patch, options), undefined),
    },
    upToDate: (cache) => ({
      ready: cache.ready,
      by: (index, value) => cache.by(index, value),
      list: () => cache.list(),
      onChange: (listener) => cache.onChange(listener),
      stop: () => cache.stop(),
      get: (key) => {
        const cached = cache.get(key);
        if (cached === undefined) return undefined;
        const own = written.get(cached.metadata.uid);
        const isBehind = own?.replaced.has(cached.metadata.resourceVersion) === true;
        return isBehind ? (own.object as typeof cached) : cached;
      },
    }),
    isEcho: (object) => {
      const own = written.get(object.metadata.uid);
      if (own === undefined || own.replaced.has(object.metadata.resourceVersion)) return false;
      written.delete(object.metadata.uid);
      return own.object.metadata.resourceVersion === object.metadata.resourceVersion;
    },
  };
}

function forgetOldest(written: Map<string, Written>): void {
  for (const uid of written.keys()) {
    written.delete(uid);
    return;
  }
}
