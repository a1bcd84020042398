/** Runs the Pods of an API on this machine (Kubernetes: "kubelet", with the scheduler's part of it). */
import { mkdirSync } from "node:fs";
import type { Clock } from "../../engine/index.ts";
import {
  type Change,
  CoreKind,
  type Informer,
  type Kind,
  type KubeApi,
  type KubeObject,
  keyOf,
  type ObjectKey,
  type PersistentVolumeClaim,
  type Pod,
  type Stored,
  startInformer,
} from "../../kube/index.ts";
import { type Executor, killStrays } from "../executors/index.ts";
import { removeClaim } from "./claims.ts";
import type { HostAccess } from "./host-access.ts";
import { type LogQuery, LogStore } from "./logs.ts";
import { isOver, removePod, settleLostPods } from "./lost-pods.ts";
import { nodeName } from "./node-name.ts";
import type { OutputListener } from "./output.ts";
import { placesIn } from "./places.ts";
import { type PodHost, PodRun } from "./pod-run.ts";
import type { TelemetryListener } from "./step-telemetry.ts";

export interface KubeletOptions {
  api: KubeApi;
  clock: Clock;
  executor: Executor;
  /** Where Pods have their volumes, claims their content, and logs are kept. One kubelet at a time. */
  directory: string;
  network: "host" | "none";
  access: HostAccess;
  onOutput?: OutputListener;
  /** Gets what steps leave in their spools, which they have only with this. */
  onTelemetry?: TelemetryListener;
  /** One line for a person who reads logs. */
  log: (line: string) => void;
}

export interface Kubelet {
  /**
   * What a container has printed, both streams in the order in which they came, and with `follow` what it will print.
   * Undefined if nothing is known of it. Output is kept for a week after its Pod is gone.
   */
  readLog(query: LogQuery): AsyncIterable<Buffer> | undefined;
  /**
   * Ends all Pods and fails them, as on a node that is shut down: SIGTERM, and SIGKILL two seconds later. Settles when their
   * status is written. A second call answers the same promise.
   */
  stop(): Promise<void>;
}

/** A laptop's cluster may stay up for months. */
const PRUNE_MILLIS = 24 * 60 * 60 * 1_000;
/** Whoever stops this program waits for it. */
const STOP_GRACE_MILLIS = 2_000;

/**
 * Takes up every Pod of the API that is bound to no other machine. Pods that an earlier kubelet of this machine was running
 * have failed, with the reason NodeLost, when this settles, and nothing of them is left. Containers run once: a restart
 * policy changes nothing.
 */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { api, clock, executor, directory, network, access, onOutput, onTelemetry, log } = options;
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const places = placesIn(directory);
  const node = { name: nodeName(directory), address: "127.0.0.1" };
  await killStrays(directory);
  await settleLostPods({ api, clock, places, nodeName: node.name });
  const kubelet = new PodKeeper({
    api,
    clock,
    executor,
    network,
    access,
    node,
    places,
    onOutput,
    onTelemetry,
    log,
  });
  await kubelet.ready;
  return { readLog: (query) => kubelet.readLog(query), stop: () => kubelet.stop() };
}

