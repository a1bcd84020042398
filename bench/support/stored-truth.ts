/** Whether what a data directory holds is what was acknowledged, and whether its tables say the same. */
import {
  type DerivedColumn,
  derive,
  IS_RUN,
  IS_TASK,
  RUN_COLUMNS,
  TASK_COLUMNS,
} from "../../src/store/columns.ts";
import { openEmbeddedStore, type Query, type TraceStore } from "../../src/store/index.ts";
import { joinSql, type Sql, sql } from "../../src/store/sql.ts";
import type { Period } from "./run-story.ts";
import { runTraceId, SPANS_PER_RUN } from "./spans.ts";

/** Something that should be the same and is not. */
export interface Disagreement {
  about: string;
  expected: string;
  found: string;
}

/** Opens a data directory no process has open, and compares it with the runs all spans of which were acknowledged. */
export async function disagreements(
  directory: string,
  period: Period,
  acknowledgedRuns: readonly number[],
): Promise<Disagreement[]> {
  const store = await openEmbeddedStore({ directory });
  const found = [
    ...(await missingSpans(store, period, acknowledgedRuns)),
    ...(await narrowTable(store, { name: "runs", columns: RUN_COLUMNS, where: IS_RUN })),
    ...(await narrowTable(store, { name: "tasks", columns: TASK_COLUMNS, where: IS_TASK })),
  ];
  await store.close();
  return found;
}

async function missingSpans(
  store: TraceStore,
  period: Period,
  acknowledgedRuns: readonly number[],
): Promise<Disagreement[]> {
  const stored = new Map(await store.select(SPANS_OF_TRACES));
  return acknowledgedRuns.flatMap((run) => {
    const traceId = runTraceId(run, period);
    const spans = stored.get(traceId) ?? 0;
    if (spans === SPANS_PER_RUN) return [];
    return { about: `spans of trace ${traceId}`, expected: String(SPANS_PER_RUN), found: String(spans) };
  });
}

const SPANS_OF_TRACES: Query<[string, number]> = {
  purpose: "analysis",
  text: ({ spans }) => sql`SELECT TraceId, uniqExact(SpanId) AS Spans FROM ${spans} GROUP BY TraceId`,
  row: (fields) => [fields.text("TraceId"), Number(fields.integer("Spans"))],
};

interface NarrowTable {
  name: "runs" | "tasks";
  columns: readonly DerivedColumn[];
  where: Sql;
}

/** Compares all rows and columns of a narrow table with what the spans make of it. */
async function narrowTable(
  store: TraceStore,
  { name, columns, where }: NarrowTable,
): Promise<Disagreement[]> {
  const [found = ""] = await store.select(digest(columns, (tables) => tables[name]));
  const [expected = ""] = await store.select(
    digest(columns, ({ spans }) => {
      const latest = sql`(SELECT * FROM ${spans} ORDER BY Version DESC LIMIT 1 BY TraceId, SpanId)`;
      return sql`(${derive(columns, { source: latest, where })})`;
    }),
  );
  return found === expected ? [] : [{ about: name, expected, found }];
}

/** How many rows, and a number that any difference in them changes. */
function digest(
  columns: readonly DerivedColumn[],
  source: (tables: Parameters<Query<string>["text"]>[0]) => Sql,
): Query<string> {
  const names = joinSql(
    columns.map(({ name }) => ({ text: name })),
    ", ",
  );
  return {
    purpose: "analysis",
    text: (tables) =>
      sql`SELECT concat(toString(count()), ' rows ', toString(groupBitXor(cityHash64(${names})))) AS Digest
        FROM ${source(tables)}`,
    row: (fields) => fields.text("Digest"),
  };
}
