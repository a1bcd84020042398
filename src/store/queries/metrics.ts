import type { Nanos } from "../../tekton/index.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import type { Fields, Query } from "../trace-store.ts";
import { timestamp } from "./filters.ts";

/** A metric that is kept, of all services that send it. */
export interface StoredMetric {
  name: string;
  unit: string;
  kind: string;
  series: number;
  points: number;
  lastNs: Nanos;
}

export interface MetricFilters {
  sinceNs?: Nanos;
  untilNs?: Nanos;
  service?: string;
}

/** The metrics there are, by name. */
export function metricNames(filters: MetricFilters, limit: number): Query<StoredMetric> {
  return {
    purpose: "analysis",
    text: ({
      metrics,
    }) => sql`SELECT MetricName, any(Unit) AS OneUnit, any(Kind) AS OneKind, uniqExact(Series) AS SeriesCount,
      count() AS PointCount, toUnixTimestamp64Nano(max(Timestamp)) AS LastNs
      FROM ${metrics} WHERE ${metricCondition(filters)} GROUP BY MetricName ORDER BY MetricName LIMIT ${limit}`,
    row: (row) => ({
      name: row.text("MetricName"),
      unit: row.text("OneUnit"),
      kind: row.text("OneKind"),
      series: row.number("SeriesCount"),
      points: row.number("PointCount"),
      lastNs: row.integer("LastNs"),
    }),
  };
}

/**
 * A data point. `bounds` of a histogram are the upper bounds of the buckets but the last; of a summary its quantiles. Numbers
 * that are not finite are NaN.
 */
export interface StoredPoint {
  series: string;
  service: string;
  unit: string;
  kind: string;
  temporality: string;
  attributes: Record<string, string>;
  /** Since when it counts; zero when its sender did not say. */
  startNs: Nanos;
  timeNs: Nanos;
  value: number;
  count: number;
  sum: number;
  bounds: number[];
  bucketCounts: number[];
  quantileValues: number[];
}

/** The latest points of a metric, series after series, each in order of time. */
export function metricPoints(name: string, filters: MetricFilters, limit: number): Query<StoredPoint> {
  return {
    purpose: "analysis",
    text: ({ metrics }) => sql`SELECT ${POINT_COLUMNS} FROM (
      SELECT * FROM ${metrics} WHERE MetricName = ${name} AND ${metricCondition(filters)} ORDER BY Timestamp DESC LIMIT ${limit}
    ) ORDER BY ServiceName, Series, Timestamp`,
    row: readPoint,
  };
}

/** Coarse exponential buckets reach beyond the largest number there is. */
const BOUNDS = sql`arrayMap(bound -> if(isInfinite(bound), sign(bound) * ${Number.MAX_VALUE}, bound), Bounds)`;

const POINT_COLUMNS = sql`toString(Series) AS SeriesId, ServiceName, Unit, Kind, Temporality, Attributes, Value, Count, Sum,
  ${BOUNDS} AS FiniteBounds, BucketCounts, QuantileValues, toUnixTimestamp64Nano(StartTime) AS StartNs, toUnixTimestamp64Nano(Timestamp) AS TimeNs`;

function readPoint(row: Fields): StoredPoint {
  return {
    series: row.text("SeriesId"),
    service: row.text("ServiceName"),
    unit: row.text("Unit"),
    kind: row.text("Kind"),
    temporality: row.text("Temporality"),
    attributes: row.map("Attributes"),
    startNs: row.integer("StartNs"),
    timeNs: row.integer("TimeNs"),
    value: row.number("Value"),
    count: row.number("Count"),
    sum: row.number("Sum"),
    bounds: row.numbers("FiniteBounds"),
    bucketCounts: row.numbers("BucketCounts"),
    quantileValues: row.numbers("QuantileValues"),
  };
}

function metricCondition({ sinceNs, untilNs, service }: MetricFilters): Sql {
  return joinSql(
    [
      ...(sinceNs === undefined ? [] : [sql`Timestamp >= ${timestamp(sinceNs)}`]),
      ...(untilNs === undefined ? [] : [sql`Timestamp < ${timestamp(untilNs)}`]),
      ...(service === undefined ? [] : [sql`ServiceName = ${service}`]),
    ],
    " AND ",
    sql`1`,
  );
}
