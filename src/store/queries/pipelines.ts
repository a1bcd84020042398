import type { Nanos } from "../../tekton/index.ts";
import { type Sql, sql } from "../sql.ts";
import type { Query } from "../trace-store.ts";
import { HAS_FAILED, IS_OVER, type RunFilters, runCondition } from "./filters.ts";
import { percentiles, readPercentiles } from "./percentiles.ts";

/** Percentiles are those of runs that are over, interpolated; zero where none is. */
export interface PipelineSummary {
  pipeline: string;
  namespaces: string[];
  runs: number;
  failed: number;
  p50Ns: number;
  p95Ns: number;
  lastStartNs: Nanos;
  lastResult: string;
}

/** Each pipeline with runs that match; the one that ran last first. */
export function pipelineSummaries(filters: RunFilters, limit: number): Query<PipelineSummary> {
  return {
    purpose: "analysis",
    text: ({
      runs,
    }) => sql`SELECT Pipeline, arraySort(groupUniqArray(20)(Namespace)) AS Namespaces, count() AS Runs,
      countIf(${HAS_FAILED}) AS Failed, ${PERCENTILES} AS Percentiles,
      toUnixTimestamp64Nano(max(Timestamp)) AS LastStartNs, argMax(Result, Timestamp) AS LastResult
      FROM ${runs} WHERE ${runCondition(filters)} GROUP BY Pipeline ORDER BY LastStartNs DESC, Pipeline LIMIT ${limit}`,
    row: (fields) => ({
      pipeline: fields.text("Pipeline"),
      namespaces: fields.texts("Namespaces"),
      runs: fields.number("Runs"),
      failed: fields.number("Failed"),
      ...readPercentiles(fields, "Percentiles"),
      lastStartNs: fields.integer("LastStartNs"),
      lastResult: fields.text("LastResult"),
    }),
  };
}

export interface TrendPoint {
  startNs: Nanos;
  runs: number;
  failed: number;
  p50Ns: number;
  p95Ns: number;
}

/** Runs that are over by hour or day (UTC) of their start, in order of time; only buckets that have any. */
export function trendPoints(filters: RunFilters, bucket: "hour" | "day"): Query<TrendPoint> {
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT ${startOfBucket(bucket)} AS StartSeconds, count() AS Runs,
      countIf(${HAS_FAILED}) AS Failed, ${PERCENTILES} AS Percentiles
      FROM ${runs} WHERE ${runCondition(filters)} AND ${IS_OVER} GROUP BY StartSeconds ORDER BY StartSeconds`,
    row: (fields) => ({
      startNs: fields.integer("StartSeconds") * 1_000_000_000n,
      runs: fields.number("Runs"),
      failed: fields.number("Failed"),
      ...readPercentiles(fields, "Percentiles"),
    }),
  };
}

/** Seconds since the epoch at which the hour or day of a row begins. */
export function startOfBucket(bucket: "hour" | "day"): Sql {
  return bucket === "hour"
    ? sql`toUnixTimestamp(toStartOfHour(Timestamp, 'UTC'))`
    : sql`toUnixTimestamp(toStartOfDay(Timestamp, 'UTC'))`;
}

const PERCENTILES = percentiles(sql`Duration`, IS_OVER);
