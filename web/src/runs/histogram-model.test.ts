import { describe, expect, it } from "vitest";
import {
  addCounts,
  bucketAt,
  countsShown,
  heightOf,
  movedSelection,
  selectedPeriod,
  shownResults,
  stack,
} from "./histogram-model.ts";

describe("a bar of the histogram", () => {
  it("is stacked in one order whatever the order of the answer", () => {
    const shown = shownResults(undefined);
    const counts = countsShown({ failure: 2, success: 5 }, shown);
    expect(stack(counts, 0)).toEqual([
      { result: "success", bottom: 0, height: 5 },
      { result: "failure", bottom: 5, height: 2 },
    ]);
    expect(heightOf(counts)).toBe(7);
  });

  it("shows the one failure among a thousand runs", () => {
    const pieces = stack(countsShown({ success: 999, failure: 1 }, shownResults(undefined)), 25);
    expect(pieces.at(-1)).toEqual({ result: "failure", bottom: 999, height: 25 });
  });

  it("has only the results that are asked for, and all where none is known", () => {
    expect(countsShown({ success: 5, failure: 2, timeout: 1 }, shownResults("failure,timeout"))).toEqual([
      { result: "timeout", count: 1 },
      { result: "failure", count: 2 },
    ]);
    expect(shownResults("odd").size).toBe(7);
  });

  it("adds up with others", () => {
    expect(addCounts([{ success: 1 }, {}, { success: 2, failure: 1 }])).toMatchObject({
      success: 3,
      failure: 1,
    });
  });
});

describe("dragging over the histogram", () => {
  it("finds the bucket under the pointer, also beyond the edges", () => {
    expect([-0.2, 0, 0.499, 0.999, 1.4].map((share) => bucketAt(share, 10))).toEqual([0, 0, 4, 9, 9]);
  });

  it("is done by keys too: the last bucket first, then more to the left, and no further than the first", () => {
    const left = { step: -1, isWidening: true, count: 2 };
    const first = movedSelection(undefined, left);
    expect(first).toEqual({ from: 1, to: 1 });
    expect(movedSelection(first, left)).toEqual({ from: 1, to: 0 });
    expect(movedSelection({ from: 1, to: 0 }, left)).toEqual({ from: 1, to: 0 });
    expect(movedSelection(first, { ...left, isWidening: false })).toEqual({ from: 0, to: 0 });
  });

  it("narrows to whole buckets, in whichever direction", () => {
    const answer = { since: "2026-11-08T00:00:00.000Z", bucketMs: 3_600_000 };
    const period = { since: "2026-11-08T02:00:00.000Z", until: "2026-11-08T05:00:00.000Z" };
    expect(selectedPeriod(answer, { from: 2, to: 4 })).toEqual(period);
    expect(selectedPeriod(answer, { from: 4, to: 2 })).toEqual(period);
  });
});
