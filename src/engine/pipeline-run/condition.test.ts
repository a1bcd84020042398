import { describe, expect, it } from "vitest";
import { verdictOf } from "./condition.ts";
import { CALM, progressOfScene, type Scene } from "./facts.testing.ts";

const tasks = [{ name: "a" }, { name: "b", runAfter: ["a"] }];
const final = [{ name: "f" }];
const late = { reached: { pipeline: false, tasks: true, finally: false } };

const CASES: [string, Scene, string][] = [
  ["it runs", { tasks, runs: { a: "running" } }, "Unknown Running"],
  ["all succeeded", { tasks, runs: { a: "succeeded", b: "succeeded" } }, "True Succeeded"],
  [
    "one was skipped",
    { tasks: [{ name: "a", when: [{ input: "", operator: "in", values: ["x"] }] }] },
    "True Completed",
  ],
  ["one failed", { tasks, runs: { a: "failed" } }, "False Failed"],
  ["one failed and finally is to come", { tasks, finally: final, runs: { a: "failed" } }, "Unknown Running"],
  [
    "finally failed",
    { tasks: [{ name: "a" }], finally: final, runs: { a: "succeeded", f: "failed" } },
    "False Failed",
  ],
  [
    "one was cancelled by somebody while another runs",
    { tasks: [{ name: "a" }, { name: "b" }], runs: { a: "cancelled", b: "running" } },
    "Unknown PipelineRunStopping",
  ],
  ["one was cancelled by somebody", { tasks, runs: { a: "cancelled" } }, "False Cancelled"],
  [
    "it is cancelled gracefully and finally is to come",
    { tasks, finally: final, runs: { a: "cancelled" }, situation: { demand: "CancelledRunFinally" } },
    "Unknown CancelledRunningFinally",
  ],
  [
    "it was stopped gracefully though all succeeded",
    { tasks, runs: { a: "succeeded", b: "succeeded" }, situation: { demand: "StoppedRunFinally" } },
    "False Cancelled",
  ],
  [
    "time is up for all",
    { tasks, runs: { a: "running" }, situation: { reached: { ...late.reached, pipeline: true } } },
    "False PipelineRunTimeout",
  ],
  [
    "time is up for the tasks and finally is to come",
    { tasks, finally: final, runs: { a: "timedOut" }, situation: late },
    "Unknown PipelineRunTimeoutRunningFinally",
  ],
  [
    "time was up for the tasks",
    { tasks, runs: { a: "timedOut" }, situation: late },
    "False PipelineRunTimeout",
  ],
  [
    "the tasks were in time, and only looked at late",
    { tasks, runs: { a: "succeeded", b: "succeeded" }, situation: late },
    "True Succeeded",
  ],
];

describe("the condition of a PipelineRun", () => {
  it.each(CASES)("when %s", (_name, scene, expected) => {
    const situation = { ...CALM, ...scene.situation };
    const progress = progressOfScene(scene);
    const { status, reason } = verdictOf({
      name: "ship",
      progress,
      situation,
      limits: { pipeline: 1, tasks: 1 },
    });
    expect(`${status} ${reason}`).toBe(expected);
  });
});
