/** What a comparison of two groups of runs needs to know of each: see `src/insight/difference.ts` for what is made of it. */
import { type Sql, sql } from "../sql.ts";
import type { Fields, Query } from "../trace-store.ts";
import {
  HAS_FAILED,
  IS_OVER,
  IS_RUN_TASK,
  isOfRun,
  type RunFilters,
  runCondition,
  taskRows,
} from "./filters.ts";

/** Durations of a group, of those that succeeded. Zero where none did. */
export interface GroupSummary {
  /** Empty for the runs as a whole. */
  task: string;
  /** All that are over. */
  ran: number;
  failed: number;
  /** How many succeeded: what the durations are of. */
  timed: number;
  p50Ns: number;
  p95Ns: number;
  minNs: bigint;
  maxNs: bigint;
  /** The two values `(n + 1) / 2 − √n` places, rounded down, from either end: how far they lie apart tells how sure the median is. */
  belowNs: bigint;
  aboveNs: bigint;
  /** Every duration is of whole seconds. */
  isCoarse: boolean;
}

export function runGroup(filters: RunFilters): Query<GroupSummary> {
  return {
    purpose: "analysis",
    text: ({ runs }) =>
      summary({ table: runs, name: sql`''`, condition: sql`${IS_OVER} AND ${runCondition(filters)}` }),
    row: readGroup,
  };
}

/** A row for each task of that name, whichever pipelines it is in. Most time first. */
export function taskGroups(filters: RunFilters, limit: number): Query<GroupSummary> {
  return {
    purpose: "analysis",
    text: (tables) => {
      const condition = sql`${IS_OVER} AND ${isOfRun(filters, tables)}`;
      return sql`${summary({ table: taskRows(filters, tables, IS_RUN_TASK), name: sql`Task`, condition })} ORDER BY P.1 * Timed DESC, TaskName LIMIT ${limit}`;
    },
    row: readGroup,
  };
}

function summary({ table, name, condition }: { table: Sql; name: Sql; condition: Sql }): Sql {
  return sql`SELECT TaskName, Ran, Failed, length(Sorted) AS Timed,
    (ifNotFinite(Quantiles[1], 0), ifNotFinite(Quantiles[2], 0)) AS P, [P.1, P.2] AS Percentiles,
    greatest(1, toInt64(floor((Timed + 1) / 2 - sqrt(Timed)))) AS Rank,
    Sorted[1] AS Least, Sorted[-1] AS Most, Sorted[Rank] AS Below, Sorted[Timed + 1 - Rank] AS Above, IsCoarse
    FROM (SELECT ${name} AS TaskName, count() AS Ran, countIf(${HAS_FAILED}) AS Failed,
      arraySort(groupArrayIf(Duration, ${IS_TIMED})) AS Sorted,
      quantilesExactInclusiveIf(0.5, 0.95)(Duration, ${IS_TIMED}) AS Quantiles,
      min(Duration % 1000000000 = 0) AS IsCoarse
      FROM ${table} WHERE ${condition} GROUP BY TaskName)`;
}

const IS_TIMED = sql`Result = 'success'`;

function readGroup(fields: Fields): GroupSummary {
  const [p50Ns = 0, p95Ns = 0] = fields.numbers("Percentiles");
  return {
    task: fields.text("TaskName"),
    ran: fields.number("Ran"),
    failed: fields.number("Failed"),
    timed: fields.number("Timed"),
    p50Ns,
    p95Ns,
    minNs: fields.integer("Least"),
    maxNs: fields.integer("Most"),
    belowNs: fields.integer("Below"),
    aboveNs: fields.integer("Above"),
    isCoarse: fields.number("IsCoarse") === 1,
  };
}
