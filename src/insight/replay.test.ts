import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { halvedSavings } from "./halved.ts";
import { planOf, type ReplayRun, type ReplayTask, replay, slackOf } from "./replay.ts";

const own = ({ start, end }: ReplayTask) => end - start;

function task(name: string, start: number, end: number, after: string[] = [], isFinally = false): ReplayTask {
  return { name, start, end, after, isFinally };
}

/** Any DAG, played through with any durations and lags. */
const runs = fc
  .array(
    fc.record({
      length: fc.integer({ min: 0, max: 100 }),
      lag: fc.integer({ min: 0, max: 9 }),
      edges: fc.array(fc.nat(), { maxLength: 3 }),
      isFinally: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn): ReplayRun => {
    const start = 1000;
    const tasks: ReplayTask[] = [];
    for (const [index, { length, lag, edges }] of drawn.entries()) {
      const after = index === 0 ? [] : [...new Set(edges.map((edge) => `t${edge % index}`))];
      const ready = Math.max(
        start,
        ...tasks.filter(({ name }) => after.includes(name)).map(({ end }) => end),
      );
      tasks.push(task(`t${index}`, ready + lag, ready + lag + length, after));
    }
    const tasksEnd = Math.max(...tasks.map(({ end }) => end));
    const last = drawn.filter(({ isFinally }) => isFinally).slice(0, 2);
    const finals = last.map(({ length, lag }, index) =>
      task(`f${index}`, tasksEnd + lag, tasksEnd + lag + length, [], true),
    );
    const all = [...tasks, ...finals];
    return { start, end: Math.max(...all.map(({ end }) => end)) + 5, tasks: all };
  });

describe("a run played again", () => {
  it("ends when it did, with the durations it had", () => {
    fc.assert(
      fc.property(runs, (run) => {
        expect(replay(planOf(run), own)).toBe(run.end);
      }),
    );
  });

  it("never ends later because a task is shorter, nor saves more than was taken off", () => {
    fc.assert(
      fc.property(runs, fc.nat(), (run, pick) => {
        const chosen = run.tasks[pick % run.tasks.length];
        const end = replay(planOf(run), (each) => (each === chosen ? own(each) / 2 : own(each)));
        expect(end).toBeLessThanOrEqual(run.end);
        expect(run.end - end).toBeLessThanOrEqual(chosen === undefined ? 0 : own(chosen) / 2);
      }),
    );
  });

  it("can stretch each task by its slack and not by more", () => {
    fc.assert(
      fc.property(runs, fc.nat(), (run, pick) => {
        const plan = planOf(run);
        const chosen = run.tasks[pick % run.tasks.length];
        const slack = slackOf(plan)[pick % run.tasks.length] ?? 0;
        const stretched = (by: number) => replay(plan, (each) => own(each) + (each === chosen ? by : 0));
        expect(slack).toBeGreaterThanOrEqual(0);
        expect(stretched(slack)).toBe(run.end);
        expect(stretched(slack + 7)).toBe(run.end + 7);
      }),
    );
  });

  it("gains nothing from a task that runs beside a longer one", () => {
    const run: ReplayRun = {
      start: 0,
      end: 210,
      tasks: [task("build", 0, 100), task("lint", 0, 40), task("test", 110, 200, ["build", "lint"])],
    };
    const { of } = halvedSavings([{ pipeline: "ship", run }]);
    expect([of("ship", "build"), of("ship", "lint"), of("ship", "test")]).toEqual([50, 0, 45]);
    expect(slackOf(planOf(run))).toEqual([0, 60, 0]);
  });

  it("gains only up to the next longest", () => {
    const run: ReplayRun = {
      start: 0,
      end: 200,
      tasks: [task("build", 0, 100), task("lint", 0, 80), task("test", 100, 200, ["build", "lint"])],
    };
    expect(halvedSavings([{ pipeline: "ship", run }]).of("ship", "build")).toBe(20);
  });

  it("follows the order in time where nobody tells the graph", () => {
    const run: ReplayRun = {
      start: 0,
      end: 100,
      tasks: [task("a", 0, 40), task("b", 45, 100), task("c", 10, 30)],
    };
    const { of } = halvedSavings([{ pipeline: "ship", run }]);
    expect([of("ship", "a"), of("ship", "b"), of("ship", "c")]).toEqual([20, 27.5, 0]);
  });

  it("leaves a task where it was when nobody knows what it waited for", () => {
    const run: ReplayRun = {
      start: 0,
      end: 100,
      tasks: [task("a", 0, 40), task("b", 60, 100, ["a", "somewhere-else"])],
    };
    expect(halvedSavings([{ pipeline: "ship", run }]).of("ship", "a")).toBe(0);
  });

  it("takes a graph that runs in circles", () => {
    const run: ReplayRun = {
      start: 0,
      end: 100,
      tasks: [task("a", 0, 40, ["b"]), task("b", 40, 90, ["a"]), task("c", 90, 100, ["b"])],
    };
    expect(replay(planOf(run), own)).toBe(100);
    expect(slackOf(planOf(run))).toHaveLength(3);
  });
});
