/** The tables of the embedded store and how they are made. */
import {
  type Column,
  type DerivedColumn,
  derive,
  IS_RUN,
  IS_TASK,
  RUN_COLUMNS,
  SPAN_COLUMNS,
  TASK_COLUMNS,
  TYPE_COLUMN,
  VERSION_COLUMN,
} from "../columns.ts";
import { LOG_COLUMNS, METRIC_COLUMNS, TASK_OF_POINT_COLUMNS } from "../signal-columns.ts";
import { sql } from "../sql.ts";
import type { Tables } from "../trace-store.ts";

/**
 * A change of the tables that older data cannot be read with gets the next number, and a migration.
 *
 * 2: `Point` in `metrics`, the last column of its key.
 */
export const SCHEMA_VERSION = 2;

const DATABASE = "throughline";

export const TABLES: Tables = {
  spans: sql`throughline.spans`,
  // See `Versions`: milliseconds, below the bit of what is over and above 16 bits to count with.
  arrivalNs: sql`bitShiftRight(bitAnd(Version, 9223372036854775807), 16) * 1000000`,
  runs: sql`throughline.runs FINAL`,
  tasks: sql`throughline.tasks FINAL`,
  tasksWhere: (condition) => sql`(SELECT * FROM throughline.tasks FINAL PREWHERE ${condition})`,
  metrics: sql`throughline.metrics FINAL`,
  metricsWhere: (condition) =>
    sql`(SELECT *, Pipeline, Task FROM throughline.metrics FINAL PREWHERE ${condition})`,
  logs: sql`throughline.logs FINAL`,
};

/** Rows are given to a table through a file in RowBinary, with these columns. */
export interface InsertTarget {
  table: string;
  columns: readonly Column[];
}

const versioned = (columns: readonly Column[]): Column[] => [...columns, VERSION_COLUMN];

export const SPANS: InsertTarget = { table: "spans", columns: versioned([...SPAN_COLUMNS, TYPE_COLUMN]) };
export const METRICS: InsertTarget = { table: "metrics", columns: versioned(METRIC_COLUMNS) };
export const LOGS: InsertTarget = { table: "logs", columns: versioned(LOG_COLUMNS) };

/** Names of all tables that hold data. */
export const DATA_TABLES = ["spans", "runs", "tasks", "metrics", "logs"] as const;

const columnText = ({ name, type, codec }: Column) => `\`${name}\` ${type} CODEC(${codec ?? "ZSTD(1)"})`;

const METRICS_ADDED = METRIC_COLUMNS.filter(({ since }) => since !== undefined).map(
  (column) => `ADD COLUMN IF NOT EXISTS ${columnText(column)}`,
);
/** Older data are worked out as they are read, and stored when they are merged. */
const ADD_TASK_COLUMNS = TASK_OF_POINT_COLUMNS.map(
  ({ name, type, from }) =>
    `ADD COLUMN IF NOT EXISTS \`${name}\` ${type} MATERIALIZED ${from.text} CODEC(ZSTD(1))`,
).join(", ");
const METRICS_ORDER = "MetricName, ServiceName, Series, Timestamp, Point";

/** Makes what is not there yet, and brings what an earlier version made up to date. */
export function creationStatements(): string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS ${DATABASE}`,
    // A trace is read by its id: its spans lie together. 1,024 rows are what one read of it touches at least.
    createTable(SPANS, "TraceId, Timestamp, SpanId", "index_granularity = 1024"),
    createTable({ table: "runs", columns: versioned(RUN_COLUMNS) }, "TraceId, SpanId"),
    // Most questions about tasks are about those of one pipeline.
    createTable({ table: "tasks", columns: versioned(TASK_COLUMNS) }, "Pipeline, TraceId, SpanId"),
    createTable(METRICS, METRICS_ORDER),
    createTable(LOGS, "TraceId, SpanId, Timestamp, cityHash64(Body)"),
    createView("runs", RUN_COLUMNS, IS_RUN.text),
    createView("tasks", TASK_COLUMNS, IS_TASK.text),
    // A key takes a column that is added by the same statement; of a table that has both, it changes nothing.
    `ALTER TABLE ${DATABASE}.metrics ${METRICS_ADDED.join(", ")}, MODIFY ORDER BY (${METRICS_ORDER})`,
    `ALTER TABLE ${DATABASE}.metrics ${ADD_TASK_COLUMNS}`,
  ];
}

function createTable({ table, columns }: InsertTarget, order: string, ...settings: string[]): string {
  return `CREATE TABLE IF NOT EXISTS ${DATABASE}.${table} (${columns.map(columnText).join(", ")})
    ENGINE = ReplacingMergeTree(Version) PARTITION BY toMonday(Timestamp) ORDER BY (${order})
    SETTINGS ${[...settings, ...TABLE_SETTINGS].join(", ")}`;
}

const TABLE_SETTINGS = [
  // A week nothing comes in for any more is one part after a while, and then FINAL costs nothing.
  "min_age_to_force_merge_seconds = 120",
  "min_age_to_force_merge_on_partition_only = 1",
  // Merging column after column takes two thirds of the time that merging row after row does, maps being what they are.
  "vertical_merge_algorithm_min_rows_to_activate = 1",
  "vertical_merge_algorithm_min_bytes_to_activate = 0",
  "vertical_merge_algorithm_min_columns_to_activate = 1",
  // Parts that were merged need not lie around for eight minutes: nobody's power supply is asked to vouch for them.
  "old_parts_lifetime = 60",
];

function createView(table: string, columns: readonly DerivedColumn[], where: string): string {
  const withVersion = [...columns, { ...VERSION_COLUMN, from: sql`Version` }];
  const select = derive(withVersion, { source: sql`throughline.spans`, where: { text: where } });
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${DATABASE}.${table}_of_spans TO ${DATABASE}.${table} AS ${select.text}`;
}

/**
 * Inserts the rows of a file that was written for the tables of a version. The engine takes plain text where a column is stored as
 * low cardinality. Rows that repeat are left for merges to remove: looking for them here would take half of the time of an insert.
 */
export function insertFromFile(
  { table, columns: all }: InsertTarget,
  { path, version }: { path: string; version: number },
): string {
  const columns = all.filter(({ since = 1 }) => since <= version);
  const names = columns.map(({ name }) => `\`${name}\``).join(", ");
  const structure = columns
    .map(({ name, type }) => `\`${name}\` ${type.replaceAll("LowCardinality(String)", "String")}`)
    .join(", ");
  const { text } = sql`file(${path}, 'RowBinary', ${structure})`;
  return `INSERT INTO ${DATABASE}.${table} (${names}) SETTINGS optimize_on_insert = 0 SELECT * FROM ${text}`;
}
