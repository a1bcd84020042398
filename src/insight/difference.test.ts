import { describe, expect, it } from "vitest";
import type { GroupSummary } from "../store/index.ts";
import { differenceOf, medianRank } from "./difference.ts";
import { median, quantile, seededRandom } from "./statistics.ts";

/** What the store says of a group of durations in milliseconds. */
function groupOf(millis: readonly number[], isCoarse = false): GroupSummary {
  const sorted = millis.map((each) => each * 1e6).sort((a, b) => a - b);
  const rank = medianRank(sorted.length);
  const at = (index: number) => BigInt(Math.round(sorted[index] ?? 0));
  return {
    task: "",
    ran: sorted.length,
    failed: 0,
    timed: sorted.length,
    p50Ns: median(sorted),
    p95Ns: quantile(sorted, 0.95),
    minNs: at(0),
    maxNs: at(sorted.length - 1),
    belowNs: at(rank - 1),
    aboveNs: at(sorted.length - rank),
    isCoarse,
  };
}

const SHAPES: Record<string, (random: () => number) => number> = {
  even: (random) => 1000 + 500 * random(),
  exponential: (random) => 1000 - 400 * Math.log(1 - random()),
  "heavy-tailed": (random) => 1000 / (1 - random()) ** 0.5,
};
const MEDIANS: Record<string, number> = {
  even: 1250,
  exponential: 1000 + 400 * Math.LN2,
  "heavy-tailed": 1000 * Math.SQRT2,
};

describe("the interval of a difference", () => {
  it.each(Object.keys(SHAPES).flatMap((shape) => [8, 25, 120].map((size) => [shape, size] as const)))(
    "holds the truth about nineteen times out of twenty: %s durations of %i runs",
    (shape, size) => {
      const draw = SHAPES[shape] ?? (() => 0);
      const random = seededRandom(size);
      const rounds = 1500;
      let held = 0;
      for (let round = 0; round < rounds; round++) {
        const a = groupOf(Array.from({ length: size }, () => draw(random)));
        const b = groupOf(Array.from({ length: size }, () => draw(random) * 1.3));
        const truth = (MEDIANS[shape] ?? 0) * 0.3;
        const { lowMs, highMs } = differenceOf({ a, b });
        if (lowMs <= truth && truth <= highMs) held++;
      }
      expect(held / rounds).toBeGreaterThan(0.92);
      expect(held / rounds).toBeLessThan(0.998);
    },
  );

  it("finds hardly anything among many tasks that did not change", () => {
    const random = seededRandom(7);
    const draw = SHAPES["exponential"] ?? (() => 0);
    let comparisonsWithNews = 0;
    for (let round = 0; round < 200; round++) {
      const sides = Array.from({ length: 20 }, () => ({
        a: groupOf(Array.from({ length: 30 }, () => draw(random))),
        b: groupOf(Array.from({ length: 30 }, () => draw(random))),
      }));
      if (sides.some((each) => differenceOf(each, sides.length).isSignificant)) comparisonsWithNews++;
    }
    expect(comparisonsWithNews / 200).toBeLessThan(0.1);
  });

  it("calls a clear change news", () => {
    const random = seededRandom(3);
    const a = groupOf(Array.from({ length: 40 }, () => 1000 + 100 * random()));
    const b = groupOf(Array.from({ length: 40 }, () => 1500 + 100 * random()));
    expect(differenceOf({ a, b }, 20)).toMatchObject({ isSignificant: true });
  });

  it("does not call a second news where nothing is known better", () => {
    const a = groupOf(
      Array.from({ length: 40 }, () => 3000),
      true,
    );
    const b = groupOf(
      Array.from({ length: 40 }, () => 4000),
      true,
    );
    expect(differenceOf({ a, b })).toMatchObject({ changeMs: 1000, lowMs: 0, isSignificant: false });
  });

  it("is never news of a handful of runs, and of nothing", () => {
    const few = groupOf([1000, 1010, 1020, 1030, 1040]);
    const slow = groupOf([9000, 9010, 9020, 9030, 9040]);
    expect(differenceOf({ a: few, b: slow })).toMatchObject({
      changeMs: 8000,
      lowMs: 0,
      isSignificant: false,
    });
    expect(differenceOf({ a: few, b: undefined })).toMatchObject({ changeMs: 0, isSignificant: false });
  });
});
