/** How the server itself is. Names begin with `throughline_`; those of the process are what Prometheus' own libraries call them. */
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { StoreStatistics, TraceStore } from "../../store/index.ts";
import type { Losses } from "../otlp/losses.ts";
import type { SignalItems } from "../otlp/signals.ts";
import { type Family, labelText, single } from "./family.ts";
import type { Listeners } from "./tap.ts";

interface HealthOptions {
  store: TraceStore;
  version: string;
  beganNs: bigint;
}

/** How often the event loop is looked at. What Node measures is the time from one look to the next, this one included. */
const RESOLUTION_MS = 20;

/** Counts by their labels, in the order they came first. All that counts here has a handful of labels. */
type Counts = Map<string, number>;

export class HealthMetrics implements Losses, Pick<Listeners, "count"> {
  readonly #options: HealthOptions;
  readonly #beganSeconds: number;
  readonly #kept: Counts = new Map();
  readonly #lost: Counts = new Map();
  readonly #refused: Counts = new Map();
  readonly #eventLoop: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#beganSeconds = Number(options.beganNs / 1_000_000n) / 1_000;
    for (const items of ["spans", "points", "logs"] as const) add(this.#kept, { items }, 0);
  }

  readonly count: Listeners["count"] = (items, { kept, lost, why }) => {
    add(this.#kept, { items }, kept);
    this.#lose(items, why, lost);
  };

  refused(transport: "http" | "grpc", code: number): void {
    add(this.#refused, { code: String(code), transport }, 1);
  }

  rejected(items: SignalItems, count: number): void {
    this.#lose(items, "rejected", count);
  }

  /** Begins to measure the event loop. */
  start(): void {
    this.#eventLoop.enable();
  }

  /** Measures no more. */
  stop(): void {
    this.#eventLoop.disable();
  }

  async families(): Promise<Family[]> {
    const { store, version } = this.#options;
    const buildInfo = labelText({ node: process.version, version });
    return [
      gauge("throughline_build_info", "Version of the server.", [{ labels: buildInfo, value: 1 }]),
      single({
        name: "throughline_up",
        type: "gauge",
        help: "1 while the store takes what comes, else 0.",
        value: store.health().kind === "ok" ? 1 : 0,
      }),
      this.#counter("throughline_received_items", "Items that were received and kept.", this.#kept),
      this.#counter("throughline_lost_items", "Items that were received and not kept.", this.#lost),
      this.#counter("throughline_refused_requests", "OTLP requests that were refused.", this.#refused),
      ...this.#ofStore(await store.statistics()),
      ...this.#ofProcess(),
      ...this.#ofEventLoop(),
    ];
  }

  #lose(items: SignalItems, reason: string, count: number): void {
    if (count > 0) add(this.#lost, { items, reason }, count);
  }

  #counter(name: string, help: string, counts: Counts): Family {
    const createdSeconds = this.#beganSeconds;
    const series = [...counts].map(([labels, value]) => ({ labels, value, createdSeconds }));
    return { name, type: "counter", help, unit: "", series };
  }

  #ofStore({ waitingBytes, batches, failedBatches, diskBytes, memoryBytes }: StoreStatistics): Family[] {
    const bytes = (name: string, help: string, value: number | undefined): Family[] =>
      value === undefined
        ? []
        : [single({ name: `throughline_${name}_bytes`, type: "gauge", help, unit: "bytes", value })];
    const count = (name: string, help: string, value: number | undefined): Family[] =>
      value === undefined ? [] : [this.#counter(`throughline_${name}`, help, new Map([["", value]]))];
    return [
      ...bytes("store_queue", "What waits to be written.", waitingBytes),
      ...bytes("store_disk", "What the stored data take on disk.", diskBytes),
      ...bytes("engine_memory", "What the store's engine takes of this process' memory.", memoryBytes),
      ...count("store_batches", "Batches that were written.", batches),
      ...count("store_write_failures", "Batches that could not be written.", failedBatches),
    ];
  }

  #ofProcess(): Family[] {
    const { user, system } = process.cpuUsage();
    return [
      single({
        name: "process_cpu_seconds",
        type: "counter",
        help: "Processor time.",
        unit: "seconds",
        value: (user + system) / 1e6,
        createdSeconds: performance.timeOrigin / 1_000,
      }),
      single({
        name: "process_resident_memory_bytes",
        type: "gauge",
        help: "Memory of the process, the engine's included.",
        unit: "bytes",
        value: process.memoryUsage.rss(),
      }),
      single({
        name: "process_start_time_seconds",
        type: "gauge",
        help: "When the process started, since 1970.",
        unit: "seconds",
        value: performance.timeOrigin / 1_000,
      }),
    ];
  }

  /** Since the last time this was asked. */
  #ofEventLoop(): Family[] {
    const { mean, max } = this.#eventLoop;
    const p99 = this.#eventLoop.percentile(99);
    this.#eventLoop.reset();
    const delay = (name: string, help: string, nanoseconds: number) =>
      single({
        name: `throughline_event_loop_delay_${name}_seconds`,
        type: "gauge",
        help,
        unit: "seconds",
        value: Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3) : 0,
      });
    return [
      delay("mean", "How late the event loop is on average, since the last scrape.", mean),
      delay("p99", "How late it is in the worst of a hundred cases.", p99),
      delay("max", "How late it was at worst.", max),
    ];
  }
}

function gauge(name: string, help: string, series: { labels: string; value: number }[]): Family {
  return { name, type: "gauge", help, unit: "", series };
}

function add(counts: Counts, labels: Record<string, string>, count: number): void {
  const key = labelText(labels);
  counts.set(key, (counts.get(key) ?? 0) + count);
}
