import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockTicks, niceStep, offsetLabel, relativeTicks } from "./ticks.ts";

const size = { width: 800, gapPx: 80 };
const labels = (startMs: number, endMs: number) =>
  relativeTicks({ startMs, endMs }, size).map(({ label }) => label);

describe("the marks of the time axis", () => {
  it("are at distances people count in", () => {
    expect(labels(0, 60_000)).toEqual(["0", "10s", "20s", "30s", "40s", "50s", "1m 00s"]);
    expect(labels(0, 600_000)).toEqual(["0", "1m", "2m", "3m", "4m", "5m", "6m", "7m", "8m", "9m", "10m"]);
    expect(labels(3_600_000, 10_800_000)).toEqual(
      ["1h", "1h 15m", "1h 30m", "1h 45m", "2h", "2h 15m", "2h 30m", "2h 45m", "3h"].map((label) =>
        /^\dh$/.test(label) ? `${label} 00m` : label,
      ),
    );
    expect(labels(90_000, 91_000)).toContain("1m 30.5s");
    expect(labels(0.2, 0.6)).toContain("0.25ms");
  });

  it("are never nearer than asked for, never outside, and never many", () => {
    const anyWindow = fc.tuple(
      fc.double({ min: 0, max: 1e8, noNaN: true }),
      fc.double({ min: 0.1, max: 1e8, noNaN: true }),
    );
    fc.assert(
      fc.property(anyWindow, fc.integer({ min: 100, max: 3000 }), ([startMs, lengthMs], width) => {
        const ticks = relativeTicks({ startMs, endMs: startMs + lengthMs }, { width, gapPx: 80 });
        expect(ticks.length).toBeLessThanOrEqual(width / 80 + 2);
        for (const [index, { timeMs }] of ticks.entries()) {
          expect(timeMs).toBeGreaterThanOrEqual(startMs - lengthMs * 1e-6);
          expect(timeMs).toBeLessThanOrEqual(startMs + lengthMs * (1 + 1e-6));
          const before = ticks[index - 1];
          if (before) expect(((timeMs - before.timeMs) / lengthMs) * width).toBeGreaterThan(79);
        }
      }),
    );
  });

  it("differ from each other", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 5e6, noNaN: true }),
        fc.double({ min: 1, max: 5e6, noNaN: true }),
        (startMs, lengthMs) => {
          const all = labels(startMs, startMs + lengthMs);
          expect(new Set(all).size).toBe(all.length);
        },
      ),
    );
  });

  it("are at round times of the clock when asked for times of day", () => {
    const originMs = new Date(2026, 10, 8, 9, 0, 17).getTime();
    const ticks = clockTicks({ startMs: 0, endMs: 240_000 }, { ...size, originMs });
    expect(ticks[0]).toEqual({ timeMs: 13_000, label: "09:00:30" });
    expect(ticks.map(({ label }) => label)).toContain("09:04:00");
  });

  it("go by powers of ten below a second and above a day", () => {
    expect([0.03, 3, 400, 700, 20_000, 5 * 86_400_000 - 1].map(niceStep)).toEqual([
      0.05,
      5,
      500,
      1000,
      30_000,
      5 * 86_400_000,
    ]);
  });

  it("say days where a trace takes days", () => {
    expect(offsetLabel(3 * 86_400_000, 86_400_000)).toBe("3d");
    expect(offsetLabel(86_400_000 + 7_200_000, 3_600_000)).toBe("1d 2h");
  });
});
