import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, timestamp } from "../../engine/index.ts";
import {
  CoreKind,
  isApiError,
  type KubeApi,
  type ObjectKey,
  type Pod,
  type Stored,
} from "../../kube/index.ts";
import type { Executor } from "../executors/index.ts";
import { Barriers } from "./barriers.ts";
import { findClaims } from "./claims.ts";
import { ContainerRun, MAX_TIMER_MILLIS } from "./container-run.ts";
import type { Node } from "./field-reference.ts";
import type { HostAccess } from "./host-access.ts";
import type { PodLogs } from "./logs.ts";
import { hostPathOf } from "./mounts.ts";
import type { OutputListener } from "./output.ts";
import type { Places } from "./places.ts";
import type { ContainerPlan, PodScope } from "./pod-scope.ts";
import { PodStatusDraft } from "./pod-status.ts";
import { containersOf, preparePod } from "./prepare-pod.ts";
import { readWithin } from "./safe-path.ts";
import { readSources, type Sources } from "./sources.ts";
import { StatusWriter } from "./status-writer.ts";
import type { TelemetryListener } from "./step-telemetry.ts";
import { refreshDownwardVolumes } from "./volumes.ts";

/** What all Pods of this machine share. */
export interface PodHost {
  api: KubeApi;
  clock: Clock;
  executor: Executor;
  network: "host" | "none";
  node: Node;
  places: Places;
  access: HostAccess;
  onOutput?: OutputListener;
  onTelemetry?: TelemetryListener;
  log: (line: string) => void;
}

/** Why a Pod is ended before its time. */
export type PodEnd =
  | { kind: "deleted"; graceMillis: number }
  | { kind: "deadline"; graceMillis: number }
  | { kind: "shutdown"; graceMillis: number };

/** As the kubelet words them. */
const VERDICTS = {
  deadline: {
    reason: "DeadlineExceeded",
    message: "Pod was active on the node longer than the specified deadline",
  },
  shutdown: {
    reason: "Terminated",
    message: "Pod was terminated in response to imminent node shutdown.",
  },
};

/** How long to wait before looking again for what a Pod misses. */
const RETRY_MILLIS = 1_000;
const DEFAULT_GRACE_SECONDS = 30;

/** One Pod on this machine, from the moment it is taken up until nothing of it is left but its logs. */
export class PodRun {
  readonly #host: PodHost;
  readonly #logs: PodLogs;
  readonly #draft: PodStatusDraft;
  readonly #writer: StatusWriter;
  readonly #barriers = new Barriers();
  readonly #ending = new AbortController();
  readonly #runs = new Map<string, ContainerRun>();
  /** As it was when it was taken up. */
  readonly #origin: Stored<Pod>;
  #pod: Stored<Pod>;
  #plans: readonly ContainerPlan[] = [];
  #sources: Sources | undefined;
  #claims: ReadonlyMap<string, string> = new Map();
  #end: PodEnd | undefined;
  #deadline: NodeJS.Timeout | undefined;
  /** Settles when it is over and its status written. Never rejects. */
  readonly ended: Promise<void>;

