import { describe, expect, it } from "vitest";
import type { Difference } from "../../../src/insight/answers/index.ts";
import { intervalScale, placeOnInterval, verdictOf, verdictOfChange, verdictSentence } from "./verdict.ts";

const side = (runs: number) => ({ runs, p50Ms: 60_000, p95Ms: 90_000, failureRate: 0 });

function difference(changeMs: number, [lowMs, highMs]: [number, number], runs = 20): Difference {
  return { a: side(20), b: side(runs), changeMs, lowMs, highMs, isSignificant: lowMs > 0 || highMs < 0 };
}

describe("a comparison in a sentence", () => {
  const names = { a: "main", b: "dev" };

  it("says what takes longer, by how much and how surely", () => {
    expect(verdictSentence(difference(61_000, [40_000, 82_000]), names)).toBe(
      "dev takes 1m 01s longer than main (40s to 1m 22s, with 95 % confidence).",
    );
  });

  it("says what takes less with the small end first", () => {
    expect(verdictSentence(difference(-22_000, [-31_000, -12_000]), names)).toBe(
      "dev takes 22s less than main (12s to 31s, with 95 % confidence).",
    );
  });

  it("claims nothing where it may be chance", () => {
    expect(verdictSentence(difference(3000, [-4000, 9000]), names)).toContain("do not differ");
  });

  it("names the side that has no runs", () => {
    expect(verdictSentence(difference(0, [0, 0], 0), names)).toContain("dev has no runs");
  });
});

it("marks single changes, except those nobody would notice", () => {
  expect([12, -12, 0.4, undefined].map(verdictOfChange)).toEqual(["longer", "shorter", "noise", "alone"]);
});

it("draws all intervals on one scale with zero in the middle", () => {
  const all = [difference(61_000, [40_000, 82_000]), difference(-22_000, [-31_000, -12_000])];
  const scale = intervalScale([...all, difference(9e9, [9e9, 9e9], 0)]);
  expect(scale).toBe(120_000);
  expect([-scale, 0, scale, 2 * scale].map((change) => placeOnInterval(change, scale))).toEqual([
    0, 0.5, 1, 1,
  ]);
  expect(all.map(verdictOf)).toEqual(["longer", "shorter"]);
});
