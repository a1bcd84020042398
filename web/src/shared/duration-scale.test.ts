import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationScale, durationTicks, niceDuration, placeOnScale } from "./duration-scale.ts";

describe("the common scale of bars", () => {
  it("ends at the longest duration, rounded up", () => {
    expect(durationScale([70_000, 400_000, 430_000])).toBe(8 * 60_000);
  });

  it("is not set by one duration far beyond all others", () => {
    const usual = Array.from({ length: 40 }, () => 60_000);
    expect(durationScale([...usual, 3 * 3_600_000])).toBe(2 * 60_000);
  });

  it("takes the longest of a few as it is", () => {
    expect(durationScale([60_000, 60_000, 3 * 3_600_000])).toBe(3 * 3_600_000);
  });

  it("is there even where nothing took any time", () => {
    expect(durationScale([])).toBeGreaterThan(0);
    expect(durationScale([0, 0])).toBeGreaterThan(0);
  });

  it("is never shorter than what it is rounded from", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e11, noNaN: true }), (milliseconds) => {
        expect(niceDuration(milliseconds)).toBeGreaterThanOrEqual(milliseconds);
      }),
    );
  });

  it("places what runs off it at its end, and says so", () => {
    expect(placeOnScale(150, 100)).toEqual({ share: 1, isBeyond: true });
    expect(placeOnScale(50, 100)).toEqual({ share: 0.5, isBeyond: false });
  });
});

describe("the ticks of an axis of durations", () => {
  it("are at durations that read well", () => {
    const minutes = (end: number) => durationTicks(end * 60_000).map((tick) => tick / 60_000);
    expect(minutes(8)).toEqual([0, 2, 4, 6, 8]);
    expect(minutes(15)).toEqual([0, 5, 10, 15]);
    expect(minutes(10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(durationTicks(1)).toEqual([0, 1]);
  });
});
