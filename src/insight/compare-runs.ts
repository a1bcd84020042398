import { type StoredRun, type TraceShape, type TraceStore, traceShape } from "../store/index.ts";
import type { CompareRunsAnswer } from "./answers/index.ts";
import { resultWord, runRow } from "./run-row.ts";
import { MOST_SPANS } from "./trace-limits.ts";

type TaskSide = NonNullable<CompareRunsAnswer["tasks"][number]["a"]>;

interface TaskOfRun {
  /** The TaskRuns of a matrix share a name: they are paired in order of start. */
  key: string;
  task: string;
  side: TaskSide;
}

/** Two runs, task by task: in order of start on side b, then those that only a has. */
export async function compareRuns(
  { a, b }: { a: StoredRun; b: StoredRun },
  store: TraceStore,
): Promise<CompareRunsAnswer> {
  const [tasksA, tasksB] = await Promise.all([tasksOf(a, store), tasksOf(b, store)]);
  const inA = new Map(tasksA.map((each) => [each.key, each.side]));
  const inB = new Set(tasksB.map(({ key }) => key));
  const both = tasksB.map(({ key, task, side }) => pair(task, inA.get(key), side));
  const onlyA = tasksA.filter(({ key }) => !inB.has(key)).map(({ task, side }) => ({ task, a: side }));
  return { kind: "runs", a: runRow(a), b: runRow(b), tasks: [...both, ...onlyA] };
}

function pair(task: string, a: TaskSide | undefined, b: TaskSide): CompareRunsAnswer["tasks"][number] {
  return a === undefined ? { task, b } : { task, a, b, changeMs: b.durationMs - a.durationMs };
}

async function tasksOf(run: StoredRun, store: TraceStore): Promise<TaskOfRun[]> {
  const [shape] = await store.select(traceShape(run.traceId, MOST_SPANS));
  if (shape === undefined) return [];
  const startUs = Number(run.startNs) / 1000;
  const seen = new Map<string, number>();
  return shape.tasks
    .filter(({ index }) => shape.parentSpanIds[index] === run.spanId)
    .sort((one, other) => (shape.startUs[one.index] ?? 0) - (shape.startUs[other.index] ?? 0))
    .map(({ index, task, waitUs }) => {
      const count = (seen.get(task) ?? 0) + 1;
      seen.set(task, count);
      return { key: `${task} ${count}`, task, side: sideOf(shape, { index, waitUs, startUs }) };
    });
}

function sideOf(
  shape: TraceShape,
  { index, waitUs, startUs }: { index: number; waitUs: number; startUs: number },
): TaskSide {
  return {
    result: resultWord(shape.results[index] ?? ""),
    offsetMs: ((shape.startUs[index] ?? startUs) - startUs) / 1000,
    durationMs: (shape.durationUs[index] ?? 0) / 1000,
    waitMs: waitUs / 1000,
    spanId: shape.spanIds[index] ?? "",
  };
}
