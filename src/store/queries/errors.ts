import type { Nanos } from "../../tekton/index.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import type { Fields, Query, Tables } from "../trace-store.ts";
import {
  HAS_FAILED,
  IS_OVER,
  IS_RUN_TASK,
  isOfRun,
  runCondition,
  type TaskFilters,
  taskRows,
} from "./filters.ts";
import { startOfBucket } from "./pipelines.ts";

export type ErrorSubject = "task" | "pipeline";

/** What fails: a task of a pipeline, or with an empty `task` a pipeline. */
export interface Subject {
  pipeline: string;
  task: string;
}

export interface ErrorCounts extends Subject {
  total: number;
  failed: number;
  /** In order of time, each list in the same order. */
  startSeconds: number[];
  totals: number[];
  failures: number[];
}

export interface ErrorQuestion {
  by: ErrorSubject;
  filters: TaskFilters;
  bucket: "hour" | "day";
  limit: number;
}

/** What failed at least once, most failures first, with its rate over time. Only what is over counts. */
export function errorCounts({ by, filters, bucket, limit }: ErrorQuestion): Query<ErrorCounts> {
  return {
    purpose: "analysis",
    text: (tables) => {
      const { table, task, condition } = rowsOf({ by, filters }, tables);
      return sql`SELECT Pipeline, TaskName, sum(Total) AS TotalSum, sum(Failed) AS FailedSum,
        groupArray(StartSeconds) AS Starts, groupArray(Total) AS Totals, groupArray(Failed) AS Failures
        FROM (SELECT Pipeline, ${task} AS TaskName, ${startOfBucket(bucket)} AS StartSeconds, count() AS Total,
          countIf(${HAS_FAILED}) AS Failed FROM ${table} WHERE ${condition}
          GROUP BY Pipeline, TaskName, StartSeconds ORDER BY StartSeconds)
        GROUP BY Pipeline, TaskName HAVING FailedSum > 0
        ORDER BY FailedSum DESC, TotalSum, Pipeline, TaskName LIMIT ${limit}`;
    },
    row: (fields) => ({
      pipeline: fields.text("Pipeline"),
      task: fields.text("TaskName"),
      total: fields.number("TotalSum"),
      failed: fields.number("FailedSum"),
      startSeconds: fields.numbers("Starts"),
      totals: fields.numbers("Totals"),
      failures: fields.numbers("Failures"),
    }),
  };
}

export interface MessageCount extends Subject {
  /** The latest of those that are alike. */
  message: string;
  count: number;
  lastTraceId: string;
}

/**
 * The most frequent messages of what failed. Messages that differ only in ids and numbers, exit codes aside, are one. What is
 * the same to the letter is counted first, so that few messages have to be looked into.
 */
export function errorMessages(
  { by, filters }: Pick<ErrorQuestion, "by" | "filters">,
  perSubject: number,
): Query<MessageCount> {
  return {
    purpose: "analysis",
    text: (tables) => {
      const { table, task, condition } = rowsOf({ by, filters }, tables, HAS_FAILED);
      const literal = sql`SELECT Pipeline, ${task} AS TaskName, substringUTF8(Message, 1, ${MESSAGE_LENGTH}) AS Text,
        count() AS Same, max(Timestamp) AS LastTime, argMax(TraceId, Timestamp) AS LastTrace
        FROM ${table} WHERE ${condition} AND Message != '' GROUP BY Pipeline, TaskName, Text`;
      return sql`SELECT Pipeline, TaskName, replaceRegexpAll(Text, ${VARYING_WORD}, '#') AS General,
        extract(Text, ${EXIT_CODE}) AS Code, sum(Same) AS Failures, argMax(Text, LastTime) AS Latest,
        argMax(LastTrace, LastTime) AS LastTraceId
        FROM (${literal}) GROUP BY Pipeline, TaskName, General, Code
        ORDER BY Failures DESC, General, Code LIMIT ${perSubject} BY Pipeline, TaskName LIMIT ${MOST_ROWS}`;
    },
    row: (fields) => ({
      pipeline: fields.text("Pipeline"),
      task: fields.text("TaskName"),
      message: fields.text("Latest"),
      count: fields.number("Failures"),
      lastTraceId: fields.text("LastTraceId"),
    }),
  };
}

const MESSAGE_LENGTH = 300;
/** Of all subjects together: far more than anybody is shown. */
const MOST_ROWS = 10_000;

/** A UUID, or a word with a digit in it: a number, a hash, the random end of a name. RE2 and JavaScript read it alike. */
export const VARYING_WORD =
  "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9A-Za-z]*[0-9][0-9A-Za-z]*";
const EXIT_CODE = "\\bcode:? ([0-9]+)";

/** Exit codes of failed steps, the most frequent of each task (or pipeline) first. */
export function exitCodes(
  { by, filters }: Pick<ErrorQuestion, "by" | "filters">,
  perSubject: number,
): Query<Subject & { exitCode: number; count: number }> {
  return {
    purpose: "analysis",
    text: (tables) => sql`SELECT Pipeline, ${taskNameFor(by)} AS TaskName, ExitCode, count() AS Steps
      FROM ${taskRows(filters, tables, sql`Type = 'step'`)} WHERE ExitCode > 0 AND ${isOfRun(filters, tables)}
      GROUP BY Pipeline, TaskName, ExitCode ORDER BY Steps DESC, ExitCode
      LIMIT ${perSubject} BY Pipeline, TaskName LIMIT ${MOST_ROWS}`,
    row: (fields) => ({
      pipeline: fields.text("Pipeline"),
      task: fields.text("TaskName"),
      exitCode: fields.number("ExitCode"),
      count: fields.number("Steps"),
    }),
  };
}

