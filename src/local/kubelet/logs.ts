import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ObjectKey } from "../../kube/index.ts";
import { ContainerLog } from "./container-log.ts";
import type { Places } from "./places.ts";
import { namesIn, readContainerLog } from "./read-log.ts";

/** Which output to read. */
export interface LogQuery {
  namespace: string;
  pod: string;
  container: string;
  /** Goes on until the container has ended. */
  follow?: boolean;
  /** Only so many lines of what there is. */
  tailLines?: number;
}

/** The logs of one Pod. */
export interface PodLogs {
  of(container: string): ContainerLog;
  /** Nothing more will come from any of them. */
  close(): void;
}

/** Keeps what containers print after their Pod is gone, so that one can still see why it was ended. */
const KEPT_MILLIS = 7 * 24 * 60 * 60 * 1000;

/** Everything the containers of this machine print and printed. */
export class LogStore {
  readonly #places: Places;
  readonly #onTrouble: (message: string) => void;
  /** Of Pods that have not ended, by namespace and name. */
  readonly #open = new Map<string, OpenLogs>();

  constructor({ places, onTrouble }: { places: Places; onTrouble: (message: string) => void }) {
    this.#places = places;
    this.#onTrouble = onTrouble;
  }

  /** Opens the logs of a Pod that begins, so that its containers can be followed before they have printed anything. */
  open(pod: ObjectKey & { uid: string }, containers: readonly string[]): PodLogs {
    const directory = this.#places.podLogs(pod);
    const logs = new Map(containers.map((name) => [name, this.#openLog(logPath(directory, name))]));
    const opened = { directory, logs };
    this.#open.set(formatKey(pod), opened);
    return {
      of: (container) => logs.get(container) ?? this.#openLog(logPath(directory, container)),
      close: () => {
        for (const log of logs.values()) log.close();
        if (this.#open.get(formatKey(pod)) === opened) this.#open.delete(formatKey(pod));
      },
    };
  }

  /** Undefined if the container has printed nothing and is not running. Of Pods of the same name, the latest. */
  read({ namespace, pod, container, follow, tailLines }: LogQuery): AsyncIterable<Buffer> | undefined {
    const opened = this.#open.get(formatKey({ namespace, name: pod }));
    const directory = opened?.directory ?? this.#latest({ namespace, name: pod });
    if (directory === undefined) return undefined;
    const path = logPath(directory, container);
    const live = opened?.logs.get(container);
    if (live === undefined && !namesIn(directory).includes(basename(path))) return undefined;
    return readContainerLog({ path, tailLines, live: follow ? live : undefined });
  }

  /** Removes logs of Pods that went long ago. */
  async prune({
    nowMillis,
    isThere,
  }: {
    nowMillis: number;
    isThere: (uid: string) => boolean;
  }): Promise<void> {
    for (const name of namesIn(this.#places.logs)) {
      const directory = join(this.#places.logs, name);
      const [, , uid = ""] = name.split("_");
      if (isThere(uid) || nowMillis - changedAt(directory) < KEPT_MILLIS) continue;
      await rm(directory, { recursive: true, force: true });
    }
  }

  #openLog(path: string): ContainerLog {
    return new ContainerLog({ path, onTrouble: this.#onTrouble });
  }

  #latest({ namespace, name }: ObjectKey): string | undefined {
    const candidates = namesIn(this.#places.logs)
      .filter((directory) => directory.startsWith(`${namespace}_${name}_`))
      .map((directory) => join(this.#places.logs, directory))
      .map((directory) => ({ directory, time: changedAt(directory) }));
    return candidates.sort((a, b) => b.time - a.time)[0]?.directory;
  }
}

interface OpenLogs {
  directory: string;
  logs: ReadonlyMap<string, ContainerLog>;
}

/** The name of a container is a DNS label when it comes from a Pod; when it comes from a request, it may be anything. */
function logPath(directory: string, container: string): string {
  return join(directory, `${basename(container)}.log`);
}

/** In milliseconds; long ago if it is just being removed. */
function changedAt(directory: string): number {
  return statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function formatKey({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}
