import type { Nanos } from "../../tekton/index.ts";
import { joinSql, sql } from "../sql.ts";
import type { Fields, Query } from "../trace-store.ts";
import {
  HAS_FAILED,
  IS_FINISHED_TASK,
  IS_OVER,
  IS_WHOLE_TASK,
  isOfRun,
  RUN_OF_TASK,
  type RunFilters,
  runCondition,
  type TaskFilters,
  taskRows,
  timestamp,
} from "./filters.ts";
import { median, percentiles, readPercentiles } from "./percentiles.ts";

/** How a task of a pipeline did, over all runs that match. Each TaskRun of a matrix counts. */
export interface TaskSummary {
  pipeline: string;
  task: string;
  /** Times it ran to an end. */
  ran: number;
  failed: number;
  retried: number;
  skipped: number;
  p50Ns: number;
  p95Ns: number;
  waitP50Ns: number;
  executeP50Ns: number;
  /** Time on the critical paths, all together. */
  criticalNs: number;
}

/** Tasks with most time on critical paths first. */
export function taskSummaries(filters: TaskFilters, limit: number): Query<TaskSummary> {
  return {
    purpose: "analysis",
    text: (tables) => sql`SELECT Pipeline, Task, countIf(${IS_FINISHED_TASK}) AS Ran,
      countIf(${IS_FINISHED_TASK} AND ${HAS_FAILED}) AS Failed, countIf(${IS_FINISHED_TASK} AND Retries > 0) AS Retried,
      countIf(Type = 'skipped') AS Skipped, ${percentiles(sql`Duration`, IS_FINISHED_TASK)} AS Percentiles,
      ${median(sql`Wait`, IS_FINISHED_TASK)} AS WaitP50,
      ${median(sql`Duration - least(Wait, Duration)`, IS_FINISHED_TASK)} AS ExecuteP50,
      toFloat64(sumIf(Critical, ${IS_OVER})) AS CriticalSum
      FROM ${taskRows(filters, tables, IS_WHOLE_TASK)} WHERE ${isOfRun(filters, tables)}
      GROUP BY Pipeline, Task ORDER BY CriticalSum DESC, Pipeline, Task LIMIT ${limit}`,
    row: readTaskSummary,
  };
}

function readTaskSummary(fields: Fields): TaskSummary {
  return {
    pipeline: fields.text("Pipeline"),
    task: fields.text("Task"),
    ran: fields.number("Ran"),
    failed: fields.number("Failed"),
    retried: fields.number("Retried"),
    skipped: fields.number("Skipped"),
    ...readPercentiles(fields, "Percentiles"),
    waitP50Ns: fields.number("WaitP50"),
    executeP50Ns: fields.number("ExecuteP50"),
    criticalNs: fields.number("CriticalSum"),
  };
}

/** Of each pipeline with runs that match and are over: how many, and how long all together. */
export function timeOfPipelines(
  filters: RunFilters,
): Query<{ pipeline: string; runs: number; durationNs: number }> {
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT Pipeline, count() AS Runs, toFloat64(sum(Duration)) AS DurationSum
      FROM ${runs} WHERE ${runCondition(filters)} AND ${IS_OVER} GROUP BY Pipeline`,
    row: (fields) => ({
      pipeline: fields.text("Pipeline"),
      runs: fields.number("Runs"),
      durationNs: fields.number("DurationSum"),
    }),
  };
}

/** A run as a key of its tasks. */
export interface RunSpan {
  traceId: string;
  name: string;
  pipeline: string;
  startNs: Nanos;
  endNs: Nanos;
}

/** The latest runs of each pipeline that match and are over. */
export function latestRuns(filters: RunFilters, perPipeline: number): Query<RunSpan> {
  return {
    purpose: "analysis",
    text: ({
      runs,
    }) => sql`SELECT TraceId, Run, Pipeline, toUnixTimestamp64Nano(Timestamp) AS StartNs, Duration
      FROM ${runs} WHERE ${runCondition(filters)} AND ${IS_OVER}
      ORDER BY Timestamp DESC, SpanId LIMIT ${perPipeline} BY Pipeline`,
    row: (fields) => {
      const startNs = fields.integer("StartNs");
      return {
        traceId: fields.text("TraceId"),
        name: fields.text("Run"),
        pipeline: fields.text("Pipeline"),
        startNs,
        endNs: startNs + fields.integer("Duration"),
      };
    },
  };
}

/** The tasks of one run, each list in the same order. Times are microseconds since the epoch. */
export interface TasksOfRun {
  traceId: string;
  run: string;
  tasks: string[];
  startUs: number[];
  endUs: number[];
  after: string[][];
  isFinally: boolean[];
}

/** The tasks of these runs, skipped ones too: one row for each run that has any. */
export function tasksOfRuns(runs: readonly RunSpan[]): Query<TasksOfRun> {
  const starts = runs.map(({ startNs }) => startNs);
  const ends = runs.map(({ endNs }) => endNs);
  const first = starts.reduce((a, b) => (b < a ? b : a), starts[0] ?? 0n);
  const last = ends.reduce((a, b) => (b > a ? b : a), 0n);
  const conditions = [
    // The time first: weeks in which there are none of them are not read at all.
    sql`Timestamp >= ${timestamp(first)} AND Timestamp <= ${timestamp(last)}`,
    sql`TraceId IN ${runs.map(({ traceId }) => traceId)}`,
    IS_WHOLE_TASK,
  ];
  return {
    purpose: "analysis",
    text: ({ tasksWhere }) => sql`SELECT TraceId, ${RUN_OF_TASK} AS RunName, groupArray(Task) AS Tasks,
      groupArray(intDiv(toUnixTimestamp64Nano(Timestamp), 1000)) AS StartUs,
      groupArray(intDiv(toUnixTimestamp64Nano(Timestamp) + Duration, 1000)) AS EndUs,
      groupArray(toJSONString(After)) AS AfterLists, groupArray(MemberOf = 'finally') AS IsFinally
      FROM ${tasksWhere(joinSql(conditions, " AND "))} WHERE ${IS_OVER} GROUP BY TraceId, RunName`,
    row: (fields) => ({
      traceId: fields.text("TraceId"),
      run: fields.text("RunName"),
      tasks: fields.texts("Tasks"),
      startUs: fields.numbers("StartUs"),
      endUs: fields.numbers("EndUs"),
      after: fields.texts("AfterLists").map((list): string[] => JSON.parse(list)),
      isFinally: fields.numbers("IsFinally").map((each) => each === 1),
    }),
  };
}
