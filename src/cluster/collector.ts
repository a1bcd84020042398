import { type Clock, TektonKind } from "../engine/index.ts";
import { CoreKind, type Kind, type KubeApi, type KubeObject, reflect, type Stored } from "../kube/index.ts";
import { FamilyTree } from "./family-tree.ts";
import { HandOver, type HandOverOptions } from "./hand-over.ts";
import { type ListName, readHeld } from "./held-object.ts";

export interface CollectorOptions
  extends Pick<HandOverOptions, "sink" | "isKept" | "trace" | "log">,
    Partial<Pick<HandOverOptions, "everyMillis" | "lingerMillis">> {
  api: KubeApi;
  /** All namespaces without it. */
  namespace?: string;
  clock: Clock;
}

export interface Collector {
  /** Hands over what is left, and settles. A second call answers the same promise. */
  stop(): Promise<void>;
}

interface Watched {
  kind: Kind;
  list: ListName;
  labelSelector?: string;
}

const RUNS: readonly Watched[] = [
  { kind: TektonKind.pipelineRun, list: "pipelineRuns" },
  { kind: TektonKind.taskRun, list: "taskRuns" },
  { kind: TektonKind.customRun, list: "customRuns" },
  // Tekton labels every Pod it makes; a cluster has many more (tektoncd/pipeline docs/labels.md).
  { kind: CoreKind.pod, list: "pods", labelSelector: "tekton.dev/taskRun" },
];

/** Events are of everything in the cluster: they come last, when it is known which of them matter. */
const EVENTS: Watched = { kind: CoreKind.event, list: "events" };

/**
 * Watches what happens on a Kubernetes API and hands the spans of it to a sink, live: the same spans an import of the
 * same objects would give, and as events of steps what only a watcher sees.
 *
 * A Pod that is deleted while its run goes on counts as it was last seen. A run that is deleted before it is over
 * ends as an error, reason `Deleted`.
 */
export function startCollector(options: CollectorOptions): Collector {
  const tree = new FamilyTree();
  const handOver = new HandOver(tree, { everyMillis: 250, lingerMillis: 5_000, ...options });
  const watching = new AbortController();
  const { signal } = watching;
  const look = (watched: Watched) => watchKind(watched, { ...options, tree, handOver, signal });
  const start = async () => {
    await Promise.all(RUNS.map(look));
    await look(EVENTS);
    if (!signal.aborted) handOver.start();
  };
  void start();
  let stopping: Promise<void> | undefined;
  return {
    stop: () => {
      watching.abort();
      stopping ??= handOver.stop();
      return stopping;
    },
  };
}

type Watch = Pick<CollectorOptions, "api" | "namespace" | "clock" | "log"> & {
  tree: FamilyTree;
  handOver: HandOver;
  signal: AbortSignal;
};

/** Settles with the first list, or with the first sign that there is none to be had: a cluster need not serve every kind. */
function watchKind(
  { kind, list, labelSelector }: Watched,
  { api, namespace, clock, log, tree, handOver, signal }: Watch,
): Promise<void> {
  const say = sayOnce((line) => log(`watching ${kind.plural}: ${line}`));
  const touch = (root: string | undefined) => {
    if (root !== undefined) handOver.touch(root);
  };
  const take = (object: Stored<KubeObject>, isGone: boolean) => {
    const held = readHeld(object);
    if (held.list === "none") return say(`${held.message}; left out`);
    touch(isGone ? tree.remove(held, clock.now()) : tree.put(held, clock.now()));
  };
  return new Promise((resolve) => {
    void reflect({
      api,
      kind,
      selectors: { namespace, labelSelector },
      onList: (objects) => {
        for (const root of tree.retain(list, new Set(objects.map(({ metadata }) => metadata.uid))))
          touch(root);
        for (const object of objects) take(object, false);
        resolve();
      },
      onEvent: ({ type, object }) => {
        take(object, type === "DELETED");
        return handOver.room();
      },
      onTrouble: (fault) => {
        say(`${fault instanceof Error ? fault.message : String(fault)}; trying again`);
        resolve();
      },
      signal,
    });
  });
}

/** The same line again says nothing new. */
function sayOnce(log: (line: string) => void): (line: string) => void {
  let last = "";
  return (line) => {
    if (line !== last) log(line);
    last = line;
  };
}
