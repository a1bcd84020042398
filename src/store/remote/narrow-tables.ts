/**
 * `runs` and `tasks` of a ClickHouse that collectors write to. Without being asked, Throughline changes nothing there and
 * makes both of the spans with every question. Asked to, it adds two tables that the server fills as spans arrive.
 */
import {
  type DerivedColumn,
  derive,
  IS_RUN,
  IS_TASK,
  RUN_COLUMNS,
  TASK_COLUMNS,
  VERSION_COLUMN,
} from "../columns.ts";
import { readRows } from "../fields.ts";
import { type Sql, sql } from "../sql.ts";
import { StoreError } from "../trace-store.ts";
import type { Connection } from "./connection.ts";
import { columnNamed, type TableName, tableNamed } from "./names.ts";

/** What a query reads as `runs` and `tasks`. */
export interface NarrowTables {
  runs: Sql;
  tasks: Sql;
  tasksWhere(condition: Sql): Sql;
}

/** What the tables are made of. */
export interface Source {
  connection: Connection;
  database: string;
  /** `otel_traces`, and the same with the columns of `spans`. */
  table: TableName;
  spans: Sql;
}

interface Narrow {
  name: "runs" | "tasks";
  columns: readonly DerivedColumn[];
  where: Sql;
}

const NARROW: readonly Narrow[] = [
  { name: "runs", columns: RUN_COLUMNS, where: IS_RUN },
  { name: "tasks", columns: TASK_COLUMNS, where: IS_TASK },
];

/** Comment of a table that has all spans there were. Another layout of the columns gets another one. */
const FILLED = "Throughline, layout 1: filled from the spans";

/** The tables where somebody had them created, else sub-queries that answer the same. */
export async function narrowTables(source: Source): Promise<NarrowTables> {
  const filled = await filledTables(source);
  const each = NARROW.map((narrow) => {
    const table = sql`${narrowName(source, narrow).sql} FINAL`;
    return [narrow.name, filled.has(narrow.name) ? table : subQuery(narrow, source.spans)] as const;
  });
  const tables = Object.fromEntries(each) as Record<Narrow["name"], Sql>;
  // Only a table has columns that can be read before others.
  const early = filled.has("tasks") ? sql`PREWHERE` : sql`WHERE`;
  return { ...tables, tasksWhere: (condition) => sql`(SELECT * FROM ${tables.tasks} ${early} ${condition})` };
}

/**
 * Creates what is not there of `throughline_runs` and `throughline_tasks` with a materialized view each, fills them from
 * the spans, and answers their names. A second call, and one after an interruption, does only what is left to do.
 * Throws {@link StoreError}, "unavailable" where a view would not see all spans.
 */
export async function createNarrowTables(source: Source): Promise<string[]> {
  const { engine, ttl } = await storageOf(source);
  if (/^(Distributed|Replicated)/.test(engine)) {
    throw new StoreError(
      "unavailable",
      `${source.table.text} has the engine ${engine}: a view on one server would miss what arrives on others. ` +
        "Leave out the creation of tables, everything can be asked without",
    );
  }
  const filled = await filledTables(source);
  const missing = NARROW.filter(({ name }) => !filled.has(name));
  for (const narrow of missing) await createAndFill(source, { narrow, ttl });
  return missing.map((narrow) => narrowName(source, narrow).text);
}

/** The view comes before the filling, so that nothing is missed; what both bring is one row in the end. */
async function createAndFill(
  source: Source,
  { narrow, ttl }: { narrow: Narrow; ttl: string },
): Promise<void> {
  const { connection, database, spans } = source;
  const table = narrowName(source, narrow).sql.text;
  const view = tableNamed(database, `throughline_${narrow.name}_of_spans`).sql.text;
  const columns = [...narrow.columns, { ...VERSION_COLUMN, from: sql`Version` }];
  const names = columns.map(({ name }) => columnNamed(name).text).join(", ");
  const definitions = columns.map(
    ({ name, type, codec }) => `${columnNamed(name).text} ${type} CODEC(${codec ?? "ZSTD(1)"})`,
  );
  const rows = derive(columns, { source: spans, where: narrow.where }).text;
  await connection.change(`CREATE TABLE IF NOT EXISTS ${table} (${definitions.join(", ")})
    ENGINE = ReplacingMergeTree(Version) PARTITION BY toMonday(Timestamp) ORDER BY (TraceId, SpanId) ${ttl}`);
  await connection.change(`CREATE MATERIALIZED VIEW IF NOT EXISTS ${view} TO ${table} AS ${rows}`);
  await connection.change(
    `INSERT INTO ${table} (${names}) ${rows} SETTINGS max_partitions_per_insert_block = 0`,
  );
  await connection.change(`ALTER TABLE ${table} MODIFY COMMENT ${sql`${FILLED}`.text}`);
}

function narrowName({ database }: Source, { name }: Narrow): TableName {
  return tableNamed(database, `throughline_${name}`);
}

/** Looks for runs or tasks first: of the few rows that are any, the last version of each is soon found. */
function subQuery({ columns, where }: Narrow, spans: Sql): Sql {
  const once = sql`(SELECT * FROM ${spans} WHERE ${where} ORDER BY Version DESC LIMIT 1 BY TraceId, SpanId)`;
  return sql`(${derive([...columns, { ...VERSION_COLUMN, from: sql`Version` }], { source: once, where: sql`1` })})`;
}

async function filledTables({ connection, database }: Source): Promise<Set<string>> {
  const { text } = sql`SELECT name FROM system.tables WHERE database = ${database} AND comment = ${FILLED}`;
  const names = readRows(await connection.ask("lookup", text), (row) => row.text("name"));
  return new Set(names.map((name) => name.replace(/^throughline_/, "")));
}

/** The engine of the table with the spans, and how long it keeps them, as a clause. */
async function storageOf({ connection, database, table }: Source): Promise<{ engine: string; ttl: string }> {
  const { text } =
    sql`SELECT engine, extract(engine_full, 'TTL toDateTime\\(Timestamp\\) \\+ toInterval\\w+\\(\\d+\\)') AS ttl
    FROM system.tables WHERE database = ${database} AND name = ${table.name}`;
  const [storage] = readRows(await connection.ask("lookup", text), (row) => ({
    engine: row.text("engine"),
    ttl: row.text("ttl"),
  }));
  return storage ?? { engine: "", ttl: "" };
}
