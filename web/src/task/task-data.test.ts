import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TaskMetricsAnswer } from "../../../src/insight/answers/index.ts";
import {
  completionColumns,
  durationColumns,
  isMeasured,
  layersOf,
  niceAmount,
  sizeColumns,
} from "./task-data.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-11-08T09:00:00Z");

/** An answer with a bucket for each minute. */
function answerOf(
  buckets: Partial<TaskMetricsAnswer["buckets"][number]>[],
  more: Partial<TaskMetricsAnswer> = {},
): TaskMetricsAnswer {
  const timeOf = (bucket: number) => new Date(START + bucket * MINUTE).toISOString();
  return {
    pipeline: "build",
    task: "test",
    since: timeOf(0),
    until: timeOf(buckets.length),
    bucketMs: MINUTE,
    completions: {},
    buckets: buckets.map((bucket, index) => ({ startTime: timeOf(index), completions: {}, ...bucket })),
    artifacts: [],
    ...more,
  };
}

describe("what a task measured, in columns", () => {
  const duration = { count: 2, sumMs: 9000, p50Ms: 4000, p95Ms: 5000 };

  it("has median and 95th percentile at the middle of each bucket, with gaps where nothing was measured", () => {
    const { times, series } = durationColumns(answerOf([{ duration }, {}], { duration }));
    expect(times).toEqual([START / 1000 + 30, START / 1000 + 90]);
    expect(series).toEqual([
      [4000, null],
      [5000, null],
    ]);
  });

  it("has the mean where a histogram without bounds tells no more", () => {
    const unbounded = { count: 2, sumMs: 9000 };
    expect(durationColumns(answerOf([{ duration: unbounded }], { duration: unbounded })).series).toEqual([
      [4500],
    ]);
  });

  it("orders results as everywhere, those of a task's own last", () => {
    const layers = layersOf({ flaky: 1, failure: 1, success: 3 });
    expect(layers.map(({ word }) => word)).toEqual(["succeeded", "failed", "flaky"]);
  });

  it("stacks completions: the highest is drawn first, and is as high as all together", () => {
    const completions = { success: 3, failure: 1 };
    const answer = answerOf([{ completions }, { completions: { success: 2 } }, {}]);
    expect(completionColumns(answer, layersOf(completions)).series).toEqual([
      [4, null, null],
      [3, 2, null],
    ]);
  });

  it("counts a result by whatever name", () => {
    const completions = Object.fromEntries(["constructor", "__proto__"].map((name) => [name, 2]));
    const answer = answerOf([{ completions }, { completions: { constructor: 1 } }, {}]);
    expect(completionColumns(answer, layersOf(completions)).series).toEqual([
      [4, 1, null],
      [2, null, null],
    ]);
  });

  it("has sizes where there are some", () => {
    const points = [{ startTime: new Date(START + MINUTE).toISOString(), bytes: 900 }];
    expect(sizeColumns(answerOf([{}, {}]), { points }).series).toEqual([[null, 900]]);
  });

  it("is nothing only where there is neither", () => {
    expect(isMeasured(answerOf([{}]))).toBe(false);
    expect(isMeasured(answerOf([{}], { completions: { success: 1 } }))).toBe(true);
  });
});

describe("the end of an axis", () => {
  it("is round, and at most twice as far as what it must hold", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e15, noNaN: true }), (amount) => {
        const end = niceAmount(amount);
        expect(end).toBeGreaterThanOrEqual(amount);
        expect(end).toBeLessThanOrEqual(amount * 2.0001);
      }),
    );
    expect([1, 3, 41, 450, 60_000].map(niceAmount)).toEqual([1, 4, 50, 500, 80_000]);
  });
});
