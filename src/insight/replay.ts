/**
 * A run played again with other durations, along the pipeline's graph.
 *
 *   as it was     build |==========|.test |=======|.deploy |==|        . is the lag between the end of what a task
 *                 lint  |====|                                           waited for and its start
 *   build halved  build |=====|.test |=======|.deploy |==|             saves half of build
 *   lint halved   build |==========|.test |=======|.deploy |==|        saves nothing: test waits for build
 *
 * A task starts as long after the last of those it waits for as it did then: controllers, nodes and images take their time
 * in the replay too. `finally` waits for all other tasks. Where a run tells no graph, a task waited for the last one that had
 * ended before it started. A task that waited for something nobody knows starts when it did.
 *
 * The slack of a task is by how much it could have taken longer without the run taking longer:
 *
 *   build |==========|test |=======|
 *   lint  |====|~~~~~~                ~ is the slack of lint
 */
import { groupBy } from "./groups.ts";

export interface ReplayTask {
  name: string;
  /** In any unit, from any zero. */
  start: number;
  end: number;
  /** Names of the tasks it waited for by the graph. */
  after: readonly string[];
  isFinally: boolean;
}

export interface ReplayRun {
  start: number;
  end: number;
  tasks: readonly ReplayTask[];
}

/** What waits for what in a run. */
export interface Plan {
  run: ReplayRun;
  /** Indexes of the tasks, each behind those it waits for; `finally` tasks last. */
  order: number[];
  /** For each task, the indexes of those it waits for. */
  before: number[][];
  /** Tasks whose start cannot be explained, so it stays. */
  isFixed: boolean[];
  /** For each task, when the last of those it waits for had ended: the start of the run where it waits for none. */
  ready: number[];
  /** When the last task that is not `finally` had ended. */
  tasksEnd: number;
}

export function planOf(run: ReplayRun): Plan {
  const { before, isFixed } = hasGraph(run) ? byGraph(run) : byTime(run);
  const sorted = sortByGraph(before);
  const inCircle = new Set(before.keys());
  for (const index of sorted) inCircle.delete(index);
  // Edited graphs run in circles: there the order in time is all there is.
  for (const index of inCircle) {
    before[index] = [];
    isFixed[index] = true;
  }
  const all = [...sorted, ...inCircle];
  const isFinally = (index: number) => run.tasks[index]?.isFinally === true;
  const tasksEnd = lastEnd(run.tasks.filter((task) => !task.isFinally)) ?? run.start;
  return {
    run,
    order: [...all.filter((index) => !isFinally(index)), ...all.filter(isFinally)],
    before,
    isFixed,
    ready: run.tasks.map((task, index) =>
      task.isFinally
        ? tasksEnd
        : Math.max(run.start, ...(before[index] ?? []).map((each) => run.tasks[each]?.end ?? run.start)),
    ),
    tasksEnd,
  };
}

/** When the run ends if each task takes the time that `durationOf` tells. With their own durations it ends when it did. */
export function replay(plan: Plan, durationOf: (task: ReplayTask) => number): number {
  const { run, order, before, isFixed, ready } = plan;
  const ends = new Array<number>(run.tasks.length).fill(run.start);
  let tasksEnd = run.start;
  let last = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const task = run.tasks[index];
    if (task === undefined) continue;
    let isReady = task.isFinally ? tasksEnd : run.start;
    if (!task.isFinally) for (const each of before[index] ?? []) isReady = Math.max(isReady, ends[each] ?? 0);
    const lag = task.start - (ready[index] ?? run.start);
    const start = isFixed[index] ? task.start : Math.max(run.start, isReady + lag);
    const end = start + durationOf(task);
    ends[index] = end;
    last = Math.max(last, end);
    if (!task.isFinally) tasksEnd = Math.max(tasksEnd, end);
  }
  const observedLast = lastEnd(run.tasks);
  return observedLast === undefined ? run.end : last + (run.end - observedLast);
}

/** The slack of each task, in the order of the run's tasks. */
export function slackOf({ run, order, before, ready, tasksEnd }: Plan): number[] {
  const end = lastEnd(run.tasks) ?? run.end;
  const slack = run.tasks.map((task) => Math.max(0, end - task.end));
  let slackOfTasks = Number.POSITIVE_INFINITY;
  for (const index of order.toReversed()) {
    const task = run.tasks[index];
    if (task === undefined) continue;
    if (task.isFinally) {
      slackOfTasks = Math.min(slackOfTasks, slack[index] ?? 0);
      continue;
    }
    slack[index] = Math.min(slack[index] ?? 0, Math.max(0, tasksEnd - task.end) + slackOfTasks);
    for (const each of before[index] ?? []) {
      const spare = (ready[index] ?? 0) - (run.tasks[each]?.end ?? 0);
      slack[each] = Math.min(slack[each] ?? 0, spare + (slack[index] ?? 0));
    }
  }
  return slack;
}

function hasGraph({ tasks }: ReplayRun): boolean {
  return tasks.some(({ after }) => after.length > 0);
}

type Edges = Pick<Plan, "before" | "isFixed">;

function byGraph({ tasks }: ReplayRun): Edges {
  const indexes = groupBy(tasks.keys(), (index) => tasks[index]?.name ?? "");
  return {
    before: tasks.map(({ after, isFinally }) =>
      isFinally ? [] : after.flatMap((name) => indexes.get(name) ?? []),
    ),
    isFixed: tasks.map(({ after, isFinally }) => !isFinally && after.some((name) => !indexes.has(name))),
  };
}

/** The last that had ended when it started, and began before it. */
function byTime({ tasks }: ReplayRun): Edges {
  const byEnd = [...tasks.keys()].sort((a, b) => (tasks[a]?.end ?? 0) - (tasks[b]?.end ?? 0));
  const before = tasks.map((task) => {
    if (task.isFinally) return [];
    let [low, high] = [0, byEnd.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tasks[byEnd[middle] ?? 0]?.end ?? 0) <= task.start) low = middle + 1;
      else high = middle;
    }
    while (low > 0 && (tasks[byEnd[low - 1] ?? 0]?.start ?? 0) >= task.start) low--;
    const found = byEnd[low - 1];
    return found === undefined ? [] : [found];
  });
  return { before, isFixed: tasks.map(() => false) };
}

/** Each behind those it waits for (Kahn, 1962); what lies on or behind a circle is left out. */
function sortByGraph(before: readonly (readonly number[])[]): number[] {
  const behind: number[][] = before.map(() => []);
  const open = before.map(({ length }) => length);
  for (const [index, list] of before.entries()) for (const each of list) behind[each]?.push(index);
  const sorted = open.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let at = 0; at < sorted.length; at++) {
    for (const next of behind[sorted[at] ?? 0] ?? []) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) sorted.push(next);
    }
  }
  return sorted;
}

function lastEnd(tasks: readonly ReplayTask[]): number | undefined {
  return tasks.reduce<number | undefined>(
    (last, { end }) => (last === undefined || end > last ? end : last),
    undefined,
  );
}