  constructor(pod: Stored<Pod>, { host, logs }: { host: PodHost; logs: PodLogs }) {
    this.#host = host;
    this.#logs = logs;
    this.#origin = pod;
    this.#pod = pod;
    const now = () => timestamp(host.clock.now());
    this.#draft = new PodStatusDraft({ spec: pod.spec, node: host.node, now });
    this.#writer = new StatusWriter({
      api: host.api,
      pod,
      read: () => this.#draft.status(),
      onTrouble: (fault) =>
        this.#complain(`its status cannot be written (${messageOf(fault)}); trying again`),
    });
    this.ended = this.#live().catch((fault: unknown) => this.#complain(messageOf(fault)));
  }

  /** Whether the object is to go when the run is over. */
  get isDeletion(): boolean {
    return this.#pod.metadata.deletionTimestamp !== undefined;
  }

  /** Whether its containers may write to the content of that claim. */
  usesClaim({ namespace, name }: ObjectKey): boolean {
    const { metadata, spec } = this.#origin;
    const claims = (spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
    return metadata.namespace === namespace && claims.includes(name);
  }

  /** Takes over what has changed in the object: deletion, annotations, images of sidecars. */
  update(pod: Stored<Pod>): void {
    const previous = this.#pod;
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) this.stop(deletionOf(pod));
    if (pod.metadata.annotations !== previous.metadata.annotations) this.#refreshFiles();
    for (const { name, image } of pod.spec.containers) {
      const before = previous.spec.containers.find((container) => container.name === name);
      if (before !== undefined && before.image !== image) this.#retire(name);
    }
  }

  /** Ends everything in it. A second call can only make it sooner. */
  stop(end: PodEnd): void {
    this.#end ??= end;
    if (end.kind === "shutdown") this.#writer.hurry();
    if (this.#end.kind !== "deleted") this.#draft.fail(VERDICTS[this.#end.kind]);
    this.#ending.abort();
    this.#barriers.close();
    for (const run of this.#runs.values()) run.stop(end.graceMillis);
  }

  /** The object is gone already; nothing is to be written any more. */
  abandon(): void {
    this.#writer.abandon();
    this.stop({ kind: "deleted", graceMillis: 0 });
  }

  async #live(): Promise<void> {
    try {
      if (await this.#bind()) await this.#runAll();
    } catch (fault) {
      this.#complain(messageOf(fault));
      this.#draft.fail({ reason: "Failed", message: messageOf(fault) });
      this.#skipAll();
    } finally {
      clearTimeout(this.#deadline);
      this.#logs.close();
      this.#writer.changed();
      await this.#writer.written();
      await this.#removeVolumes();
    }
  }

  /** Binds the Pod to this machine before anything of it runs, so that whoever comes after us knows that something may have. */
  async #bind(): Promise<boolean> {
    const { api, node } = this.#host;
    if (!(await this.#awaitClaims())) return false;
    if (this.#pod.spec.nodeName === node.name) return true;
    const { namespace = "", name } = this.#pod.metadata;
    try {
      await api.patch(CoreKind.pod, { namespace, name }, { spec: { nodeName: node.name } });
      return true;
    } catch (fault) {
      if (!isApiError(fault, 404) && !isApiError(fault, 409)) throw fault;
      this.#writer.abandon();
      return false;
    }
  }

  async #awaitClaims(): Promise<boolean> {
    for (;;) {
      const found = await findClaims(this.#pod, this.#host);
      this.#claims = found.directories;
      if (found.missing === undefined) break;
      const message = `persistentvolumeclaim "${found.missing}" not found`;
      this.#draft.setCondition({ type: "PodScheduled", status: "False", reason: "Unschedulable", message });
      this.#writer.changed();
      if (!(await this.#pause())) return false;
    }
    this.#draft.setCondition({ type: "PodScheduled", status: "True" });
    return !this.#ending.signal.aborted;
  }

  async #runAll(): Promise<void> {
    this.#startDeadline();
    const plans = await this.#preparePlans();
    if (plans === undefined) return this.#skipAll();
    this.#plans = plans;
    const scope = this.#scope();
    const inits = this.#origin.spec.initContainers ?? [];
    const helpers: Promise<number>[] = [];
    for (const plan of plans.slice(0, inits.length)) {
      if (this.#ending.signal.aborted) break;
      const ended = this.#start(plan, scope);
      if (plan.container.restartPolicy === "Always") helpers.push(ended);
      else if ((await ended) !== 0) return this.#endHelpers(helpers);
    }
    if (this.#ending.signal.aborted) this.#skipAll();
    else await this.#runMain(plans.slice(inits.length), scope);
    await this.#endHelpers(helpers);
  }

  async #runMain(plans: readonly ContainerPlan[], scope: PodScope): Promise<void> {
    this.#draft.setCondition({ type: "Initialized", status: "True" });
    this.#settleOuterFiles();
    await Promise.all(plans.map((plan) => this.#start(plan, scope)));
  }

  #start(plan: ContainerPlan, scope: PodScope): Promise<number> {
    const run = new ContainerRun(plan, scope);
    this.#runs.set(plan.container.name, run);
    return run.run();
  }

  /** Sidecars in Kubernetes' own form end when the others have (KEP-753). */
  async #endHelpers(helpers: readonly Promise<number>[]): Promise<void> {
    for (const run of this.#runs.values()) run.stop(this.#graceMillis());
    await Promise.all(helpers);
  }

  /** Nothing has begun, and nothing will. */
  #skipAll(): void {
    for (const { name } of containersOf(this.#origin)) {
      const { terminated } = this.#draft.stateOf(name);
      if (terminated !== undefined) continue;
      this.#draft.setState(name, {
        state: { terminated: { exitCode: 137, reason: "ContainerStatusUnknown" } },
      });
    }
  }

  #scope(): PodScope {
    const { clock, executor, network, onOutput, onTelemetry } = this.#host;
    const pod = this.#origin;
    return {
      pod,
      clock,
      executor,
      network,
      draft: this.#draft,
      changed: () => this.#writer.changed(),
      barriers: this.#barriers,
      scripts: new Map(),
      plans: this.#plans,
      log: (container) => this.#logs.of(container),
      onPrint: (container) => (stream, chunk) => onOutput?.({ pod, container, stream, chunk }),
      onTelemetry,
    };
  }

  /** Looks up what the containers need, again and again until it is all there. Undefined if the Pod is ended before. */
  async #preparePlans(): Promise<ContainerPlan[] | undefined> {
    for (;;) {
      const plans = await this.#tryToPlan();
      if (this.#ending.signal.aborted) return undefined;
      if (plans !== undefined) return plans;
      this.#writer.changed();
      if (!(await this.#pause())) return undefined;
    }
  }

  async #tryToPlan(): Promise<ContainerPlan[] | undefined> {
    const { api, node, places, access } = this.#host;
    const pod = this.#pod;
    const sources = await readSources(api, pod);
    this.#sources = sources;
    return preparePod({ pod, sources, claims: this.#claims, node, places, access }, this.#draft);
  }

  #refreshFiles(): void {
    const { node, places, access } = this.#host;
    const sources = this.#sources;
    if (sources === undefined || this.#plans.length === 0) return;
    refreshDownwardVolumes({ pod: this.#pod, sources, claims: this.#claims, node, places, access });
    this.#settleOuterFiles();
  }

  /** Files steps wait for that no step makes: those of the Pod's annotations. */
  #settleOuterFiles(): void {
    const made = new Set(this.#plans.map(({ work }) => (work.kind === "step" ? work.step.postFile : "")));
    for (const { work, mounts } of this.#plans) {
      if (work.kind !== "step") continue;
      for (const file of work.step.waitFiles.filter((name) => !made.has(name))) {
        const place = hostPathOf(mounts, file);
        const read = place === undefined ? undefined : readWithin(place, Number.MAX_SAFE_INTEGER);
        if (read?.kind !== "read") continue;
        if (read.content.length > 0 || !work.step.waitsForContent) this.#barriers.settle(file, "open");
      }
    }
  }

  /** A container whose image was replaced is one that is to end: so Tekton ends its sidecars. */
  #retire(container: string): void {
    this.#draft.exempt(container);
    this.#runs.get(container)?.stop(this.#graceMillis());
  }

  #graceMillis(): number {
    return (this.#origin.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
  }

  #startDeadline(): void {
    const { activeDeadlineSeconds } = this.#origin.spec;
    const millis = (activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    if (millis > MAX_TIMER_MILLIS) return;
    const end = { kind: "deadline", graceMillis: this.#graceMillis() } as const;
    this.#deadline = setTimeout(() => this.stop(end), millis);
  }

  /** Answers false if the Pod was ended meanwhile. */
  async #pause(): Promise<boolean> {
    try {
      await sleep(RETRY_MILLIS, undefined, { signal: this.#ending.signal });
      return true;
    } catch {
      return false; // Aborted, which is the only way it can fail.
    }
  }

  /** Only what its containers wrote outside of claims; nothing can be read of it any more. */
  async #removeVolumes(): Promise<void> {
    const directory = this.#host.places.pod(this.#origin.metadata.uid);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }

  #complain(message: string): void {
    const { namespace = "", name } = this.#origin.metadata;
    this.#host.log(`Pod ${namespace}/${name}: ${message}`);
  }
}

/** How a Pod that is marked for deletion is to end. */
function deletionOf({ metadata, spec }: Stored<Pod>): PodEnd {
  const seconds =
    metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return { kind: "deleted", graceMillis: seconds * 1000 };
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