/** The rows that are what may fail, or of those the ones that meet a condition. */
function rowsOf(
  { by, filters }: Pick<ErrorQuestion, "by" | "filters">,
  tables: Tables,
  only: Sql = sql`1`,
): { table: Sql; task: Sql; condition: Sql } {
  const task = taskNameFor(by);
  if (by === "pipeline") {
    const condition = joinSql([runCondition(filters), IS_OVER, only], " AND ");
    return { table: tables.runs, task, condition };
  }
  const table = taskRows(filters, tables, sql`${IS_RUN_TASK} AND ${only}`);
  return { table, task, condition: sql`${IS_OVER} AND ${isOfRun(filters, tables)}` };
}

function taskNameFor(by: ErrorSubject): Sql {
  return by === "task" ? sql`toString(Task)` : sql`''`;
}

/** A task of a pipeline that failed in one run and passed in another of the same commit. */
export interface FlakyCommit extends Subject {
  repository: string;
  revision: string;
  failedTraceId: string;
  passedTraceId: string;
  /** Start of the latest of these tasks. */
  timeNs: Nanos;
}

/** Commits are looked for from this many failures, the latest: what flickered long ago is no news. */
const FAILURES_LOOKED_AT = 1_000;

/**
 * Latest first. It starts from the few that failed, goes on to the commits that had several runs, and looks up how the same task
 * did in each. A run in which one combination of a matrix passed and another failed has failed.
 */
export function flakyCommits(filters: TaskFilters, limit: number): Query<FlakyCommit> {
  return {
    purpose: "analysis",
    text: (tables) => {
      const failures = sql`SELECT Revision FROM ${taskRows(filters, tables, sql`${IS_RUN_TASK} AND ${HAS_FAILED}`)}
        WHERE Revision != '' AND ${isOfRun(filters, tables)} ORDER BY Timestamp DESC LIMIT ${FAILURES_LOOKED_AT}`;
      const traces = sql`SELECT arrayJoin(groupUniqArray(TraceId)) FROM ${tables.runs}
        WHERE Revision IN (${failures}) GROUP BY Revision HAVING uniqExact(TraceId) > 1`;
      const perRun = sql`SELECT Pipeline, Task, Repository, Revision, TraceId, max(Timestamp) AS Started,
        max(${HAS_FAILED}) AS HasFailed, min(Result = 'success') AS HasPassed
        FROM ${taskRows(filters, tables, sql`${IS_RUN_TASK} AND TraceId IN (${traces})`)}
        WHERE ${IS_OVER} AND Revision != '' AND ${isOfRun(filters, tables)}
        GROUP BY Pipeline, Task, Repository, Revision, TraceId`;
      return sql`SELECT Pipeline, Task, Repository, Revision, argMaxIf(TraceId, Started, HasFailed) AS FailedTraceId,
        argMaxIf(TraceId, Started, HasPassed) AS PassedTraceId, toUnixTimestamp64Nano(max(Started)) AS TimeNs
        FROM (${perRun}) GROUP BY Pipeline, Task, Repository, Revision
        HAVING countIf(HasFailed) > 0 AND countIf(HasPassed) > 0 ORDER BY TimeNs DESC, Pipeline, Task LIMIT ${limit}`;
    },
    row: (fields) => ({ ...readFlaky(fields), passedTraceId: fields.text("PassedTraceId") }),
  };
}

/** A task that passed when it was tried again: in one trace it failed and passed. */
export function flakyRetries(filters: TaskFilters, limit: number): Query<Omit<FlakyCommit, "passedTraceId">> {
  return {
    purpose: "analysis",
    text: (tables) => sql`SELECT Pipeline, Task, Repository, Revision, TraceId AS FailedTraceId,
      toUnixTimestamp64Nano(Timestamp) AS TimeNs FROM ${taskRows(filters, tables, sql`${IS_RUN_TASK} AND Retries > 0`)}
      WHERE Result = 'success' AND ${isOfRun(filters, tables)} ORDER BY Timestamp DESC, SpanId LIMIT ${limit}`,
    row: readFlaky,
  };
}

function readFlaky(fields: Fields): Omit<FlakyCommit, "passedTraceId"> {
  return {
    pipeline: fields.text("Pipeline"),
    task: fields.text("Task"),
    repository: fields.text("Repository"),
    revision: fields.text("Revision"),
    failedTraceId: fields.text("FailedTraceId"),
    timeNs: fields.integer("TimeNs"),
  };
}

/** How often each step failed in tasks of these traces, by task: of those that flicker, which step it is. */
export function failedSteps(traceIds: readonly string[]): Query<Subject & { step: string; count: number }> {
  return {
    purpose: "lookup",
    text: ({ tasksWhere }) => sql`SELECT Pipeline, Task, Step, count() AS Failures
      FROM ${tasksWhere(sql`TraceId IN ${traceIds} AND Type = 'step'`)} WHERE ${HAS_FAILED} AND Step != ''
      GROUP BY Pipeline, Task, Step ORDER BY Failures DESC, Step LIMIT 1 BY Pipeline, Task`,
    row: (fields) => ({
      pipeline: fields.text("Pipeline"),
      task: fields.text("Task"),
      step: fields.text("Step"),
      count: fields.number("Failures"),
    }),
  };
}
