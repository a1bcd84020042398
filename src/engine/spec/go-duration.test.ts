import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGoDuration, goDurationMillis } from "./go-duration.ts";

describe("Go durations", () => {
  it.each([
    [0, "0s"],
    [0.5, "500µs"],
    [12, "12ms"],
    [1500, "1.5s"],
    [60_000, "1m0s"],
    [3_600_000, "1h0m0s"],
    [5_025_250, "1h23m45.25s"],
    [-2000, "-2s"],
  ])("prints %d ms as %s, and reads it again", (millis, text) => {
    expect(formatGoDuration(millis)).toBe(text);
    expect(goDurationMillis(text)).toBe(millis);
  });

  it("reads what it printed, whatever the time", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (millis) => {
        const time = millis % 2 ** 32;
        return goDurationMillis(formatGoDuration(time)) === time;
      }),
    );
  });

  it.each(["", "1", "s", "1x", "1s2", "--1s"])("does not take %j for one", (text) => {
    expect(goDurationMillis(text)).toBeUndefined();
  });
});
