import {
  latestRuns,
  type RunSpan,
  type TaskSummary,
  type TasksOfRun,
  type TraceStore,
  taskSummaries,
  tasksOfRuns,
  timeOfPipelines,
} from "../store/index.ts";
import type { TaskRow, TasksAnswer } from "./answers/index.ts";
import { toMillis } from "./duration.ts";
import { type HalvedSavings, halvedSavings } from "./halved.ts";
import { question } from "./question.ts";
import type { ReplayRun } from "./replay.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";

export const TASK_PARAMETER = { name: "task", kind: "text", description: "only this pipeline task" } as const;

/** How many runs a pipeline is replayed with, and how many in all. */
const MOST_REPLAYED = { perPipeline: 200, inAll: 1000 };

/** Where the time of pipelines goes, the bottleneck first. */
export const TASKS = question<TasksAnswer>({
  name: "tasks",
  path: "tasks",
  summary:
    "For each task how long it takes, waits and fails, and what a run would gain if it took half as long",
  answerName: "TasksAnswer",
  parameters: [
    ...RUN_FILTERS,
    TASK_PARAMETER,
    { name: "limit", kind: "count", default: "200", most: 5000, description: "how many tasks" },
  ],
  async answer({ store }, given) {
    const filters = { ...runFilters(given), task: given.text("task") };
    const [found, pipelines] = await Promise.all([
      store.select(taskSummaries(filters, given.count("limit"))),
      store.select(timeOfPipelines(filters)),
    ]);
    const perPipeline = Math.floor(MOST_REPLAYED.inAll / Math.max(1, pipelines.length));
    const replayed = await store.select(
      latestRuns(filters, Math.max(1, Math.min(perPipeline, MOST_REPLAYED.perPipeline))),
    );
    const savings = await savingsOf(replayed.slice(0, MOST_REPLAYED.inAll), store);
    const times = new Map(pipelines.map((each) => [each.pipeline, each]));
    const rows = found.map((task) => taskRow(task, times.get(task.pipeline), savings));
    return {
      tasks: rows.sort((a, b) => b.halvedSavesMs - a.halvedSavesMs || b.criticalShare - a.criticalShare),
      runs: pipelines.reduce((sum, { runs }) => sum + runs, 0),
      replayedRuns: savings.runs,
    };
  },
});

async function savingsOf(runs: readonly RunSpan[], store: TraceStore): Promise<HalvedSavings> {
  const tasks = runs.length === 0 ? [] : await store.select(tasksOfRuns(runs));
  const byRun = new Map(tasks.map((each) => [keyOf(each.traceId, each.run), each]));
  return halvedSavings(
    runs.map((run) => ({
      pipeline: run.pipeline,
      run: replayRun(run, byRun.get(keyOf(run.traceId, run.name))),
    })),
  );
}

function keyOf(traceId: string, run: string): string {
  return `${traceId} ${run}`;
}

function replayRun({ startNs, endNs }: RunSpan, found: TasksOfRun | undefined): ReplayRun {
  const tasks = (found?.tasks ?? []).map((name, index) => ({
    name,
    start: found?.startUs[index] ?? 0,
    end: found?.endUs[index] ?? 0,
    after: found?.after[index] ?? [],
    isFinally: found?.isFinally[index] ?? false,
  }));
  return { start: Number(startNs / 1000n), end: Number(endNs / 1000n), tasks };
}

function taskRow(
  task: TaskSummary,
  pipeline: { durationNs: number } | undefined,
  savings: HalvedSavings,
): TaskRow {
  const ran = Math.max(1, task.ran);
  return {
    pipeline: task.pipeline,
    task: task.task,
    runs: task.ran,
    p50Ms: toMillis(task.p50Ns),
    p95Ms: toMillis(task.p95Ns),
    // A run that is on its way has tasks that are over: then there is more of them than of runs.
    criticalShare: Math.min(1, task.criticalNs / Math.max(1, pipeline?.durationNs ?? 0)),
    waitP50Ms: toMillis(task.waitP50Ns),
    executeP50Ms: toMillis(task.executeP50Ns),
    failureRate: task.failed / ran,
    retryRate: task.retried / ran,
    skipRate: task.skipped / Math.max(1, task.ran + task.skipped),
    halvedSavesMs: savings.of(task.pipeline, task.task) / 1000,
  };
}
