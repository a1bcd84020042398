/** Tekton's controllers: caches in, two queues of keys, a reconciler for each. */
import {
  CoreKind,
  type Informer,
  type Kind,
  type KubeApi,
  type KubeObject,
  keyOf,
  type ObjectKey,
  type Outcome,
  type Share,
  type Stored,
  startInformer,
  startWorkQueue,
  type WorkQueue,
} from "../kube/index.ts";
import { DEFAULT_CONFIG, type EngineConfig } from "./config.ts";
import { BY_OWNER, type Caches, type EngineContext } from "./context.ts";
import { type OwnWrites, rememberWrites } from "./own-writes.ts";
import { controllerOf } from "./ownership.ts";
import { reconcilePipelineRun } from "./pipeline-run/index.ts";
import { reconcileTaskRun } from "./task-run/index.ts";
import { TektonKind } from "./types/index.ts";

export interface EngineOptions extends Omit<EngineContext, "caches" | "config"> {
  config?: Partial<EngineConfig>;
}

export interface Engine {
  /** Settles once the caches are filled and the reconcilers at work. */
  readonly ready: Promise<void>;
  /** Settles when the passes under way are over. A second call answers the same promise. */
  stop(): Promise<void>;
}

/**
 * Passes of one kind at the same time. They share one thread, so more only helps while some wait for a far API; every
 * pass under way holds its object, so it is bounded.
 */
const WORKERS = 16;

/** Drives every PipelineRun and TaskRun of an API, until it is stopped. Any number of times, anywhere, on the same objects. */
export function startEngine({ config, ...options }: EngineOptions): Engine {
  const caches = startCaches(options);
  const own = rememberWrites(options.api, [TektonKind.pipelineRun, TektonKind.taskRun, CoreKind.pod]);
  const engine: EngineContext = {
    ...options,
    api: own.api,
    caches: {
      ...caches,
      pipelineRuns: own.upToDate(caches.pipelineRuns),
      taskRuns: own.upToDate(caches.taskRuns),
    },
    config: { ...DEFAULT_CONFIG, ...config },
  };
  const pipelineRuns = startQueue("PipelineRun", {
    engine,
    reconcile: reconcilePipelineRun,
    share: SHARE_OF_RUN,
  });
  const taskRuns = startQueue("TaskRun", { engine, reconcile: reconcileTaskRun });
  const all = Object.values(caches) as Informer<KubeObject>[];
  const ready = Promise.all(all.map((cache) => cache.ready)).then(() =>
    enqueueChanges(caches, { pipelineRuns, taskRuns }, own),
  );
  // A cache that is stopped before it is filled never will be; whoever waits for it has been told.
  ready.catch(() => {});
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    for (const cache of all) cache.stop();
    await Promise.all([pipelineRuns.stop(), taskRuns.stop()]);
  };
  return {
    ready,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function startCaches({ api, log }: Pick<EngineOptions, "api" | "log">): Caches {
  return {
    pipelineRuns: startCache(TektonKind.pipelineRun, { api, log }),
    taskRuns: startCache(TektonKind.taskRun, { api, log }),
    customRuns: startCache(TektonKind.customRun, { api, log }),
    pods: startCache(CoreKind.pod, { api, log }),
  };
}

function startCache<T extends KubeObject>(
  kind: Kind<T>,
  { api, log }: { api: KubeApi; log: (line: string) => void },
): Informer<T> {
  return startInformer({
    api,
    kind,
    indexes: { [BY_OWNER]: (object) => controllerOf(object)?.uid },
    onTrouble: (fault) => log(`watching ${kind.plural}: ${messageOf(fault)}; trying again`),
  });
}

/**
 * A pass over a run of hundreds of tasks takes milliseconds, and each of the tasks brings about several. Within a quarter of the
 * time many changes become one pass, and the rest is for the tasks; runs whose tasks come one after the other do not notice.
 */
const SHARE_OF_RUN: Share = { ofTime: 0.25, burstMillis: 8 };

interface Reconciler {
  engine: EngineContext;
  reconcile: (engine: EngineContext, key: ObjectKey) => Promise<Outcome>;
  share?: Share;
}

function startQueue(kind: string, { engine, reconcile, ...limits }: Reconciler): WorkQueue {
  return startWorkQueue({
    ...limits,
    handle: (key) => reconcile(engine, parseKey(key)),
    workers: WORKERS,
    onFault: (fault, key) => engine.log(`${kind} ${key}: ${messageOf(fault)}; trying again`),
  });
}

interface Queues {
  pipelineRuns: WorkQueue;
  taskRuns: WorkQueue;
}

/**
 * A run is looked at when it changes, and when something it owns does. Not when it comes back as its reconciler wrote it, nor for
 * the Pod that its reconciler made: whoever wrote that has taken it into account.
 */
function enqueueChanges(caches: Caches, { pipelineRuns, taskRuns }: Queues, own: OwnWrites): void {
  const queues: Record<string, WorkQueue> = { PipelineRun: pipelineRuns, TaskRun: taskRuns };
  const enqueueOwner = (object: Stored<KubeObject>) => {
    const owner = controllerOf(object);
    const namespace = object.metadata.namespace ?? "";
    if (owner !== undefined) queues[owner.kind]?.add(formatKey({ namespace, name: owner.name }));
  };
  for (const cache of Object.values(caches) as Informer<KubeObject>[]) {
    cache.onChange(({ type, object }) => {
      const isEcho = own.isEcho(object);
      const isRun = queues[object.kind] !== undefined;
      if (isRun && !(isEcho && type === "modified")) queues[object.kind]?.add(formatKey(keyOf(object)));
      if (isRun || !isEcho) enqueueOwner(object);
    });
  }
}

function formatKey({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}

/** Neither part can have a slash in it. */
function parseKey(key: string): ObjectKey {
  const [namespace = "", name = ""] = key.split("/");
  return { namespace, name };
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
