import { setTimeout as sleep } from "node:timers/promises";
import { startBackOff } from "../kube/index.ts";
import type { ClusterObjects, Condition } from "../tekton/index.ts";
import { buildTraces, type ResourceSpans, type TraceOptions } from "../trace/index.ts";
import { type ChangedSpans, changedSpans, type HandedSpans } from "./changed-spans.ts";
import type { FamilyTree } from "./family-tree.ts";

export interface HandOverOptions {
  /**
   * Gets the spans of every run: provisional ones while it goes on, each again when it has changed. A span replaces the
   * one of its id before it. When this rejects, they are offered again, with growing pauses.
   */
  sink: (spans: readonly ResourceSpans[]) => Promise<void>;
  /**
   * Whether the final span of a run is where spans are kept. Asked of runs that were over when they were first seen: what is kept
   * was made when there was more to be seen, Events and Pods that are gone by now.
   */
  isKept?: (run: RunSpan) => Promise<boolean>;
  /** How the traces are built: resource, version and names, as everywhere. */
  trace: TraceOptions;
  /** One line for a person who reads logs. */
  log: (line: string) => void;
  /** Changes are gathered for so long before they are handed over; 250 unless told. */
  everyMillis: number;
  /** A run that is over is kept for so long, for what other watches still bring of it; 5,000 unless told. */
  lingerMillis: number;
}

/** The execution span of a run. */
export interface RunSpan {
  traceId: string;
  spanId: string;
}

/** Enough to be quick, few enough to be told soon. */
const BATCH_SPANS = 5_000;
/** With so many objects held and a sink that takes none, watches wait: the API keeps what is to come. */
const MOST_HELD = 100_000;
/** Kubernetes gives a process 30 s to end, of which others need their part. */
const STOP_MILLIS = 10_000;

interface Built extends ChangedSpans {
  /** Nothing that matters will come of it any more. */
  isSettled: boolean;
  /** Of a family that was over when it was first seen. */
  run?: RunSpan;
}

interface Batch {
  families: (Built & { root: string })[];
  size: number;
}

/** Builds the traces of families that changed, and hands their new spans over until they are taken. */
export class HandOver {
  readonly #tree: FamilyTree;
  readonly #options: HandOverOptions;
  readonly #changed = new Set<string>();
  /** Changed before, and not taken so far. */
  #offered: Set<string> = new Set();
  readonly #handed = new Map<string, HandedSpans>();
  readonly #lingering = new Map<string, NodeJS.Timeout>();
  readonly #stopping = new AbortController();
  readonly #backOff = startBackOff({ firstMillis: 100, mostMillis: 30_000 });
  #running: Promise<void> | undefined;
  #isRefused = false;
  #wake = () => {};
  #onRoom = () => {};
  #room: Promise<void> | undefined;

  constructor(tree: FamilyTree, options: HandOverOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  /** Something of this family is new. */
  touch(root: string): void {
    this.#changed.add(root);
    this.#wake();
  }

  /** Everything there is has been listed: from now on families are whole. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Settles when there is room for more objects. */
  room(): Promise<void> | undefined {
    if (!this.#isRefused || this.#tree.size < MOST_HELD || this.#stopping.signal.aborted) return undefined;
    this.#room ??= new Promise((resolve) => {
      this.#onRoom = resolve;
    });
    return this.#room;
  }

