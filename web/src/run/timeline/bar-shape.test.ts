import { describe, expect, it } from "vitest";
import { type Sketch, traceFrom } from "../model/trace.testing.ts";
import { barOf, labelOf, labelX } from "./bar-shape.ts";

const view = { window: { startMs: 0, endMs: 10_000 }, width: 1000, gutter: 0, growsToMs: 10_000 };
const bar = (span: Partial<Sketch>, at = view) => barOf(traceFrom([{ name: "step", ...span }]), 0, at);
const label = (span: Partial<Sketch>) =>
  labelOf(traceFrom([{ name: "step", ...span }]), 0, { result: span.result ?? "", growsToMs: 10_000 });

describe("the bar of a span", () => {
  it("is where the span is", () => {
    expect(bar({ at: 2000, took: 3000 })).toMatchObject({ x: 200, width: 300 });
  });

  it("is still seen where the span has no length", () => {
    expect(bar({ at: 2000, took: 0 })?.width).toBe(2);
  });

  it("is not there where the span is out of sight", () => {
    expect(bar({ at: 2000, took: 0 }, { ...view, window: { startMs: 5000, endMs: 6000 } })).toBeUndefined();
  });

  it("is cut to a size that a canvas can draw, however far one has zoomed in", () => {
    const zoomed = bar({ at: 0, took: 1e9 }, { ...view, window: { startMs: 5000, endMs: 5000.05 } });
    expect(zoomed?.x).toBeGreaterThan(-20);
    expect(zoomed?.width).toBeLessThan(1100);
  });

  it("is soft by a second where the time is known to the second, as far as that is seen", () => {
    expect(bar({ flags: ["coarse"] })?.blurPx).toBe(100);
    expect(bar({ flags: ["coarse"] }, { ...view, window: { startMs: 0, endMs: 3_600_000 } })?.blurPx).toBe(0);
    expect(bar({})?.blurPx).toBe(0);
  });

  it("moves with time, and has no length, while a step has not begun", () => {
    expect(bar({ at: 2000, took: 0, flags: ["provisional", "waiting"] })).toMatchObject({
      x: 1000,
      width: 2,
      isProvisional: false,
    });
  });

  it("grows while the span is not over", () => {
    expect(bar({ at: 2000, took: 1000, flags: ["provisional"] })).toMatchObject({
      width: 800,
      isProvisional: true,
    });
  });
});

describe("the label of a bar", () => {
  it("is the duration, after the exit code of a failure", () => {
    expect(label({ took: 5400 })).toEqual({ mark: "", text: "5.4s" });
    expect(label({ took: 5400, exitCode: 0 })).toEqual({ mark: "", text: "5.4s" });
    expect(label({ took: 37_000, exitCode: 2 })).toEqual({ mark: "exit 2", text: "37s" });
  });

  it("says that a task was skipped, and how long one has been running so far", () => {
    expect(label({ took: 0, result: "skip" }).text).toBe("skipped");
    expect(label({ at: 2000, took: 1000, flags: ["provisional"] }).text).toBe("8s");
    expect(label({ at: 2000, took: 0, flags: ["provisional", "waiting"] }).text).toBe("waiting");
  });

  it("stands right of its bar, else left of it, else inside", () => {
    const at = (x: number, width: number) =>
      labelX({ x, width, blurPx: 0, isProvisional: false }, { labelWidth: 50, width: 1000 });
    expect(at(100, 100)).toBe(206);
    expect(at(900, 95)).toBe(844);
    expect(at(0, 1000)).toBe(944);
  });
});
