/**
 * Metrics as the collector's ClickHouse exporter keeps them, a table for each sort, read as if they were one. Gauges, sums and
 * histograms are read; exponential histograms have no bounds there, and summaries no columns that are alike.
 */
import { METRIC_COLUMNS, TASK_OF_POINT_COLUMNS } from "../signal-columns.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import { type TableShape, withoutRows } from "./collector-tables.ts";
import { columnNamed, type TableName } from "./names.ts";

type Kind = "gauge" | "sum" | "histogram";

/** A table and what it has; empty where there is no such table. */
export interface MetricTable {
  kind: Kind;
  table: TableName;
  shape: TableShape;
}

/** The names the exporter gives them. */
export const METRIC_TABLES: Readonly<Record<Kind, string>> = {
  gauge: "otel_metrics_gauge",
  sum: "otel_metrics_sum",
  histogram: "otel_metrics_histogram",
};

/** The columns of `metrics` that are other columns there, or none. */
function columnsOf(kind: Kind): Readonly<Record<string, Sql>> {
  return {
    Timestamp: sql`TimeUnix`,
    StartTime: sql`StartTimeUnix`,
    Unit: sql`MetricUnit`,
    Kind: sql`${kind}`,
    Temporality: kind === "gauge" ? sql`''` : TEMPORALITY,
    // The exporter has no number for a series; what makes one is all there.
    Series: sql`cityHash64(mapSort(ResourceAttributes), ScopeName, mapSort(Attributes))`,
    Point: sql`cityHash64(StartTimeUnix)`,
    ...(kind === "histogram" && HISTOGRAM),
  };
}

/** Where the smallest and the largest were not told, both are zero. */
const told = (column: Sql) => sql`if(Min = 0 AND Max = 0, nan, ${column})`;

const HISTOGRAM = { Bounds: sql`ExplicitBounds`, Min: told(sql`Min`), Max: told(sql`Max`) };

/** OTLP's `AggregationTemporality`. */
const TEMPORALITY = sql`multiIf(AggregationTemporality = 1, 'delta', AggregationTemporality = 2, 'cumulative', '')`;

function tablesThere(tables: readonly MetricTable[]): MetricTable[] {
  return tables.filter(({ shape }) => shape.has("MetricName") && shape.has("TimeUnix"));
}

/** How many points all of them have, as a number that the server knows without reading them. */
export function countOfPoints(tables: readonly MetricTable[]): Sql {
  return {
    text: ["0", ...tablesThere(tables).map(({ table }) => `(SELECT count() FROM ${table.sql.text})`)].join(
      " + ",
    ),
  };
}

/** All of them with the columns of `metrics`; a table without rows where there are none. */
export function metricsOf(tables: readonly MetricTable[]): Sql {
  const there = tablesThere(tables);
  if (there.length === 0) return withoutRows(METRIC_COLUMNS);
  const each = there.map(({ kind, table, shape }) => {
    const derived = columnsOf(kind);
    const columns = METRIC_COLUMNS.map(({ name, type }) => {
      const own = shape.has(name) ? columnNamed(name) : sql`defaultValueOfTypeName(${type})`;
      return sql`CAST(${derived[name] ?? own}, ${type}) AS ${columnNamed(name)}`;
    });
    return `SELECT ${joinSql(columns, ", ").text} FROM ${table.sql.text}`;
  });
  return { text: `(${each.join(" UNION ALL ")})` };
}

const TASK_OF_POINT = joinSql(
  TASK_OF_POINT_COLUMNS.map(({ name, from }) => sql`${from} AS ${columnNamed(name)}`),
  ", ",
);

/** The rows of {@link metricsOf} that meet a condition, with the task they are of. The server itself looks at it early. */
export function metricsWhere(metrics: Sql, condition: Sql): Sql {
  return sql`(SELECT *, ${TASK_OF_POINT} FROM ${metrics} WHERE ${condition})`;
}
