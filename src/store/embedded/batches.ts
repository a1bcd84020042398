/**
 * Many small requests, few large inserts. Rows are encoded as they come and wait in the open batch; it is inserted when it
 * has waited long enough or is large enough, and all who gave rows to it hear when it is durable.
 *
 *   request  request  request        request
 *      └────────┴────────┘              └───── …
 *          one batch ── journal ── engine ── all three are answered
 */
import { MAX_WEEKS_OF_REQUEST } from "../keepable.ts";
import type { Added } from "../trace-store.ts";
import type { Signal } from "./journal.ts";
import { RowWriter } from "./row-writer.ts";

/** Writes a batch; resolves when it is durable. */
export type InsertBatch = (signal: Signal, batch: { rows: Uint8Array; count: number }) => Promise<void>;

/** Encodes rows into the batch; answers how many, and the weeks they lie in. */
export type EncodeRows = (out: RowWriter) => { count: number; weeks: ReadonlySet<number> };

/** A request that comes alone waits so long for company: about as long as the smallest insert takes. */
const LINGER_MS = 15;
/**
 * One insert at a time: what comes meanwhile is the next batch, so batches grow with the load. Each insert has a price of its
 * own, for the tables that are filled from the spans most of all. Processor time for 1,000 spans: 33 ms in batches of 3,000,
 * 17 ms of 10,000, 11 ms of 30,000.
 */
const MAX_INSERTING = 1;
/** About 24,000 spans; with the last request it fits into 32 MiB, which is how buffers grow. */
const MAX_BATCH_BYTES = 24 * 1024 * 1024;
/** One for the batch that is being inserted, one for the next. */
const MAX_SPARE_WRITERS = 2;
/** All that waits, of all signals: the batch that is being inserted, the next one, and what comes while they change places. */
const MAX_WAITING_BYTES = 3 * MAX_BATCH_BYTES;

const BUSY: Added = {
  kind: "busy",
  reason: "more comes in than the store can write",
  retryAfterSeconds: 1,
};

interface RowsToAdd {
  encode: EncodeRows;
  /** Of those that are not among the rows. */
  rejected: number;
  reason: string;
}

interface Batch {
  signal: Signal;
  writer: RowWriter;
  count: number;
  weeks: Set<number>;
  /** Has waited long enough: the next free insert takes it. */
  isDue: boolean;
  durable: Promise<void>;
  settle: { resolve: () => void; reject: (fault: unknown) => void };
}

export class Batches {
  readonly #insert: InsertBatch;
  readonly #open = new Map<Signal, Batch>();
  readonly #ready: Batch[] = [];
  /** Of batches that were written: their memory is used again. */
  readonly #spareWriters: RowWriter[] = [];
  #inserting = 0;
  #waitingBytes = 0;
  #written = 0;
  #failed = 0;
  #idle: (() => void)[] = [];

  constructor(insert: InsertBatch) {
    this.#insert = insert;
  }

  statistics(): { waitingBytes: number; batches: number; failedBatches: number } {
    return { waitingBytes: this.#waitingBytes, batches: this.#written, failedBatches: this.#failed };
  }

  /**
   * Resolves when the rows are durable. Rejects when they could not be written. They are encoded at once, and until they are
   * durable nothing is held of what they were encoded from.
   */
  add(signal: Signal, { encode, rejected, reason }: RowsToAdd): Promise<Added> {
    if (this.#waitingBytes >= MAX_WAITING_BYTES) return Promise.resolve(BUSY);
    try {
      return this.#append(signal, encode).then(() => ({ kind: "kept", rejected, reason }));
    } catch (fault) {
      return Promise.reject(fault);
    }
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    for (const batch of [...this.#open.values()]) this.#seal(batch);
    this.#startInserting();
    if (this.#inserting === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #append(signal: Signal, encode: EncodeRows): Promise<void> {
    const batch = this.#batchFor(signal);
    const before = batch.writer.length;
    const { count, weeks } = encodeWhole(batch.writer, encode);
    batch.count += count;
    for (const week of weeks) batch.weeks.add(week);
    this.#waitingBytes += batch.writer.length - before;
    const isFull = batch.writer.length >= MAX_BATCH_BYTES || batch.weeks.size >= MAX_WEEKS_OF_REQUEST;
    if (isFull) this.#seal(batch);
    if (isFull) this.#startInserting();
    return batch.durable;
  }

  #batchFor(signal: Signal): Batch {
    const open = this.#open.get(signal);
    if (open !== undefined) return open;
    const batch = newBatch(signal, this.#spareWriters.pop() ?? new RowWriter());
    this.#open.set(signal, batch);
    setTimeout(() => {
      batch.isDue = true;
      this.#startInserting();
    }, LINGER_MS);
    return batch;
  }

  /** Nothing is added to the batch any more. */
  #seal(batch: Batch): void {
    this.#open.delete(batch.signal);
    this.#ready.push(batch);
  }

  #startInserting(): void {
    while (this.#inserting < MAX_INSERTING) {
      const batch = this.#next();
      if (batch === undefined) break;
      this.#inserting++;
      void this.#write(batch);
    }
    if (this.#inserting > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** While every insert is taken, a due batch goes on growing. */
  #next(): Batch | undefined {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    for (const batch of this.#open.values()) {
      if (!batch.isDue) continue;
      this.#open.delete(batch.signal);
      return batch;
    }
    return undefined;
  }

  async #write(batch: Batch): Promise<void> {
    const { signal, writer, count, settle } = batch;
    try {
      if (count > 0) await this.#insert(signal, { rows: writer.written(), count });
      this.#written++;
      settle.resolve();
    } catch (fault) {
      this.#failed++;
      settle.reject(fault);
    }
    this.#waitingBytes -= writer.length;
    writer.rewind(0);
    if (this.#spareWriters.length < MAX_SPARE_WRITERS) this.#spareWriters.push(writer);
    this.#inserting--;
    this.#startInserting();
  }
}

/** All rows or none: half a row would spoil those of others. */
function encodeWhole(writer: RowWriter, encode: EncodeRows): ReturnType<EncodeRows> {
  const before = writer.length;
  try {
    return encode(writer);
  } catch (fault) {
    writer.rewind(before);
    throw fault;
  }
}

function newBatch(signal: Signal, writer: RowWriter): Batch {
  const { promise, resolve, reject } = withResolvers();
  return {
    signal,
    writer,
    count: 0,
    weeks: new Set(),
    isDue: false,
    durable: promise,
    settle: { resolve, reject },
  };
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers() {
  let resolve: () => void = () => {};
  let reject: (fault: unknown) => void = () => {};
  const promise = new Promise<void>((onDone, onFault) => {
    resolve = onDone;
    reject = onFault;
  });
  return { promise, resolve, reject };
}
