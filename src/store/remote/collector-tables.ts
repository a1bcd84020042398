/** The tables of the collector's ClickHouse exporter, read as if they were ours. */
import { SPAN_COLUMNS, SPAN_TYPE } from "../columns.ts";
import { LOG_COLUMNS } from "../signal-columns.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import { StoreError } from "../trace-store.ts";
import { columnNamed, type TableName } from "./names.ts";

/** Columns of a table by name, with their types. */
export type TableShape = ReadonlyMap<string, string>;

/** Older exporters wrote no scope. */
const MAY_BE_MISSING = new Set(["ScopeName", "ScopeVersion"]);

/**
 * Of two rows of a span the one that is over counts, then the one that ends later. ClickHouse has no order of arrival.
 * Both fit: a time in nanoseconds needs 63 bits.
 */
const VERSION = sql`if(SpanAttributes['throughline.provisional'] = 'true', 0, toUInt64(9223372036854775808))
  + toUInt64(toUnixTimestamp64Nano(Timestamp)) + Duration`;

/** A span that ends before it starts wraps around in newer exporters, and is negative in older ones. */
const DURATION = sql`toUInt64(if(Duration < 0 OR Duration > 9223372036854775807, 0, Duration))`;

/** `otel_traces` with the columns of `spans`. Throws {@link StoreError} where it is another sort of table. */
export function spansOf(table: TableName, shape: TableShape): Sql {
  const columns = SPAN_COLUMNS.map(({ name }) => {
    if (name === "Duration") return sql`${DURATION} AS Duration`;
    return shape.has(name) ? columnNamed(name) : sql`'' AS ${columnNamed(name)}`;
  });
  return sql`(SELECT ${joinSql(columns, ", ")}, ${SPAN_TYPE} AS SpanType, ${VERSION} AS Version FROM ${table.sql})`;
}

/** Throws {@link StoreError} where spans cannot be read from this table. */
export function checkShape(table: TableName, shape: TableShape): void {
  if (shape.get("SpanAttributes")?.startsWith("JSON")) {
    throw new StoreError(
      "unavailable",
      `${table.text} has columns of type JSON; Throughline reads the Map columns that the exporter creates with json: false`,
    );
  }
  const missing = SPAN_COLUMNS.find(({ name }) => !shape.has(name) && !MAY_BE_MISSING.has(name));
  if (missing === undefined) return;
  throw new StoreError(
    "unavailable",
    `${table.text} has no column ${missing.name}; name the table that the collector's ClickHouse exporter writes spans to`,
  );
}

/** `otel_logs` with the columns of `logs`; empty where the collector writes no logs there. */
export function logsOf(table: TableName, shape: TableShape): Sql {
  if (!shape.has("TraceId")) return withoutRows(LOG_COLUMNS);
  const columns = LOG_COLUMNS.map(({ name }) =>
    shape.has(name) ? columnNamed(name) : sql`'' AS ${columnNamed(name)}`,
  );
  return sql`(SELECT ${joinSql(columns, ", ")} FROM ${table.sql})`;
}

/** A table without rows. */
export function withoutRows(columns: readonly { name: string; type: string }[]): Sql {
  const empty = columns.map(({ name, type }) => sql`defaultValueOfTypeName(${type}) AS ${columnNamed(name)}`);
  return sql`(SELECT ${joinSql(empty, ", ")} WHERE 0)`;
}