/** Follows the Pods of the API and gives each a run of its own. */
class PodKeeper {
  readonly #host: PodHost;
  readonly #logs: LogStore;
  readonly #runs = new Map<string, PodRun>();
  /** UIDs of Pods that had their run: what is heard of them later is old. */
  readonly #settled = new Set<string>();
  readonly #pods: Informer<Pod>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly ready: Promise<void>;
  #pruning: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(host: PodHost) {
    this.#host = host;
    this.#logs = new LogStore({ places: host.places, onTrouble: host.log });
    this.#pods = this.#follow(CoreKind.pod);
    this.#claims = this.#follow(CoreKind.claim);
    this.ready = this.#listen();
  }

  readLog(query: LogQuery): AsyncIterable<Buffer> | undefined {
    return this.#logs.read(query) ?? (this.#hasEnded(query) ? nothing() : undefined);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    clearInterval(this.#pruning);
    this.#pods.stop();
    this.#claims.stop();
    const runs = [...this.#runs.values()];
    for (const run of runs) run.stop({ kind: "shutdown", graceMillis: STOP_GRACE_MILLIS });
    await Promise.all(runs.map(({ ended }) => ended));
  }

  async #listen(): Promise<void> {
    await Promise.all([this.#pods.ready, this.#claims.ready]);
    await this.#prune();
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_MILLIS).unref();
    this.#pods.onChange((change) => this.#onPod(change));
    this.#claims.onChange((change) => this.#onClaim(change));
  }

  async #prune(): Promise<void> {
    const uids = new Set(this.#pods.list().map(({ metadata }) => metadata.uid));
    const nowMillis = Number(this.#host.clock.now() / 1_000_000n);
    await this.#logs
      .prune({ nowMillis, isThere: (uid) => uids.has(uid) })
      .catch((fault: unknown) => this.#host.log(`old logs are left: ${messageOf(fault)}`));
  }

  #follow<T extends KubeObject>(kind: Kind<T>): Informer<T> {
    const { api, log } = this.#host;
    return startInformer({
      api,
      kind,
      onTrouble: (fault) => log(`watching ${kind.plural}: ${messageOf(fault)}; trying again`),
    });
  }

  #onPod({ type, object }: Change<Pod>): void {
    const { uid, deletionTimestamp } = object.metadata;
    const run = this.#runs.get(uid);
    if (type === "deleted") {
      run?.abandon();
      this.#settled.delete(uid);
      return;
    }
    if (run !== undefined) run.update(object);
    else if (!this.#isOurs(object)) return;
    else if (deletionTimestamp !== undefined) this.#remove(object);
    else if (!this.#settled.has(uid) && !isOver(object)) this.#start(object);
  }

  #isOurs({ spec }: Stored<Pod>): boolean {
    return (spec.nodeName ?? this.#host.node.name) === this.#host.node.name;
  }

  #start(pod: Stored<Pod>): void {
    const { uid } = pod.metadata;
    const { initContainers = [], containers } = pod.spec;
    const names = [...initContainers, ...containers].map(({ name }) => name);
    const logs = this.#logs.open({ ...keyOf(pod), uid }, names);
    const run = new PodRun(pod, { host: this.#host, logs });
    this.#runs.set(uid, run);
    run.ended.then(() => this.#settle(pod, run));
  }

  #settle(pod: Stored<Pod>, run: PodRun): void {
    const { uid } = pod.metadata;
    this.#runs.delete(uid);
    const current = this.#pods.get(keyOf(pod));
    if (current?.metadata.uid === uid) this.#settled.add(uid);
    if (run.isDeletion) this.#remove(pod);
  }

  #remove(pod: Stored<Pod>): void {
    const { namespace, name } = keyOf(pod);
    removePod(this.#host.api, pod).catch((fault: unknown) =>
      this.#host.log(`Pod ${namespace}/${name} cannot be removed: ${messageOf(fault)}; delete it again`),
    );
  }

  #onClaim({ type, object }: Change<PersistentVolumeClaim>): void {
    if (type !== "deleted") return;
    const key = keyOf(object);
    this.#emptyClaim(key).catch((fault: unknown) =>
      this.#host.log(`the content of claim ${key.namespace}/${key.name} is left: ${messageOf(fault)}`),
    );
  }

  /** When nobody uses it any more: what is removed while a step puts links into it may be somebody else's. */
  async #emptyClaim(key: ObjectKey): Promise<void> {
    const users = [...this.#runs.values()].filter((run) => run.usesClaim(key));
    await Promise.all(users.map(({ ended }) => ended));
    if (this.#claims.get(key) === undefined) await removeClaim(key, this.#host.places);
  }

  #hasEnded({ namespace, pod, container }: LogQuery): boolean {
    const { initContainerStatuses = [], containerStatuses = [] } =
      this.#pods.get({ namespace, name: pod })?.status ?? {};
    const statuses = [...initContainerStatuses, ...containerStatuses];
    return statuses.find(({ name }) => name === container)?.state?.terminated !== undefined;
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
