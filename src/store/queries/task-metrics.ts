/**
 * What tasks measured of themselves. Points count since the last one of their series (delta) or since its start
 * (cumulative); here each becomes what it adds:
 *
 *   cumulative   start ──4──────7──────9      start' ──2───
 *   adds               4      3      2               2
 */
import type { Nanos } from "../../tekton/index.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import type { Query, Tables } from "../trace-store.ts";
import { timestamp } from "./filters.ts";

/** The names of tasks' metrics. */
export const TASK_METRICS = {
  duration: "tekton.task.duration",
  completions: "tekton.task.completions",
  artifactSize: "tekton.task.artifact.size",
} as const;

const RESULT = sql`Attributes['cicd.pipeline.task.run.result']`;
const ARTIFACT = sql`Attributes['artifact.name']`;
const IS_OF_TASKS = sql`MetricName IN ${list(Object.values(TASK_METRICS))}`;

function list(names: readonly string[]): Sql {
  return sql`(${joinSql(
    names.map((name) => sql`${name}`),
    ", ",
  )})`;
}

/** Which task, and from when until before when. */
export interface TaskMetricFilters {
  task: string;
  /** Of all pipelines, and of none, when absent. */
  pipeline?: string;
  sinceNs?: Nanos;
  untilNs?: Nanos;
  /** No point counts since a start, so that none has to be looked for: that is half of the work. */
  areDeltas?: boolean;
}

export interface MeasuredTask {
  /** Empty when it ran outside of one. */
  pipeline: string;
  task: string;
  points: number;
  lastNs: Nanos;
}

/** The tasks that measured something, latest first. */
export function measuredTasks(
  { sinceNs, untilNs }: Pick<TaskMetricFilters, "sinceNs" | "untilNs">,
  limit: number,
): Query<MeasuredTask> {
  return {
    purpose: "analysis",
    text: ({ metricsWhere }) => sql`SELECT Pipeline, Task, count() AS Points,
      toUnixTimestamp64Nano(max(Timestamp)) AS LastNs
      FROM ${metricsWhere(sql`${IS_OF_TASKS} AND ${withinTime({ sinceNs, untilNs })} AND Task != ''`)}
      GROUP BY Pipeline, Task ORDER BY LastNs DESC, Pipeline, Task LIMIT ${limit}`,
    row: (row) => ({
      pipeline: row.text("Pipeline"),
      task: row.text("Task"),
      points: row.number("Points"),
      lastNs: row.integer("LastNs"),
    }),
  };
}

/** When the first and the last point of a task was measured, and of which sort all are: no row where there is none. */
export function timesOfTaskMetrics(
  filters: TaskMetricFilters,
): Query<{ firstNs: Nanos; lastNs: Nanos; areDeltas: boolean }> {
  return {
    purpose: "analysis",
    text: ({ metricsWhere }) => sql`SELECT toUnixTimestamp64Nano(min(Timestamp)) AS FirstNs,
      toUnixTimestamp64Nano(max(Timestamp)) AS LastNs, countIf(Temporality = 'cumulative') AS Cumulative
      FROM ${metricsWhere(sql`${IS_OF_TASKS} AND ${withinTime(filters)} AND ${ofTask(filters)}`)} HAVING count() > 0`,
    row: (row) => ({
      firstNs: row.integer("FirstNs"),
      lastNs: row.integer("LastNs"),
      areDeltas: row.number("Cumulative") === 0,
    }),
  };
}

/** Durations that were measured in one bucket of time with one set of bounds. */
export interface MeasuredDurations {
  /** Counts from the epoch. */
  bucket: number;
  isExponential: boolean;
  count: number;
  sumMs: number;
  /** NaN where nobody told. */
  minMs: number;
  maxMs: number;
  /** Upper bounds of all buckets but the last. */
  boundsMs: number[];
  counts: number[];
}

/** More sets of bounds, of every bucket of time, are not answered. */
const MOST_ROWS = 20_000;

