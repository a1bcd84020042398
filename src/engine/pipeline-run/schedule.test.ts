import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PipelineTask } from "../types/index.ts";
import { childRun, factsOf, progressOfScene, type Scene, statesOf } from "./facts.testing.ts";
import { progressOf, readyTasks } from "./schedule.ts";
import { isDone, SkipReason } from "./state.ts";

const never = { when: [{ input: "a", operator: "in", values: ["b"] }] };
const uses = (name: string) => ({ params: [{ name: "x", value: `$(tasks.${name}.results.r)` }] });
const wrote = (name: string) => ({ [name]: [{ name: "r", value: "v" }] });
const after = (...runAfter: string[]) => ({ runAfter });
const reached = (which: "pipeline" | "tasks" | "finally") => ({
  situation: { reached: { pipeline: false, tasks: false, finally: false, [which]: true } },
});

const CASES: [string, Scene, Record<string, string>][] = [
  [
    //  a ── b
    //  c ──── d      b waits for a alone, whatever c does
    "starts a task as soon as what it waits for is done",
    {
      tasks: [{ name: "a" }, { name: "b", ...after("a") }, { name: "c" }, { name: "d", ...after("c") }],
      runs: { a: "succeeded", c: "running" },
    },
    { a: "succeeded", b: "ready", c: "running", d: "waiting" },
  ],
  [
    "starts nothing more after a failure, and lets finally wait for what runs",
    {
      tasks: [{ name: "a" }, { name: "b" }, { name: "c", ...after("b") }],
      finally: [{ name: "f" }],
      runs: { a: "failed", b: "running" },
    },
    { a: "failed", b: "running", c: SkipReason.stopping, f: "waiting" },
  ],
  [
    "starts finally when the graph is done, failed or not",
    {
      tasks: [{ name: "a" }],
      finally: [{ name: "f" }, { name: "g" }],
      runs: { a: "failed", g: "succeeded" },
    },
    { a: "failed", f: "ready", g: "succeeded" },
  ],
  [
    "goes on after a failure that is let off",
    {
      tasks: [
        { name: "a", onError: "continue" },
        { name: "b", ...after("a") },
      ],
      runs: { a: "failed" },
    },
    { a: "ignored", b: "ready" },
  ],
  [
    "counts what was cancelled because time was up as failed",
    { tasks: [{ name: "a" }, { name: "b", ...after("a") }], runs: { a: "timedOut" } },
    { a: "failed", b: SkipReason.stopping },
  ],
  [
    "lets a guard skip the guarded task only",
    {
      tasks: [
        { name: "a", ...never },
        { name: "b", ...after("a") },
      ],
    },
    { a: SkipReason.when, b: "ready" },
  ],
  [
    "skips what needs results of a task that a guard skipped, and what waits for that in turn",
    {
      tasks: [
        { name: "a", ...never },
        { name: "b", ...uses("a") },
        { name: "c", ...after("b") },
      ],
    },
    { a: SkipReason.when, b: SkipReason.missingResults, c: SkipReason.parent },
  ],
  [
    "uses results that a task wrote before its failure was let off",
    {
      tasks: [
        { name: "a", onError: "continue" },
        { name: "b", ...uses("a") },
      ],
      runs: { a: "failed" },
      results: wrote("a"),
    },
    { a: "ignored", b: "ready" },
  ],
  [
    "calls a task invalid whose producer succeeded without the result, and stops",
    {
      tasks: [{ name: "a" }, { name: "b", ...uses("a") }, { name: "c", ...after("b") }],
      runs: { a: "succeeded" },
    },
    { a: "succeeded", b: "invalid", c: SkipReason.stopping },
  ],
  [
    "skips a task instead that may fail",
    { tasks: [{ name: "a" }, { name: "b", ...uses("a"), onError: "continue" }], runs: { a: "succeeded" } },
    { a: "succeeded", b: SkipReason.missingResults },
  ],
  [
    "names the guard before a skipped parent",
    {
      tasks: [
        { name: "a", ...never },
        { name: "b", ...uses("a") },
        { name: "c", ...after("b"), ...never },
      ],
    },
    { a: SkipReason.when, b: SkipReason.missingResults, c: SkipReason.when },
  ],
  [
    "names missing results before the guard in finally",
    {
      tasks: [{ name: "a" }],
      finally: [{ name: "f", ...uses("a"), ...never }],
      runs: { a: "failed" },
    },
    { a: "failed", f: SkipReason.missingResults },
  ],
  [
    "skips what has not started when the run is cancelled gracefully",
    {
      tasks: [{ name: "a" }, { name: "b", ...after("a") }],
      runs: { a: "running" },
      situation: { demand: "CancelledRunFinally" },
    },
    { a: "running", b: SkipReason.gracefullyCancelled },
  ],
  [
    "skips what has not started when the run is stopped gracefully",
    {
      tasks: [{ name: "a" }, { name: "b", ...after("a") }],
      runs: { a: "running" },
      situation: { demand: "StoppedRunFinally" },
    },
    { a: "running", b: SkipReason.gracefullyStopped },
  ],
  [
    "starts no task after the time of the tasks, but finally",
    { tasks: [{ name: "a" }, { name: "b", ...after("a") }], finally: [{ name: "f" }], ...reached("tasks") },
    { a: SkipReason.tasksTimeout, b: SkipReason.parent, f: "ready" },
  ],
  [
    "starts nothing of finally after the time of finally",
    { tasks: [{ name: "a" }], finally: [{ name: "f" }], runs: { a: "succeeded" }, ...reached("finally") },
    { a: "succeeded", f: SkipReason.finallyTimeout },
  ],
  [
    "skips a matrix without combinations",
    { tasks: [{ name: "a", matrix: { params: [{ name: "p", value: [] }] } }] },
    { a: SkipReason.emptyMatrix },
  ],
  [
    "refuses a matrix that results have made too large",
    {
      tasks: [{ name: "a", matrix: { params: [{ name: "p", value: ["1", "2", "3"] }] } }],
      situation: { maxCombinations: 2 },
    },
    { a: "invalid" },
  ],
];

