import type { Nanos } from "../../tekton/index.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import type { Fields, Query } from "../trace-store.ts";
import { type RunFilters, runCondition, timestamp } from "./filters.ts";

/** A row of `runs`. What is not known is the empty text. */
export interface StoredRun {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  pipeline: string;
  result: string;
  reason: string;
  message: string;
  failedTask: string;
  failedStep: string;
  startNs: Nanos;
  durationNs: Nanos;
  waitNs: Nanos;
  repository: string;
  branch: string;
  revision: string;
  change: string;
  actor: string;
  trigger: string;
  application: string;
  component: string;
}

export type RunOrder = "started" | "duration" | "wait";

/** The last run of a page: the next page starts behind it, also when runs were added meanwhile. */
export interface RunCursor {
  /** Of what is sorted by. */
  valueNs: bigint;
  spanId: string;
}

export interface RunPage {
  filters: RunFilters;
  order: RunOrder;
  descending: boolean;
  limit: number;
  after?: RunCursor;
}

/** Runs that match, in order; those of equal value by span id. */
export function pageOfRuns({ filters, order, descending, limit, after }: RunPage): Query<StoredRun> {
  const key = ORDER_KEYS[order];
  const direction = descending ? sql`DESC` : sql`ASC`;
  const conditions = [
    runCondition(filters),
    ...(after === undefined ? [] : [isBehind(after, order, descending)]),
  ];
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT ${RUN_FIELDS} FROM ${runs} WHERE ${joinSql(conditions, " AND ")}
      ORDER BY ${key} ${direction}, SpanId ${direction} LIMIT ${limit}`,
    row: readRun,
  };
}

const ORDER_KEYS: Readonly<Record<RunOrder, Sql>> = {
  started: sql`Timestamp`,
  duration: sql`Duration`,
  wait: sql`Wait`,
};

function isBehind({ valueNs, spanId }: RunCursor, order: RunOrder, descending: boolean): Sql {
  const value = order === "started" ? timestamp(valueNs) : sql`toUInt64(${valueNs})`;
  const comparison = descending ? sql`<` : sql`>`;
  return sql`(${ORDER_KEYS[order]}, SpanId) ${comparison} (${value}, ${spanId})`;
}

/** How many runs match: one row. */
export function countOfRuns(filters: RunFilters): Query<number> {
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT count() AS Runs FROM ${runs} WHERE ${runCondition(filters)}`,
    row: (fields) => fields.number("Runs"),
  };
}

/** The runs in a trace, in order of start. */
export function runsOfTrace(traceId: string): Query<StoredRun> {
  return {
    purpose: "lookup",
    text: ({ runs }) =>
      sql`SELECT ${RUN_FIELDS} FROM ${runs} WHERE TraceId = ${traceId} ORDER BY Timestamp, SpanId`,
    row: readRun,
  };
}

/** What a run may be known by. */
export interface RunName {
  /** Name of the run, or its UID. */
  name: string;
  namespace?: string;
}

/** The latest runs of a name or UID, the last first. */
export function runsNamed({ name, namespace }: RunName, limit: number): Query<StoredRun> {
  const place = namespace === undefined ? sql`1` : sql`Namespace = ${namespace}`;
  return {
    purpose: "analysis",
    text: ({
      runs,
    }) => sql`SELECT ${RUN_FIELDS} FROM ${runs} WHERE (Run = ${name} OR Uid = ${name}) AND ${place}
      ORDER BY Timestamp DESC, SpanId LIMIT ${limit}`,
    row: readRun,
  };
}

/** The columns {@link readRun} reads. */
export const RUN_FIELDS = sql`TraceId, SpanId, ParentSpanId, Kind, Namespace, Run, Uid, Pipeline, Result, Reason, Message,
  FailedTask, FailedStep, toUnixTimestamp64Nano(Timestamp) AS StartNs, Duration, Wait, Repository, Branch, Revision, Change,
  Actor, Trigger, Application, Component`;

export function readRun(row: Fields): StoredRun {
  return {
    traceId: row.text("TraceId"),
    spanId: row.text("SpanId"),
    parentSpanId: row.text("ParentSpanId"),
    kind: row.text("Kind"),
    namespace: row.text("Namespace"),
    name: row.text("Run"),
    uid: row.text("Uid"),
    pipeline: row.text("Pipeline"),
    result: row.text("Result"),
    reason: row.text("Reason"),
    message: row.text("Message"),
    failedTask: row.text("FailedTask"),
    failedStep: row.text("FailedStep"),
    startNs: row.integer("StartNs"),
    durationNs: row.integer("Duration"),
    waitNs: row.integer("Wait"),
    repository: row.text("Repository"),
    branch: row.text("Branch"),
    revision: row.text("Revision"),
    change: row.text("Change"),
    actor: row.text("Actor"),
    trigger: row.text("Trigger"),
    application: row.text("Application"),
    component: row.text("Component"),
  };
}
