import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  coinShare,
  median,
  normalQuantile,
  normalShare,
  quantile,
  ranks,
  seededRandom,
  shuffle,
} from "./statistics.ts";

const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 });

describe("statistics", () => {
  it("puts quantiles between the values next to them, in order", () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const found = quantile(sorted, share);
        expect(found).toBeGreaterThanOrEqual(sorted[0] ?? 0);
        expect(found).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
        expect(quantile(sorted, 0)).toBe(sorted[0]);
        expect(quantile(sorted, 1)).toBe(sorted.at(-1));
      }),
    );
  });

  it("has as many values above the median as below", () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it("ranks so that the sum is that of 1 to n, and equal values are equal", () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const ranked = ranks(values);
        expect(ranked.reduce((sum, rank) => sum + rank, 0)).toBe((values.length * (values.length + 1)) / 2);
        for (const [index, value] of values.entries()) {
          const twin = values.indexOf(value);
          expect(ranked[index]).toBe(ranked[twin]);
        }
      }),
    );
  });

  it("shuffles without loss", () => {
    fc.assert(
      fc.property(numbers, fc.integer(), (values, seed) => {
        const shuffled = [...values];
        shuffle(shuffled, seededRandom(seed));
        expect(shuffled.toSorted()).toEqual(values.toSorted());
      }),
    );
  });

  it.each([
    [0.975, 1.959963985],
    [0.5, 0],
    [0.001, -3.090232306],
  ])("knows the normal distribution: %d", (share, deviations) => {
    expect(normalQuantile(share)).toBeCloseTo(deviations, 7);
    expect(normalShare(deviations)).toBeCloseTo(share, 9);
  });

  it.each([
    [0, 5, 1 / 32],
    [2, 5, 0.5],
    [40, 100, 0.02844397],
    [50_000, 100_001, 0.5],
  ])("knows the chance of at most %i heads in %i throws", (heads, throws, chance) => {
    expect(coinShare(heads, throws)).toBeCloseTo(chance, 7);
  });
});