/** Durations by bucket of time; histograms of different bounds are not mixed. */
export function taskDurations(filters: TaskMetricFilters, bucketNs: bigint): Query<MeasuredDurations> {
  const milliseconds = sql`if(Unit = 'ms', 1, 1000)`;
  return {
    purpose: "analysis",
    text: (
      tables,
    ) => sql`SELECT ${bucketOf(bucketNs)} AS Bucket, Kind, arrayMap(bound -> bound * ${milliseconds}, ${FINITE_BOUNDS}) AS BoundsMs,
      sum(AddedCount) AS Added, sumIf(AddedSum * ${milliseconds}, isFinite(AddedSum)) AS SumMs, sumForEach(AddedBuckets) AS Counts,
      minIf(Min * ${milliseconds}, isFinite(Min)) AS MinMs, countIf(isFinite(Min)) AS Mins,
      maxIf(Max * ${milliseconds}, isFinite(Max)) AS MaxMs, countIf(isFinite(Max)) AS Maxes
      FROM ${additions(filters, { ...tables, name: TASK_METRICS.duration, kinds: ["histogram", "exponentialHistogram"] })}
      GROUP BY Bucket, Kind, BoundsMs ORDER BY Bucket DESC LIMIT ${MOST_ROWS}`,
    row: (row) => ({
      bucket: row.number("Bucket"),
      isExponential: row.text("Kind") === "exponentialHistogram",
      count: row.number("Added"),
      sumMs: row.number("SumMs"),
      minMs: row.number("Mins") > 0 ? row.number("MinMs") : Number.NaN,
      maxMs: row.number("Maxes") > 0 ? row.number("MaxMs") : Number.NaN,
      boundsMs: row.numbers("BoundsMs"),
      counts: row.numbers("Counts"),
    }),
  };
}

/** Coarse exponential buckets reach beyond the largest number there is, which JSON cannot hold. */
const FINITE_BOUNDS = sql`arrayMap(bound -> if(isInfinite(bound), sign(bound) * 1e300, bound), Bounds)`;

/** Senders may tell anything, and one that is no number would spoil the sum. Up to here, numbers are exact. */
function isCount(value: Sql): Sql {
  return sql`${value} BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`;
}

/** How often the task ended how, by bucket of time; `bucket` counts from the epoch. */
export function taskCompletions(
  filters: TaskMetricFilters,
  bucketNs: bigint,
): Query<{ bucket: number; result: string; count: number }> {
  return {
    purpose: "analysis",
    text: (
      tables,
    ) => sql`SELECT ${bucketOf(bucketNs)} AS Bucket, ${RESULT} AS Result, sumIf(AddedValue, ${isCount(sql`AddedValue`)}) AS Added
      FROM ${additions(filters, { ...tables, name: TASK_METRICS.completions, kinds: ["sum"] })}
      GROUP BY Bucket, Result ORDER BY Bucket DESC, Result LIMIT ${MOST_ROWS}`,
    row: (row) => ({
      bucket: row.number("Bucket"),
      result: row.text("Result"),
      count: row.number("Added"),
    }),
  };
}

/** The last size of each artifact in each bucket of time, which counts from the epoch; in order of time. */
export function artifactSizes(
  filters: TaskMetricFilters,
  bucketNs: bigint,
): Query<{ bucket: number; artifact: string; bytes: number; lastNs: Nanos }> {
  return {
    purpose: "analysis",
    text: ({
      metricsWhere,
    }) => sql`SELECT ${bucketOf(bucketNs)} AS Bucket, ${ARTIFACT} AS Artifact, argMax(Value, Timestamp) AS Bytes,
      toUnixTimestamp64Nano(max(Timestamp)) AS LastNs
      FROM ${metricsWhere(pointsOf(filters, { name: TASK_METRICS.artifactSize, kinds: ["gauge"] }))} WHERE isFinite(Value)
      GROUP BY Bucket, Artifact ORDER BY Bucket DESC, Artifact LIMIT ${MOST_ROWS}`,
    row: (row) => ({
      bucket: row.number("Bucket"),
      artifact: row.text("Artifact"),
      bytes: row.number("Bytes"),
      lastNs: row.integer("LastNs"),
    }),
    compare: (a, b) => a.bucket - b.bucket,
  };
}

interface Wanted {
  name: string;
  kinds: readonly string[];
}

