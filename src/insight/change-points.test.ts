import { describe, expect, it } from "vitest";
import { changePoints } from "./change-points.ts";
import { seededRandom } from "./statistics.ts";

/** Medians of days: around a level, with noise and now and then an outlier. */
function days(seed: number, levels: readonly { level: number; days: number }[]): number[] {
  const random = seededRandom(seed);
  return levels.flatMap(({ level, days }) =>
    Array.from({ length: days }, () => level * (0.85 + 0.3 * random()) * (random() < 0.02 ? 3 : 1)),
  );
}

describe("the change of a level", () => {
  it("is seldom seen in noise", () => {
    const found = Array.from({ length: 200 }, (_, seed) =>
      changePoints(days(seed, [{ level: 300, days: 30 }])),
    ).filter(({ length }) => length > 0);
    // One in a hundred is what each of the two tests allows: some 4 of 200.
    expect(found.length).toBeLessThanOrEqual(10);
  });

  it.each([8, 15, 22])("is found where it is: after %i of 30 days", (before) => {
    const found = Array.from({ length: 50 }, (_, seed) => {
      const levels = [
        { level: 300, days: before },
        { level: 500, days: 30 - before },
      ];
      return changePoints(days(seed, levels)).filter(({ index }) => Math.abs(index - before) <= 2);
    }).flat();
    expect(found.length).toBeGreaterThan(40);
    for (const change of found) {
      expect(change.before).toBeLessThan(360);
      expect(change.after).toBeGreaterThan(420);
    }
  });

  it("is found twice where the level comes back", () => {
    const levels = [
      { level: 300, days: 12 },
      { level: 600, days: 10 },
      { level: 300, days: 12 },
    ];
    expect(changePoints(days(1, levels)).map(({ index }) => index)).toEqual([12, 22]);
  });

  it("is no news where it is small, however certain", () => {
    const steady = [...Array.from({ length: 20 }, () => 300), ...Array.from({ length: 20 }, () => 306)];
    expect(changePoints(steady)).toEqual([]);
  });

  it.each([[[]], [[5]], [[1, 2, 3, 4, 5]], [Array.from({ length: 40 }, () => 7)]])(
    "is not in %j",
    (values) => {
      expect(changePoints(values)).toEqual([]);
    },
  );
});
