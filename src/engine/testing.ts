/** A Kubernetes API in memory, as far as reconcilers use one: for tests of this room, which may not know the laptop's. */
import {
  ApiError,
  CoreKind,
  type Informer,
  type Kind,
  type KubeApi,
  type KubeObject,
  keyOf,
  type ObjectKey,
  type Stored,
  startInformer,
  type WatchEvent,
} from "../kube/index.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import { BY_OWNER, type EngineContext } from "./context.ts";
import { controllerOf } from "./ownership.ts";
import { TektonKind } from "./types/index.ts";

type Any = Stored<KubeObject & { status?: object }>;

/** What happened, oldest first; its place in the list is its resourceVersion. */
interface Entry {
  kind: string;
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: Any;
}

export interface TestApi extends KubeApi {
  /** What there is of a kind, by name. */
  all<T extends KubeObject>(kind: Kind<T>): Stored<T>[];
  /** How often it was asked to read or write. */
  readonly calls: number;
}

export interface TestApiOptions {
  /** Time of creation. */
  now: () => string;
  /** Called with the number of each call before it does anything; may throw. */
  beforeCall?: (call: number) => void;
}

/** Objects in memory with versions, conflicts, a status apart, and watches. Nothing is validated. */
export function startTestApi({ now, beforeCall = () => {} }: TestApiOptions): TestApi {
  const objects = new Map<string, Any>();
  const history: Entry[] = [];
  const watchers = new Set<() => void>();
  let calls = 0;
  let uids = 0;

  const pathOf = (kind: Kind, { namespace, name }: ObjectKey) => `${kind.kind}/${namespace}/${name}`;
  const called = () => {
    calls += 1;
    beforeCall(calls);
  };
  const find = (kind: Kind, key: ObjectKey): Any => {
    const found = objects.get(pathOf(kind, key));
    if (found === undefined) throw refusal(404, "NotFound", `${kind.plural} "${key.name}" not found`);
    return found;
  };
  const record = <T extends KubeObject>(kind: Kind<T>, type: Entry["type"], object: Any): Stored<T> => {
    const resourceVersion = String(history.length + 1);
    const stored: Any = Object.freeze({ ...object, metadata: { ...object.metadata, resourceVersion } });
    history.push({ kind: kind.kind, type, object: stored });
    if (type === "DELETED") objects.delete(pathOf(kind, keyOf(stored)));
    else objects.set(pathOf(kind, keyOf(stored)), stored);
    for (const wake of watchers) wake();
    return stored as unknown as Stored<T>;
  };
  const write = <T extends KubeObject>(
    kind: Kind<T>,
    { name, namespace = "", resourceVersion }: KubeObject["metadata"],
    merge: (stored: Any) => object,
  ) => {
    called();
    const stored = find(kind, { namespace, name });
    if (resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion) {
      throw refusal(409, "Conflict", `${kind.plural} "${name}" has been modified`);
    }
    return record(kind, "MODIFIED", { ...stored, ...merge(stored) });
  };
  const listed = <T extends KubeObject>(kind: Kind<T>, labelSelector = "") => {
    const [label = "", value] = labelSelector.split("=");
    return [...objects].flatMap(([path, object]) => {
      if (!path.startsWith(`${kind.kind}/`)) return [];
      if (label !== "" && object.metadata.labels?.[label] !== value) return [];
      return [object as unknown as Stored<T>];
    });
  };

  return {
    get calls() {
      return calls;
    },
    all: (kind) => listed(kind),
    async get(kind, key) {
      called();
      return find(kind, key) as never;
    },
    async list(kind, options) {
      return { items: listed(kind, options?.labelSelector), resourceVersion: String(history.length) };
    },
    watch: (kind, options) =>
      watching(kind, {
        from: Number(options.resourceVersion ?? 0),
        signal: options.signal,
        history,
        watchers,
      }),
    async create(kind, object) {
      called();
      if (objects.has(pathOf(kind, keyOf(object)))) {
        throw refusal(409, "AlreadyExists", `${kind.plural} "${object.metadata.name}" already exists`);
      }
      uids += 1;
      const metadata = {
        ...object.metadata,
        uid: `00000000-0000-4000-8000-${String(uids).padStart(12, "0")}`,
        creationTimestamp: now(),
        resourceVersion: "",
      };
      return record(kind, "ADDED", { ...object, metadata });
    },
    async update(kind, object) {
      return write(kind, object.metadata, ({ status }) => ({ ...object, ...(status && { status }) }));
    },
    async updateStatus(kind, object) {
      const { status } = object as KubeObject & { status?: object };
      return write(kind, object.metadata, () => ({ status }));
    },
    async patch(kind, key, patch) {
      const { resourceVersion } = (patch as Partial<KubeObject>).metadata ?? {};
      const metadata = { ...key, ...(resourceVersion !== undefined && { resourceVersion }) };
      return write(kind, metadata, (stored) => mergePatch(stored, patch) as object);
    },
    async delete(kind, key) {
      called();
      record(kind, "DELETED", find(kind, key));
    },
  };
}

/** What reconcilers work with, over this API, with caches that are filled. Stop it when the pass is over. */
export async function startTestEngine(
  api: KubeApi,
  options: Pick<EngineContext, "clock"> & Partial<EngineContext>,
): Promise<{ engine: EngineContext; stop: () => void }> {
  const cache = <T extends KubeObject>(kind: Kind<T>): Informer<T> =>
    startInformer({ api, kind, indexes: { [BY_OWNER]: (object) => controllerOf(object)?.uid } });
  const caches = {
    pipelineRuns: cache(TektonKind.pipelineRun),
    taskRuns: cache(TektonKind.taskRun),
    customRuns: cache(TektonKind.customRun),
    pods: cache(CoreKind.pod),
  };
  await Promise.all(Object.values(caches).map(({ ready }) => ready));
  const engine = { api, config: DEFAULT_CONFIG, version: "test", log: () => {}, ...options, caches };
  return {
    engine,
    stop: () => {
      for (const each of Object.values(caches)) each.stop();
    },
  };
}

interface Watching {
  from: number;
  signal: AbortSignal | undefined;
  history: readonly Entry[];
  watchers: Set<() => void>;
}

async function* watching<T extends KubeObject>(
  kind: Kind<T>,
  { from, signal, history, watchers }: Watching,
): AsyncIterable<WatchEvent<T>> {
  for (let next = from; !signal?.aborted; ) {
    const entry = history[next];
    if (entry === undefined) {
      await newsFor({ signal, watchers });
      continue;
    }
    next += 1;
    if (entry.kind === kind.kind) yield { type: entry.type, object: entry.object as unknown as Stored<T> };
  }
}

function newsFor({ signal, watchers }: Pick<Watching, "signal" | "watchers">): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      watchers.delete(wake);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    watchers.add(wake);
    signal?.addEventListener("abort", wake);
  });
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const base = isRecord(target) ? target : {};
  const merged = Object.entries(patch).map(([key, value]) => [key, mergePatch(base[key], value)]);
  return Object.fromEntries(
    Object.entries({ ...base, ...Object.fromEntries(merged) }).filter(([, value]) => value !== null),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(status: number, reason: string, message: string): ApiError {
  return new ApiError({ status, reason, message });
}
