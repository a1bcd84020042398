/**
 * By how much the median run of a pipeline would be shorter if one of its tasks took half as long: the median of the runs as they
 * were, less the median of the same runs replayed. The difference of medians, not the median of differences: a task that
 * runs in every third run may well shorten the median run, though it saves nothing in most.
 */
import { groupBy } from "./groups.ts";
import { type Plan, planOf, type ReplayRun, type ReplayTask, replay, slackOf } from "./replay.ts";
import { median } from "./statistics.ts";

export interface HalvedSavings {
  /** In the unit of the runs; zero of a task that is in none of them. */
  of(pipeline: string, task: string): number;
  /** How many runs were replayed. */
  runs: number;
}

/** Steps of replaying that are affordable: a tenth of a second or so. The runs behind that are left out. */
const MOST_STEPS = 5_000_000;

/** `runs` with the most important first. */
export function halvedSavings(runs: readonly { pipeline: string; run: ReplayRun }[]): HalvedSavings {
  let steps = 0;
  const tooMuch = runs.findIndex(({ run }) => {
    steps += run.tasks.length ** 2;
    return steps > MOST_STEPS;
  });
  const replayed = tooMuch === -1 ? runs : runs.slice(0, tooMuch);
  const byPipeline = groupBy(replayed, ({ pipeline }) => pipeline);
  const savings = new Map(
    [...byPipeline].map(([pipeline, each]) => [pipeline, savingsOfPipeline(each.map(({ run }) => run))]),
  );
  return { of: (pipeline, task) => savings.get(pipeline)?.get(task) ?? 0, runs: replayed.length };
}

function savingsOfPipeline(runs: readonly ReplayRun[]): Map<string, number> {
  const durations = runs.map(({ start, end }) => end - start);
  const shortened = new Map<string, number[]>();
  for (const [index, run] of runs.entries()) {
    const plan = planOf(run);
    for (const task of bottlenecks(plan)) {
      const others = shortened.get(task) ?? [...durations];
      others[index] = replay(plan, halving(task)) - run.start;
      shortened.set(task, others);
    }
  }
  const before = median(durations);
  return new Map([...shortened].map(([task, each]) => [task, before - median(each)]));
}

/** Halving a task that could have taken longer saves nothing: only those without slack are worth a replay. */
function bottlenecks(plan: Plan): Set<string> {
  const slack = slackOf(plan);
  return new Set(plan.run.tasks.flatMap(({ name }, index) => (slack[index] === 0 ? [name] : [])));
}

function halving(task: string): (each: ReplayTask) => number {
  return ({ name, start, end }) => (name === task ? (end - start) / 2 : end - start);
}