describe("what is to start", () => {
  it.each(CASES)("%s", (_name, scene, expected) => {
    expect(statesOf(progressOfScene(scene))).toEqual(expected);
  });

  it("creates the rest of a matrix that was cut short", () => {
    const matrix = { params: [{ name: "p", value: ["1", "2", "3"] }] };
    const facts = factsOf({ tasks: [{ name: "a", matrix }, { name: "b" }], runs: { b: "failed" } });
    const children = new Map([
      ...facts.children,
      ["a", [childRun({ pipelineTask: "a", outcome: "succeeded" })]],
    ]);
    const [ready] = readyTasks(progressOf({ ...facts, children }));
    expect(ready?.state.combinations).toHaveLength(3);
  });

  it("hands the results of a pipeline in the pipeline on", () => {
    const scene: Scene = {
      tasks: [
        { name: "inner", pipelineSpec: {} },
        { name: "b", ...uses("inner") },
      ],
      runs: { inner: "succeeded" },
      results: wrote("inner"),
    };
    const [ready] = readyTasks(progressOfScene(scene));
    expect(ready?.state.task.params).toEqual([{ name: "x", value: "v" }]);
  });

  it("starts no task before all it waits for are done, and comes to an end whatever happens", () => {
    fc.assert(
      fc.property(pipelines, ({ tasks, outcomes }) => {
        const runs: Record<string, "succeeded" | "failed" | "cancelled"> = {};
        for (let round = 0; round <= tasks.length; round += 1) {
          const progress = progressOfScene({ tasks, finally: [{ name: "final" }], runs });
          for (const { task } of readyTasks(progress)) {
            for (const parent of task.runAfter ?? []) {
              expect(isDone(progress.get(parent)?.state ?? { kind: "waiting" })).toBe(true);
            }
            runs[task.name] = outcomes[Number(task.name.slice(1))] ?? "succeeded";
          }
        }
        const progress = progressOfScene({ tasks, finally: [{ name: "final" }], runs });
        expect([...progress.values()].every(({ state }) => isDone(state))).toBe(true);
        expect(runs["final"]).toBe("succeeded");
      }),
      { numRuns: 50 },
    );
  });
});

/** Tasks t0, t1, …, each after some before it, and how each would end. */
const pipelines = fc
  .array(
    fc.record({
      parents: fc.array(fc.nat(5), { maxLength: 3 }),
      outcome: fc.constantFrom(
        "succeeded" as const,
        "succeeded" as const,
        "failed" as const,
        "cancelled" as const,
      ),
      isGuarded: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((each) => ({
    outcomes: each.map(({ outcome }) => outcome),
    tasks: each.map(({ parents, isGuarded }, index): PipelineTask => {
      const runAfter = [...new Set(parents.filter((parent) => parent < index))].map((parent) => `t${parent}`);
      return { name: `t${index}`, runAfter, ...(isGuarded && never) };
    }),
  }));
