/** A laptop's cluster: the API, the reconcilers over it, and the kubelet that runs what they make. */
import { admit, type EngineConfig, startEngine, systemClock } from "../engine/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { type EmbeddedApi, openEmbeddedApi } from "./api/index.ts";
import type { Executor } from "./executors/index.ts";
import {
  type HostAccess,
  type Kubelet,
  type OutputListener,
  startKubelet,
  type TelemetryListener,
} from "./kubelet/index.ts";

export interface LaptopOptions {
  /** Where Pods have their volumes and logs. */
  workDirectory: string;
  /** Where objects are kept; only in memory without it. */
  objectDirectory?: string;
  executor: Executor;
  network: "host" | "none";
  /** Directories of this machine that Pods may mount, and those they never see. */
  access: HostAccess;
  version: string;
  /** Without reconcilers, for those that run elsewhere: false. */
  engine: false | { config?: Partial<EngineConfig>; onSpans?: (spans: ResourceSpans) => void };
  /** Gets what containers print, as they print it. */
  onOutput?: OutputListener;
  /** Gets what steps leave in their spools, which they have only with this. */
  onTelemetry?: TelemetryListener;
  log: (line: string) => void;
}

export interface Laptop {
  api: EmbeddedApi;
  kubelet: Kubelet;
  /** Ends what runs, and answers when everything is written; the API still answers. */
  stopWork(): Promise<void>;
  /** Ends everything. Like `stopWork`, a second call answers the same promise. */
  stop(): Promise<void>;
}

/** Starts them all; what was interrupted when the last one ended is taken up or failed first. */
export async function startLaptop(options: LaptopOptions): Promise<Laptop> {
  const { objectDirectory } = options;
  const api = await openEmbeddedApi({
    clock: systemClock,
    admit,
    ...(objectDirectory !== undefined && { directory: objectDirectory }),
  });
  try {
    return await startWork(api, options);
  } catch (fault) {
    await api.close();
    throw fault;
  }
}

async function startWork(api: EmbeddedApi, options: LaptopOptions): Promise<Laptop> {
  const { workDirectory, executor, network, access, version, onOutput, onTelemetry, log } = options;
  const clock = systemClock;
  const kubelet = await startKubelet({
    api,
    clock,
    executor,
    network,
    access,
    directory: workDirectory,
    log,
    ...(onOutput !== undefined && { onOutput }),
    ...(onTelemetry !== undefined && { onTelemetry }),
  });
  const engine =
    options.engine === false ? undefined : startEngine({ api, clock, version, log, ...options.engine });
  await engine?.ready;
  const stopWork = once(async () => {
    // The kubelet first, so that the reconcilers see what became of the Pods.
    await kubelet.stop();
    await engine?.stop();
  });
  const stop = once(async () => {
    await stopWork();
    await api.close();
  });
  return { api, kubelet, stopWork, stop };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let working: Promise<void> | undefined;
  return () => {
    working ??= work();
    return working;
  };
}
