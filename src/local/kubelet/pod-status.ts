import type {
  Condition,
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodStatus,
} from "../../kube/index.ts";
import type { Node } from "./field-reference.ts";

type ConditionType = "PodScheduled" | "Initialized" | "ContainersReady" | "Ready";
type Phase = NonNullable<PodStatus["phase"]>;

interface Verdict {
  reason: string;
  message: string;
}

interface Entry {
  state: ContainerState;
  isReady: boolean;
  containerId?: string;
  /** Its end says nothing about the Pod: a sidecar that was told to end. */
  isExempt: boolean;
}

/** What is to stand in a Pod's status (core/v1 PodStatus), followed from event to event. */
export class PodStatusDraft {
  readonly #spec: Pod["spec"];
  readonly #node: Node;
  readonly #now: () => string;
  readonly #entries = new Map<string, Entry>();
  readonly #conditions = new Map<ConditionType, Condition>();
  readonly #startTime: string;
  #verdict: Verdict | undefined;

  constructor({ spec, node, now }: { spec: Pod["spec"]; node: Node; now: () => string }) {
    this.#spec = spec;
    this.#node = node;
    this.#now = now;
    this.#startTime = now();
    this.waitForAll();
    this.setCondition({ type: "PodScheduled", status: "True" });
    this.setCondition({ type: "Initialized", status: "False", reason: "ContainersNotInitialized" });
  }

  /** No container has begun; with a message, because something is missing. */
  waitForAll(message?: string): void {
    const { initContainers = [], containers } = this.#spec;
    const reason = initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
    const state = { waiting: { reason, ...(message !== undefined && { message }) } };
    for (const { name } of [...initContainers, ...containers]) {
      this.#entries.set(name, { state, isReady: false, isExempt: false });
    }
  }

  /** Keeps the time of the last transition while the status stays the same. */
  setCondition(condition: Omit<Condition, "type"> & { type: ConditionType }): void {
    const before = this.#conditions.get(condition.type);
    const isSame = before?.status === condition.status;
    const lastTransitionTime = isSame ? before.lastTransitionTime : this.#now();
    this.#conditions.set(condition.type, { ...condition, lastTransitionTime });
  }

  stateOf(container: string): ContainerState {
    return this.#entries.get(container)?.state ?? {};
  }

  setState(
    container: string,
    change: { state: ContainerState; isReady?: boolean; containerId?: string },
  ): void {
    const entry = this.#entries.get(container);
    if (entry === undefined) return;
    const isReady = change.state.running === undefined ? false : (change.isReady ?? entry.isReady);
    this.#entries.set(container, { ...entry, ...change, isReady });
  }

  exempt(container: string): void {
    const entry = this.#entries.get(container);
    if (entry !== undefined) this.#entries.set(container, { ...entry, isExempt: true });
  }

  /** Fails the Pod, whatever its containers did. */
  fail(verdict: Verdict): void {
    this.#verdict = verdict;
  }

  isOver(): boolean {
    return this.#spec.containers.every(({ name }) => this.stateOf(name).terminated !== undefined);
  }

  status(): PodStatus {
    const phase = this.#phase();
    this.#setReadiness(phase);
    return {
      phase,
      ...this.#verdict,
      startTime: this.#startTime,
      hostIP: this.#node.address,
      podIP: this.#node.address,
      conditions: [...this.#conditions.values()],
      ...(this.#spec.initContainers && {
        initContainerStatuses: this.#statusesOf(this.#spec.initContainers),
      }),
      containerStatuses: this.#statusesOf(this.#spec.containers),
    };
  }

  /** Kubernetes, "Pod Lifecycle". Containers whose turn has not come do not keep a Pod from running. */
  #phase(): Phase {
    if (this.#verdict !== undefined && this.isOver()) return "Failed";
    if (this.#hasFailedInit()) return "Failed";
    const entries = this.#spec.containers.map(({ name }) => this.#entries.get(name));
    if (!this.isOver()) return entries.some((entry) => entry && !entry.state.waiting) ? "Running" : "Pending";
    const hasFailed = entries.some((entry) => !entry?.isExempt && entry?.state.terminated?.exitCode !== 0);
    return hasFailed ? "Failed" : "Succeeded";
  }

  #hasFailedInit(): boolean {
    return (this.#spec.initContainers ?? []).some(
      ({ name, restartPolicy }) =>
        restartPolicy !== "Always" && (this.stateOf(name).terminated?.exitCode ?? 0) !== 0,
    );
  }

  #setReadiness(phase: Phase): void {
    const isReady =
      phase === "Running" && this.#spec.containers.every(({ name }) => this.#entries.get(name)?.isReady);
    const why =
      phase === "Succeeded" ? "PodCompleted" : phase === "Failed" ? "PodFailed" : "ContainersNotReady";
    for (const type of ["ContainersReady", "Ready"] as const) {
      this.setCondition({ type, status: isReady ? "True" : "False", ...(!isReady && { reason: why }) });
    }
  }

  #statusesOf(containers: readonly Container[]): ContainerStatus[] {
    return containers.map(({ name, image = "" }) => {
      const { state, isReady, containerId } = this.#entries.get(name) ?? { state: {}, isReady: false };
      return {
        name,
        image,
        imageID: image,
        ...(containerId !== undefined && { containerID: containerId }),
        ready: isReady,
        started: state.running !== undefined,
        restartCount: 0,
        state,
      };
    });
  }
}
