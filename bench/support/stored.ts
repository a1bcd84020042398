import { type Fields, openEmbeddedStore, type Query, type TraceStore } from "../../src/store/index.ts";
import { type Sql, sql } from "../../src/store/sql.ts";

/** What a data directory holds. Rows of spans that were sent twice count twice. */
export interface StoredCounts {
  storedSpans: number;
  storedRuns: number;
}

/** Counts in a data directory that no process has open. */
export async function storedCounts(directory: string): Promise<StoredCounts> {
  const store = await openEmbeddedStore({ directory });
  const [counts] = await store.select({
    purpose: "analysis",
    text: ({ spans, runs }) =>
      sql`SELECT (SELECT count() FROM ${spans}) AS Spans, (SELECT count() FROM ${runs}) AS Runs`,
    row: (fields) => ({ storedSpans: count(fields, "Spans"), storedRuns: count(fields, "Runs") }),
  });
  await store.close();
  if (counts === undefined) throw new Error(`${directory} could not be counted`);
  return counts;
}

/** A table as the engine keeps it. */
export interface TableSize {
  table: string;
  rows: number;
  bytes: number;
  /** Of rows that were merged into other parts; the engine deletes them some minutes later. */
  replacedBytes: number;
  partitions: number;
  /** Files of sorted rows; fewer are read faster, and one for each partition is the fewest there can be. */
  parts: number;
}

/** What the tables take, by the engine's own account. */
export function tableSizes(store: TraceStore): Promise<TableSize[]> {
  return store.select(
    systemQuery(
      sql`SELECT table, sumIf(rows, active) AS Rows, sumIf(bytes_on_disk, active) AS Bytes,
          sumIf(bytes_on_disk, NOT active) AS Replaced, uniqExactIf(partition, active) AS Partitions,
          countIf(active) AS Parts
        FROM system.parts WHERE database = 'throughline' GROUP BY table ORDER BY table`,
      (fields) => ({
        table: fields.text("table"),
        rows: count(fields, "Rows"),
        bytes: count(fields, "Bytes"),
        replacedBytes: count(fields, "Replaced"),
        partitions: count(fields, "Partitions"),
        parts: count(fields, "Parts"),
      }),
    ),
  );
}

const LOOK_EVERY_MS = 1_000;
const GIVE_UP_MS = 900_000;

/** Waits until every partition is one part, as it is for data of yesterday. Answers how long that took. */
export async function mergesSettled(store: TraceStore): Promise<number> {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  while ((await tableSizes(store)).some(({ parts, partitions }) => parts > partitions)) {
    if (elapsed() > GIVE_UP_MS) throw new Error("the engine did not merge its parts within 15 minutes");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return elapsed();
}

function systemQuery<Row>(text: Sql, row: (fields: Fields) => Row): Query<Row> {
  return { purpose: "lookup", text: () => text, row };
}

function count(fields: Fields, column: string): number {
  return Number(fields.integer(column));
}