/** The points of a metric of a task, as a condition that `metricsWhere` may look at early. */
function pointsOf(filters: TaskMetricFilters, { name, kinds }: Wanted, more: Sql = sql`1`): Sql {
  return sql`MetricName = ${name} AND Kind IN ${list(kinds)} AND ${more} AND ${withinTime(filters)} AND ${ofTask(filters)}`;
}

/**
 * Points with what each adds to the one before: `AddedValue`, `AddedCount`, `AddedSum`, `AddedBuckets`. The one before a
 * cumulative point may lie before the time asked for, so those are read from their beginning. A count that went down, or
 * buckets with other bounds, are a new beginning that nobody told; what a first point that does not say since when it counts has
 * counted until then is left out (OpenTelemetry metrics data model, "Resets and Gaps").
 */
function additions(
  filters: TaskMetricFilters,
  { metricsWhere, ...wanted }: Wanted & Pick<Tables, "metricsWhere">,
): Sql {
  const deltas = pointsOf(filters, wanted, sql`Temporality != 'cumulative'`);
  const cumulative = pointsOf({ ...filters, sinceNs: undefined }, wanted, sql`Temporality = 'cumulative'`);
  const shared = sql`Timestamp, Kind, Unit, Attributes, Bounds, Min, Max`;
  const added = sql`SELECT ${shared}, Value AS AddedValue, Count AS AddedCount, Sum AS AddedSum, BucketCounts AS AddedBuckets
    FROM ${metricsWhere(deltas)}`;
  if (filters.areDeltas) return sql`(${added})`;
  return sql`(${added} UNION ALL
    SELECT ${shared}, Value - if(Continues, ValueBefore, 0), toUInt64(Count - if(Continues, CountBefore, 0)),
      Sum - if(Continues, SumBefore, 0), if(Continues, ${ADDED_BUCKETS}, BucketCounts)
    FROM ${following(metricsWhere(cumulative))}
    WHERE ${withinTime(filters)} AND (Place > 1 OR toUnixTimestamp64Nano(StartTime) > 0))`;
}

/** Cumulative points with what the one before had, and whether they go on from it. Exponential buckets are others as values grow. */
function following(points: Sql): Sql {
  const before = (column: string) => sql`lagInFrame(${{ text: column }}) OVER InOrder`;
  return sql`(SELECT *, Place > 1 AND Value >= ValueBefore AND Count >= CountBefore
      AND (Kind = 'exponentialHistogram' OR Bounds = BoundsBefore) AS Continues
    FROM (SELECT *, row_number() OVER InOrder AS Place, ${before("Value")} AS ValueBefore, ${before("Count")} AS CountBefore,
        ${before("Sum")} AS SumBefore, ${before("Bounds")} AS BoundsBefore, ${before("BucketCounts")} AS BucketsBefore
      FROM ${points}
      WINDOW InOrder AS (PARTITION BY ServiceName, Series, StartTime ORDER BY Timestamp ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)))`;
}

/** Of each bucket, what buckets within its bounds had before is taken away. */
const ADDED_BUCKETS = sql`arrayMap((now, lower, upper) -> toUInt64(greatest(toInt64(now) - toInt64(arraySum((counted, bound) ->
      if(bound > lower AND bound <= upper, counted, 0), BucketsBefore, arrayPushBack(BoundsBefore, inf))), 0)),
    BucketCounts, arrayPushFront(Bounds, -inf), arrayPushBack(Bounds, inf))`;

function bucketOf(bucketNs: bigint): Sql {
  return sql`intDiv(toUnixTimestamp64Nano(Timestamp), ${bucketNs})`;
}

function ofTask({ task, pipeline }: TaskMetricFilters): Sql {
  const isTask = sql`Task = ${task}`;
  return pipeline === undefined ? isTask : sql`${isTask} AND Pipeline = ${pipeline}`;
}

function withinTime({ sinceNs, untilNs }: Pick<TaskMetricFilters, "sinceNs" | "untilNs">): Sql {
  return joinSql(
    [
      ...(sinceNs === undefined ? [] : [sql`Timestamp >= ${timestamp(sinceNs)}`]),
      ...(untilNs === undefined ? [] : [sql`Timestamp < ${timestamp(untilNs)}`]),
    ],
    " AND ",
    sql`1`,
  );
}
