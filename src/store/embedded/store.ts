import { mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { ReceivedLog, ReceivedMetric, ReceivedSpan } from "../../otlp/index.ts";
import { readAnswer } from "../fields.ts";
import { type Kept, keepable } from "../keepable.ts";
import {
  type Added,
  type Query,
  StoreError,
  type StoreHealth,
  type StoreStatistics,
  type TraceStore,
} from "../trace-store.ts";
import { Batches, type EncodeRows } from "./batches.ts";
import { encodeLogs, encodeSpans, timeOfLog, Versions } from "./encode.ts";
import { type Engine, openEngine } from "./engine.ts";
import { Journal, type JournalFile, type Signal } from "./journal.ts";
import { encodePoints, faultOfPoint, pointsOf } from "./metric-rows.ts";
import { Retention } from "./retention.ts";
import {
  creationStatements,
  type InsertTarget,
  insertFromFile,
  LOGS,
  METRICS,
  SPANS,
  TABLES,
} from "./tables.ts";
import { EngineUsage } from "./usage.ts";

export interface EmbeddedStoreOptions {
  /** Everything is kept in here; made when it is not there. One process at a time. */
  directory: string;
  /** Whole weeks that ended longer ago are dropped, by the time of the spans; kept for ever when absent. */
  retainDays?: number;
  /** Told of what needs somebody's eyes and has no caller, in one line. */
  onWarning?: (message: string) => void;
}

/**
 * Opens the store in a directory, and first brings in what an interrupted process left half-way.
 * Throws {@link StoreError} "unavailable" when the directory is in use or not writable, or there is no engine for this machine.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<TraceStore> {
  const { directory, retainDays, onWarning = () => {} } = options;
  const journal = makeDirectory(directory);
  const engine = await openEngine(directory);
  for (const statement of creationStatements()) engine.runNow(statement);
  const store = new EmbeddedStore({ directory, engine, journal, onWarning });
  await store.recover();
  if (retainDays !== undefined) store.retain(retainDays);
  return store;
}

function makeDirectory(directory: string): Journal {
  try {
    mkdirSync(directory, { recursive: true });
    return new Journal(join(directory, "journal"));
  } catch (cause) {
    throw new StoreError(
      "unavailable",
      `the data directory ${directory} cannot be written; name another with --data`,
      { cause },
    );
  }
}

const TARGETS: Readonly<Record<Signal, InsertTarget>> = { spans: SPANS, metrics: METRICS, logs: LOGS };

const CLOSING: Added = { kind: "busy", reason: "the store is closing", retryAfterSeconds: 1 };

interface Parts {
  directory: string;
  engine: Engine;
  journal: Journal;
  onWarning: (message: string) => void;
}

class EmbeddedStore implements TraceStore {
  readonly #directory: string;
  readonly #engine: Engine;
  readonly #journal: Journal;
  readonly #onWarning: (message: string) => void;
  readonly #batches = new Batches((signal, batch) => this.#insert(signal, batch));
  readonly #versions = new Versions();
  readonly #usage: EngineUsage;
  readonly #listeners = new Set<(kept: { spans: number }) => void>();
  #retention: Retention | undefined;
  #health: StoreHealth = { kind: "ok" };
  #closing: Promise<void> | undefined;

  constructor({ directory, engine, journal, onWarning }: Parts) {
    this.#directory = directory;
    this.#engine = engine;
    this.#journal = journal;
    this.#onWarning = onWarning;
    this.#usage = new EngineUsage(engine);
  }

  addSpans(spans: readonly ReceivedSpan[]): Promise<Added> {
    const kept = keepable(spans, ({ startNs }) => startNs);
    return this.#add("spans", kept, encodeSpans(kept, this.#versions));
  }

  addMetrics(metrics: readonly ReceivedMetric[]): Promise<Added> {
    const kept = keepable(pointsOf(metrics), ({ point }) => point.timeNs, faultOfPoint);
    return this.#add("metrics", kept, encodePoints(kept, this.#versions));
  }

  addLogs(logs: readonly ReceivedLog[]): Promise<Added> {
    const ofTraces = logs.filter(({ traceId }) => traceId !== undefined);
    const kept = keepable(ofTraces, timeOfLog);
    const without = logs.length - ofTraces.length;
    kept.rejected += without;
    if (without > 0) kept.reason ||= "it belongs to no trace";
    return this.#add("logs", kept, encodeLogs(kept, this.#versions));
  }

  async select<Row>(query: Query<Row>): Promise<Row[]> {
    return readAnswer(await this.#engine.run(query.purpose, query.text(TABLES).text), query);
  }

  health(): StoreHealth {
    return this.#health;
  }

  async statistics(): Promise<StoreStatistics> {
    return { ...this.#batches.statistics(), ...(await this.#usage.read()) };
  }

  onKept(listener: (kept: { spans: number }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Inserts the batches an earlier process had written down and not finished. */
  async recover(): Promise<void> {
    for (const file of this.#journal.leftBehind()) {
      try {
        await this.#engine.run("write", insertFromFile(TARGETS[file.signal], file));
        await this.#journal.remove(file);
      } catch (fault) {
        await this.#giveUpOn(file, fault);
      }
    }
  }

  retain(days: number): void {
    this.#retention = new Retention({ engine: this.#engine, days, onWarning: this.#onWarning });
  }

  async #giveUpOn(file: JournalFile, fault: unknown): Promise<void> {
    if (fault instanceof StoreError && fault.reason === "unavailable") throw fault;
    const aside = await this.#journal.setAside(file);
    this.#onWarning(`a batch of an earlier run could not be read and is kept as ${aside}: ${String(fault)}`);
  }

  #add<Item>(signal: Signal, kept: Kept<Item>, encode: EncodeRows): Promise<Added> {
    const { items, rejected, reason } = kept;
    if (this.#closing !== undefined) return Promise.resolve(CLOSING);
    if (items.length === 0) return Promise.resolve({ kind: "kept", rejected, reason });
    return this.#batches.add(signal, { encode, rejected, reason });
  }

  async #insert(signal: Signal, { rows, count }: { rows: Uint8Array; count: number }): Promise<void> {
    try {
      checkSpace(this.#directory, rows.length);
      const file = this.#journal.write(signal, rows);
      await this.#engine.run("write", insertFromFile(TARGETS[signal], file));
      await this.#journal.remove(file);
    } catch (fault) {
      throw this.#refuse(fault);
    }
    await this.#recovered();
    this.#tell(signal === "spans" ? count : 0);
  }

  /** What is kept is kept, whatever a listener makes of it. */
  #tell(spans: number): void {
    for (const listener of this.#listeners) {
      try {
        listener({ spans });
      } catch (fault) {
        this.#onWarning(`a listener failed: ${String(fault)}`);
      }
    }
  }

  /** A batch that was refused half-way is still in the journal: it goes in first, or the tables would not agree. */
  async #recovered(): Promise<void> {
    if (this.#health.kind !== "refusing") return;
    this.#health = { kind: "ok" };
    try {
      await this.recover();
    } catch (fault) {
      this.#refuse(fault);
    }
  }

  /** Space and memory may be had again; anything else the engine says to a plain insert means that it is not to be trusted. */
  #refuse(fault: unknown): StoreError {
    const refused = writeFault(fault);
    if (this.#health.kind !== "failed") {
      this.#health = { kind: refused.reason === "fault" ? "failed" : "refusing", reason: refused.message };
    }
    return refused;
  }

  async #close(): Promise<void> {
    await this.#batches.drained();
    await this.#retention?.stop();
    await this.#usage.stop();
    await this.#engine.close();
  }
}

/** The rows are written down, and then again by the engine with a part of them in the narrow tables. */
const SPACE_FOR_EACH_BYTE = 2;
const SPACE_TO_SPARE_BYTES = 16 * 1024 * 1024;

/** An insert that fails half-way is the harder case, so what is seen to fail is not begun. */
function checkSpace(directory: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize >= bytes * SPACE_FOR_EACH_BYTE + SPACE_TO_SPARE_BYTES) return;
  throw noSpace(undefined);
}

function noSpace(cause: unknown): StoreError {
  return new StoreError("unavailable", "the disk is full: free some space, or keep less with --retain", {
    cause,
  });
}

function writeFault(fault: unknown): StoreError {
  if (codeOf(fault) === "ENOSPC") return noSpace(fault);
  if (!(fault instanceof StoreError)) {
    return new StoreError("fault", `a batch could not be written down: ${String(fault)}`, { cause: fault });
  }
  if (fault.reason === "unavailable") return noSpace(fault);
  if (fault.reason !== "tooExpensive") return fault;
  return new StoreError("busy", "the engine has no memory left for an insert", { cause: fault });
}

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && "code" in fault ? fault.code : undefined;
}
