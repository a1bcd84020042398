/** Which runs a question is about, as conditions on the narrow tables. */
import type { Nanos } from "../../tekton/index.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import { LATEST_NS } from "../times.ts";
import type { Tables } from "../trace-store.ts";

/** All that is given has to hold. Of a list, one does. */
export interface RunFilters {
  pipeline?: string;
  namespace?: string;
  branch?: string;
  /** `owner/name`. */
  repository?: string;
  application?: string;
  component?: string;
  /** The run starts from here… */
  sinceNs?: Nanos;
  /** …until before here. */
  untilNs?: Nanos;
  results?: readonly string[];
  longerThanNs?: Nanos;
  shorterThanNs?: Nanos;
  /** Part of the name of the run, the pipeline, the branch or the repository, in any case; or the start of a revision. */
  search?: string;
}

export interface TaskFilters extends RunFilters {
  task?: string;
}

/** What the semantic conventions call a result that is bad; a run somebody cancelled has not failed. */
export const HAS_FAILED = sql`Result IN ('failure', 'error', 'timeout')`;

/** It is over. */
export const IS_OVER = sql`Result != 'running'`;

/** Of rows of `runs`. */
export function runCondition(filters: RunFilters): Sql {
  return joinSql([...commonConditions(filters), ...outcomeConditions(filters)], " AND ", sql`1`);
}

/**
 * Rows of `tasks` that may match, to be read like a table; those that do, meet {@link isOfRun} as well. `early` is what else is to be
 * true of them, see `Tables.tasksWhere`. A task is taken to belong to the time in which it started itself.
 */
export function taskRows(filters: TaskFilters, { tasksWhere }: Tables, early: Sql): Sql {
  const named = equals(sql`Task`, filters.task);
  return tasksWhere(joinSql([early, ...named, ...commonConditions(filters)], " AND "));
}

/** Of a row of `tasks`: its run is one that matches in what only a run knows: its result, its length, its name. */
export function isOfRun(filters: RunFilters, { runs }: Pick<Tables, "runs">): Sql {
  if (outcomeConditions(filters).length === 0) return sql`1`;
  return sql`(TraceId, ${RUN_OF_TASK}) IN (SELECT TraceId, Run FROM ${runs} WHERE ${runCondition(filters)})`;
}

/** The name of the run a task belongs to; a TaskRun that belongs to none is a run itself. */
export const RUN_OF_TASK = sql`if(Run = '', TaskRun, Run)`;

/** A row of `tasks` that is a task as a whole: not an attempt of it, not a step in it. */
export const IS_WHOLE_TASK = sql`Type IN ('taskrun', 'customrun', 'skipped')`;

/** A row of `tasks` that is a task that runs or ran, not skipped. */
export const IS_RUN_TASK = sql`Type IN ('taskrun', 'customrun')`;

/** A row of `tasks` that is a task that ran, to its end. */
export const IS_FINISHED_TASK = sql`${IS_RUN_TASK} AND ${IS_OVER}`;

function commonConditions(filters: RunFilters): Sql[] {
  const { sinceNs, untilNs } = filters;
  return [
    ...(sinceNs === undefined ? [] : [sql`Timestamp >= ${timestamp(sinceNs)}`]),
    ...(untilNs === undefined ? [] : [sql`Timestamp < ${timestamp(untilNs)}`]),
    ...equals(sql`Pipeline`, filters.pipeline),
    ...equals(sql`Namespace`, filters.namespace),
    ...equals(sql`Branch`, filters.branch),
    ...equals(sql`Repository`, filters.repository),
    ...equals(sql`Application`, filters.application),
    ...equals(sql`Component`, filters.component),
  ];
}

function outcomeConditions({ results, longerThanNs, shorterThanNs, search }: RunFilters): Sql[] {
  return [
    ...(results === undefined ? [] : [sql`Result IN ${results}`]),
    ...(longerThanNs === undefined ? [] : [sql`Duration > ${longerThanNs}`]),
    ...(shorterThanNs === undefined ? [] : [sql`Duration < ${shorterThanNs}`]),
    ...(search === undefined ? [] : [mentions(search)]),
  ];
}

function equals(column: Sql, value: string | undefined): Sql[] {
  return value === undefined ? [] : [sql`${column} = ${value}`];
}

function mentions(text: string): Sql {
  const contains = (column: Sql) => sql`positionCaseInsensitiveUTF8(${column}, ${text}) > 0`;
  return sql`(${contains(sql`Run`)} OR ${contains(sql`Pipeline`)} OR ${contains(sql`Branch`)}
    OR ${contains(sql`Repository`)} OR startsWith(Revision, ${text}))`;
}

/** A time as the tables keep it; times they cannot hold become the last they can. */
export function timestamp(timeNs: Nanos): Sql {
  const stored = timeNs < 0n ? 0n : timeNs > LATEST_NS ? LATEST_NS : timeNs;
  return sql`fromUnixTimestamp64Nano(${stored})`;
}
