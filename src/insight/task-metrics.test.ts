import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { durationMetric, numberMetric, secondNs } from "../../test/task-metrics.ts";
import { openEmbeddedStore, type TraceStore } from "../store/index.ts";
import type { TaskMetricsAnswer } from "./answers/index.ts";
import type { Asked } from "./question.ts";
import { askQuestion } from "./questions.ts";
import { MEASURED_TASKS, TASK_METRICS_OVER_TIME } from "./task-metrics.ts";

let directory: string;
let store: TraceStore;
let asked: Asked;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "throughline-task-metrics-"));
  store = await openEmbeddedStore({ directory });
  asked = { store, nowNs: secondNs(100_000), version: "1" };
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const ask = (parameters: Record<string, string>): Promise<TaskMetricsAnswer> =>
  askQuestion(TASK_METRICS_OVER_TIME, asked, parameters);

const BOUNDS = [10, 30, 60];

describe("points since the last one", () => {
  it("are added up by bucket of time", async () => {
    const build = { task: "build", pipeline: "ship", result: "success" };
    await store.addMetrics([
      durationMetric(build, { startNs: secondNs(0), timeNs: secondNs(5), seconds: [20], bounds: BOUNDS }),
      durationMetric(build, { startNs: secondNs(1), timeNs: secondNs(6), seconds: [8, 50], bounds: BOUNDS }),
      durationMetric(build, { startNs: secondNs(600), timeNs: secondNs(605), seconds: [40], bounds: BOUNDS }),
      numberMetric("completions", build, { startNs: secondNs(0), timeNs: secondNs(5), value: 2n }),
      numberMetric("completions", build, { startNs: secondNs(600), timeNs: secondNs(605), value: 1n }),
      numberMetric(
        "completions",
        { ...build, result: "failure" },
        { startNs: secondNs(0), timeNs: secondNs(5), value: 1n },
      ),
    ]);
    const answer = await ask({ task: "build", pipeline: "ship", buckets: "2" });
    expect(answer).toMatchObject({
      pipeline: "ship",
      task: "build",
      duration: { count: 4, sumMs: 118_000 },
      completions: { success: 3, failure: 1 },
    });
    const full = answer.buckets.filter(({ duration }) => duration !== undefined);
    expect(full.map(({ duration, completions }) => [duration?.count, completions])).toEqual([
      [3, { success: 2, failure: 1 }],
      [1, { success: 1 }],
    ]);
    expect(answer.buckets.length).toBeLessThanOrEqual(2);
  });

  it("of two processes at the same moment are both there, and one that is sent again is there once", async () => {
    const twin = { task: "twin", pipeline: "ship", result: "success" };
    const timeNs = secondNs(9);
    const first = numberMetric("completions", twin, { startNs: secondNs(1), timeNs, value: 1n });
    const second = numberMetric("completions", twin, { startNs: secondNs(2), timeNs, value: 1n });
    await store.addMetrics([first]);
    await store.addMetrics([second]);
    await store.addMetrics([first, second]);
    expect((await ask({ task: "twin" })).completions).toEqual({ success: 2 });
  });

  it("give percentiles that lie within what was measured", async () => {
    const one = { task: "one", pipeline: "ship", result: "success" };
    await store.addMetrics([durationMetric(one, { timeNs: secondNs(5), seconds: [42], bounds: BOUNDS })]);
    expect((await ask({ task: "one" })).duration).toEqual({
      count: 1,
      sumMs: 42_000,
      p50Ms: 42_000,
      p95Ms: 42_000,
    });
  });

  it("with other bounds are counted, and the bounds that most have decide the percentiles", async () => {
    const mixed = { task: "mixed", pipeline: "ship", result: "success" };
    const options = { timeNs: secondNs(5), hasExtremes: false };
    await store.addMetrics([
      durationMetric(mixed, { ...options, seconds: [20, 20, 20, 20], bounds: [10, 30] }),
      durationMetric(mixed, { ...options, startNs: secondNs(1), seconds: [500], bounds: [400, 600] }),
    ]);
    expect((await ask({ task: "mixed" })).duration).toEqual({
      count: 5,
      sumMs: 580_000,
      p50Ms: 20_000,
      p95Ms: 29_000,
    });
  });
});

describe("points since the start", () => {
  const long = { task: "long", pipeline: "ship", result: "success" };
  const cumulative = { temporality: 2, startNs: secondNs(1_000) };

  it("add what they have more than the one before, also when that lies before the time asked for", async () => {
    const at = (second: number, value: bigint, startNs = cumulative.startNs) =>
      numberMetric("completions", long, { temporality: 2, startNs, timeNs: secondNs(second), value });
    await store.addMetrics([at(1_010, 4n), at(1_020, 7n), at(1_030, 9n), at(1_050, 2n, secondNs(1_040))]);
    expect((await ask({ task: "long" })).completions).toEqual({ success: 11 });
    const since = new Date(Number(secondNs(1_015) / 1_000_000n)).toISOString();
    expect((await ask({ task: "long", since })).completions).toEqual({ success: 7 });
  });

  it("count from anew where the count goes down, and leave out what came before a start nobody knows", async () => {
    const reset = { ...long, task: "reset" };
    const at = (second: number, value: bigint) =>
      numberMetric("completions", reset, { temporality: 2, startNs: 0n, timeNs: secondNs(second), value });
    await store.addMetrics([at(1, 100n), at(2, 103n), at(3, 1n), at(4, 2n)]);
    expect((await ask({ task: "reset" })).completions).toEqual({ success: 5 });
  });

  it("of histograms add bucket by bucket", async () => {
    const slow = { ...long, task: "slow" };
    const at = (second: number, seconds: number[]) =>
      durationMetric(slow, { ...cumulative, timeNs: secondNs(second), seconds, bounds: BOUNDS });
    await store.addMetrics([at(1_010, [5]), at(1_020, [5, 20, 20]), at(1_030, [5, 20, 20, 50])]);
    expect((await ask({ task: "slow" })).duration).toMatchObject({ count: 4, sumMs: 95_000, p50Ms: 20_000 });
  });
});

