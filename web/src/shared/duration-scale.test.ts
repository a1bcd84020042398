import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationScale, niceDuration, placeOnScale } from "./duration-scale.ts";

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
