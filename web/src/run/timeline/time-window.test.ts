import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clampWindow, fitWindow, isWhole, panWindow, timeAt, xOf, zoomWindow } from "./time-window.ts";

const anyExtent = fc.double({ min: 1, max: 1e9, noNaN: true });
const anyShare = fc.double({ min: 0, max: 1, noNaN: true });

describe("the part of time that is seen", () => {
  it("stays inside the trace however it is moved and zoomed", () => {
    const anyFactor = fc.double({ min: 0.01, max: 100, noNaN: true });
    const anyMove = fc.double({ min: -2e9, max: 2e9, noNaN: true });
    fc.assert(
      fc.property(anyExtent, anyShare, anyShare, anyFactor, anyMove, (extentMs, a, b, factor, byMs) => {
        const window = clampWindow(
          { startMs: Math.min(a, b) * extentMs, endMs: Math.max(a, b) * extentMs },
          extentMs,
        );
        const zoomed = zoomWindow(window, { factor, atMs: a * extentMs, extentMs });
        const moved = panWindow(zoomed, { byMs, extentMs });
        for (const { startMs, endMs } of [window, zoomed, moved]) {
          expect(startMs).toBeGreaterThanOrEqual(0);
          expect(endMs).toBeGreaterThan(startMs);
          expect(endMs).toBeLessThanOrEqual(extentMs * (1 + 1e-9) + 0.1);
        }
      }),
    );
  });

  it("keeps what is under the pointer there when it is zoomed", () => {
    const zoomed = zoomWindow({ startMs: 100, endMs: 300 }, { factor: 2, atMs: 150, extentMs: 1000 });
    expect(zoomed).toEqual({ startMs: 125, endMs: 225 });
  });

  it("keeps its length when it is moved against an end", () => {
    expect(panWindow({ startMs: 100, endMs: 300 }, { byMs: -500, extentMs: 1000 })).toEqual({
      startMs: 0,
      endMs: 200,
    });
  });

  it("is the whole trace when zoomed out far enough", () => {
    const zoomed = zoomWindow({ startMs: 100, endMs: 300 }, { factor: 0.01, atMs: 150, extentMs: 1000 });
    expect(isWhole(zoomed, 1000)).toBe(true);
  });

  it("fits a span with air around it, also one without length", () => {
    expect(fitWindow({ startMs: 500, durationMs: 100 }, 1000)).toEqual({ startMs: 494, endMs: 606 });
    expect(fitWindow({ startMs: 500, durationMs: 0 }, 1000)).toEqual({ startMs: 490, endMs: 510 });
  });

  it("goes from time to pixels and back", () => {
    const window = { startMs: 200, endMs: 700 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (x) => {
        expect(xOf(timeAt(x, window, 1000), window, 1000)).toBeCloseTo(x, 6);
      }),
    );
  });
});