  /** Offers what is left once more, and does not wait for ever until it is taken. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    this.#makeRoom();
    const deadline = new AbortController();
    const end = sleep(STOP_MILLIS, undefined, { signal: deadline.signal }).catch(() => {});
    await Promise.race([this.#running?.then(() => this.#offer()), end]);
    deadline.abort();
    for (const timer of this.#lingering.values()) clearTimeout(timer);
    const { size } = this.#changed;
    if (size > 0) this.#options.log(`stopped; runs whose last changes were not handed over: ${size}`);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (this.#changed.size === 0) await this.#somethingNew();
      const pauseMillis = this.#isRefused ? this.#backOff.next() : this.#options.everyMillis;
      await sleep(pauseMillis, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await this.#offer();
    }
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #offer(): Promise<void> {
    this.#offered = new Set([...this.#changed].map((uid) => this.#tree.rootOf(uid)));
    this.#changed.clear();
    try {
      for (const { families } of this.#batches([...this.#offered])) {
        const spans = await this.#newSpans(families);
        if (spans.length > 0) await this.#options.sink(spans);
        this.#taken(families, spans.length > 0);
      }
    } catch (fault) {
      for (const root of this.#offered) this.#changed.add(root);
      this.#refused(fault);
    }
  }

  *#batches(roots: readonly string[]): Generator<Batch> {
    let batch: Batch = { families: [], size: 0 };
    for (const root of roots) {
      const built = this.#build(root);
      batch.families.push({ root, ...built });
      batch.size += built.changed.reduce((sum, { spans }) => sum + spans.length, 0);
      if (batch.size < BATCH_SPANS) continue;
      yield batch;
      batch = { families: [], size: 0 };
    }
    if (batch.families.length > 0) yield batch;
  }

  async #newSpans(families: Batch["families"]): Promise<ResourceSpans[]> {
    const spans: ResourceSpans[] = [];
    for (const { run, changed } of families) {
      const isKept = run !== undefined && (await this.#options.isKept?.(run));
      if (!isKept) spans.push(...changed);
    }
    return spans;
  }

  #build(root: string): Built {
    const handed = this.#handed.get(root) ?? new Map<string, string>();
    try {
      return this.#buildFamily(root, handed);
    } catch (fault) {
      this.#options.log(`the trace of ${root} cannot be built: ${messageOf(fault)}; please report it`);
      return { isSettled: false, changed: [], handed };
    }
  }

  /** A family whose root was not seen is not told before it is over: it may belong to another trace than it seems. */
  #buildFamily(root: string, handed: HandedSpans): Built {
    const objects = this.#tree.objectsOf(root);
    const { runs } = buildTraces(objects, this.#options.trace);
    const isOver = runs.length > 0 && runs.every(({ isComplete }) => isComplete);
    if (!isOver && !this.#tree.has(root)) return { isSettled: false, changed: [], handed };
    const isSettled = isOver && areTasksOver(objects);
    const [run] = isSettled && handed.size === 0 ? runs : [];
    return { isSettled, ...changedSpans(runs, handed), ...(run !== undefined && { run }) };
  }

  #taken(families: Batch["families"], hadSpans: boolean): void {
    for (const { root, isSettled, handed } of families) {
      this.#offered.delete(root);
      this.#handed.set(root, handed);
      if (isSettled) this.#linger(root);
    }
    if (!this.#isRefused || !hadSpans) return;
    this.#isRefused = false;
    this.#backOff.reset();
    this.#options.log("spans are taken again");
    this.#makeRoom();
  }

  #refused(fault: unknown): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    this.#options.log(`spans are not taken: ${messageOf(fault)}; they are kept and offered again`);
  }

  #makeRoom(): void {
    this.#onRoom();
    this.#room = undefined;
  }

  #linger(root: string): void {
    clearTimeout(this.#lingering.get(root));
    const timer = setTimeout(() => {
      this.#lingering.delete(root);
      if (this.#changed.has(root) || this.#offered.has(root)) return;
      this.#tree.finish(root);
      this.#handed.delete(root);
    }, this.#options.lingerMillis);
    this.#lingering.set(root, timer.unref());
  }
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/** A run that is cancelled can be over before its tasks have noticed. */
function areTasksOver({ taskRuns, customRuns }: ClusterObjects): boolean {
  const isOver = (condition: Condition | undefined) =>
    condition !== undefined && condition.status !== "Unknown";
  return (
    taskRuns.every(({ meta, attempts }) => meta.isDeleted || isOver(attempts.at(-1)?.condition)) &&
    customRuns.every(({ meta, condition }) => meta.isDeleted || isOver(condition))
  );
}
