/** What a place that keeps traces has to do. One conformance suite checks every implementation against this. */
import type { ReceivedLog, ReceivedMetric, ReceivedSpan } from "../otlp/index.ts";
import type { Sql } from "./sql.ts";

/**
 * Spans, metrics and logs at rest.
 *
 * - **Acknowledged means durable.** When an `add…` answers "kept", what was given survives the end of the process at
 *   any moment, and every question sees it.
 * - **A span is one span.** Trace id and span id name it. The same span sent again replaces the one before; a final span
 *   replaces a provisional one (`throughline.provisional`), never the other way round.
 * - **Memory is bounded.** What waits to be written is limited; above that, `add…` answers "busy" at once, having taken nothing.
 * - **Attribute values come back as text**, as in the OpenTelemetry Collector's ClickHouse schema: numbers in decimal,
 *   booleans as `true` and `false`, bytes in base64, lists and nested values as JSON.
 * - Reading does not change anything, and waits for nothing that is being written.
 */
export interface TraceStore {
  addSpans(spans: readonly ReceivedSpan[]): Promise<Added>;
  addMetrics(metrics: readonly ReceivedMetric[]): Promise<Added>;
  addLogs(logs: readonly ReceivedLog[]): Promise<Added>;

  /** Runs one question. Throws {@link StoreError}. */
  select<Row>(query: Query<Row>): Promise<Row[]>;

  health(): StoreHealth;

  /** How busy and how large it is, without reading what is stored. Never rejects. */
  statistics(): Promise<StoreStatistics>;

  /**
   * Calls back after data was kept, at most once for each batch, until the answered function is called. Of metrics and logs
   * there are no spans.
   */
  onKept(listener: (kept: { spans: number }) => void): () => void;

  /** Writes what is waiting and lets go of everything. A second call answers the same promise. */
  close(): Promise<void>;
}

export type Added =
  /** `rejected` of them are not kept because they cannot be (a time no calendar has), with the reason of the first. */
  | { kind: "kept"; rejected: number; reason: string }
  /** Nothing was taken: to be sent again after so long. */
  | { kind: "busy"; reason: string; retryAfterSeconds: number };

/** What is not known is absent. */
export interface StoreStatistics {
  /** What waits to be written. */
  waitingBytes?: number;
  /** Written, and failed to be, since it was opened. */
  batches?: number;
  failedBatches?: number;
  /** Of all that is stored, and of the engine in this process; of some seconds ago at most. */
  diskBytes?: number;
  memoryBytes?: number;
}

export type StoreHealth =
  | { kind: "ok" }
  /** Reads work, writes are refused until someone acts; for example a full disk. */
  | { kind: "refusing"; reason: string }
  /** The engine is gone: the process should end. */
  | { kind: "failed"; reason: string };

/** A question: its SQL for the tables of the store that is asked, and how to read a row of the answer. */
export interface Query<Row> {
  text: (tables: Tables) => Sql;
  row: (fields: Fields) => Row;
  /** What the rows are to be in order of, where sorting them here costs less than in the engine. */
  compare?(a: Row, b: Row): number;
  /** `lookup` goes by key and is short; `analysis` reads many rows. They never wait for each other. */
  purpose: "lookup" | "analysis";
}

/** Reads the columns of one row of an answer by name; throws where the column is not there or is something else. */
export interface Fields {
  text(column: string): string;
  /** A floating-point number or a small integer. */
  number(column: string): number;
  /** A 64-bit integer, for example nanoseconds. */
  integer(column: string): bigint;
  texts(column: string): string[];
  numbers(column: string): number[];
  /** A `Map(String, String)`. */
  map(column: string): Record<string, string>;
  /** An `Array(Map(String, String))`. */
  maps(column: string): Record<string, string>[];
}

/**
 * What a query may read. `runs` and `tasks` show each run and task once; rows of `spans` may repeat until they are
 * merged, the one with the highest `Version` counts: `ORDER BY Version DESC LIMIT 1 BY TraceId, SpanId`.
 * The columns are in `columns.ts` and `signal-columns.ts`.
 */
export interface Tables {
  spans: Sql;
  /** Of a row of `spans`: when it arrived, in nanoseconds, as well as the store knows. */
  arrivalNs: Sql;
  runs: Sql;
  tasks: Sql;
  /**
   * The rows of `tasks` that meet a condition, to be read like a table. The condition is looked at before the other columns
   * are read, so it is quick, and before it is known which row of a task counts, so it must be one that a later row of
   * the same task still meets: what it is called, what it belongs to.
   */
  tasksWhere(condition: Sql): Sql;
  metrics: Sql;
  /**
   * The rows of `metrics` that meet a condition, with `Pipeline` and `Task` beside their columns. As for `tasksWhere` the
   * condition is looked at early, so it must be one that a point meets whenever it is sent again: what it is called, of what and
   * of when it is.
   */
  metricsWhere(condition: Sql): Sql;
  logs: Sql;
}

/** A store could not do what was asked. `reason` says what a caller can do about it. */
export class StoreError extends Error {
  readonly reason: "busy" | "tooExpensive" | "unavailable" | "fault";

  constructor(reason: StoreError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.reason = reason;
  }
}