describe("exponential histograms", () => {
  it("are added to each other, whatever they have buckets for", async () => {
    const curved = { task: "curved", pipeline: "ship", result: "success" };
    const options = { scale: 4, temporality: 1 };
    await store.addMetrics([
      durationMetric(curved, { ...options, timeNs: secondNs(5), seconds: [30] }),
      durationMetric(curved, { ...options, timeNs: secondNs(6), seconds: [90] }),
      durationMetric(curved, { ...options, timeNs: secondNs(7), seconds: [90] }),
    ]);
    const { duration } = await ask({ task: "curved" });
    expect(duration?.count).toBe(3);
    expect(Math.abs((duration?.p50Ms ?? 0) - 90_000)).toBeLessThan(90_000 * 0.05);
  });

  it("since the start add what they have more, also when their buckets become others", async () => {
    const grown = { task: "grown", pipeline: "ship", result: "success" };
    const options = { temporality: 2, startNs: secondNs(1) };
    await store.addMetrics([
      durationMetric(grown, { ...options, scale: 4, timeNs: secondNs(5), seconds: [30] }),
      durationMetric(grown, { ...options, scale: 3, timeNs: secondNs(6), seconds: [30, 90, 90] }),
    ]);
    const { duration } = await ask({ task: "grown" });
    expect(duration?.count).toBe(3);
    expect(duration?.p95Ms).toBeGreaterThan(80_000);
  });
});

it("shows the last size of each artifact in each bucket of time", async () => {
  const image = { task: "package", pipeline: "ship", artifact: "image" };
  await store.addMetrics([
    numberMetric("artifact.size", image, { timeNs: secondNs(5), value: 1_000n }),
    numberMetric("artifact.size", image, { timeNs: secondNs(6), value: 1_200n }),
    numberMetric("artifact.size", image, { timeNs: secondNs(3_600), value: 900n }),
    numberMetric("artifact.size", { ...image, artifact: "chart" }, { timeNs: secondNs(7), value: 12.5 }),
  ]);
  const { artifacts, duration, completions } = await ask({ task: "package", buckets: "5" });
  expect(artifacts.map(({ artifact, lastBytes, points }) => [artifact, lastBytes, points.length])).toEqual([
    ["chart", 12.5, 1],
    ["image", 900, 2],
  ]);
  expect(artifacts[1]?.points[0]?.bytes).toBe(1_200);
  expect([duration, completions]).toEqual([undefined, {}]);
});

it("says which tasks have such metrics", async () => {
  const { tasks } = await askQuestion(MEASURED_TASKS, asked, {});
  expect(tasks).toContainEqual(expect.objectContaining({ pipeline: "ship", task: "twin", points: 2 }));
  expect(tasks.map(({ task }) => task)).toContain("package");
});

it("answers with nothing where nothing was measured", async () => {
  const answer = await ask({ task: "nobody's" });
  expect(answer).toMatchObject({ task: "nobody's", completions: {}, artifacts: [] });
  expect(answer.buckets).toHaveLength(1);
});

it("counts what can be counted where a sender tells nonsense", async () => {
  const odd = { task: "odd", pipeline: "ship", result: "success" };
  const at = (second: number) => ({ startNs: secondNs(second), timeNs: secondNs(second) });
  for (const [second, value] of [Number.NaN, Number.POSITIVE_INFINITY, 1e308, -5, 2].entries())
    await store.addMetrics([numberMetric("completions", odd, { ...at(second), value })]);
  await store.addMetrics([
    durationMetric(odd, { ...at(0), seconds: [20], bounds: BOUNDS }),
    durationMetric(odd, { ...at(1), seconds: [Number.NaN], bounds: BOUNDS }),
  ]);
  const answer = await ask({ task: "odd" });
  expect(answer.completions).toEqual({ success: 2 });
  expect(answer.duration).toMatchObject({ count: 2, sumMs: 20_000 });
});

it("takes no point without a time, and none of more buckets than anyone needs", async () => {
  const huge = { task: "huge", pipeline: "ship", result: "success" };
  const bounds = Array.from({ length: 2_000 }, (_, bound) => bound);
  const added = await store.addMetrics([
    durationMetric(huge, { timeNs: secondNs(1), seconds: [1], bounds }),
    numberMetric("completions", huge, { timeNs: 0n, value: 1n }),
    numberMetric("completions", huge, { timeNs: secondNs(1), value: 1n }),
  ]);
  expect(added).toEqual({ kind: "kept", rejected: 2, reason: "it has more than 2000 buckets" });
  expect(await ask({ task: "huge" })).toMatchObject({ completions: { success: 1 } });
});

it("is not stretched to a time that a wrong clock told", async () => {
  const ahead = { task: "ahead", pipeline: "ship", result: "success" };
  for (const timeNs of [secondNs(10), asked.nowNs + 300n * 86_400_000_000_000n])
    await store.addMetrics([numberMetric("completions", ahead, { timeNs, value: 1n })]);
  const answer = await ask({ task: "ahead" });
  expect(answer).toMatchObject({ bucketMs: 1_000, completions: { success: 1 } });
});
