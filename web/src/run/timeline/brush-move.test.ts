import { describe, expect, it } from "vitest";
import { brushed, brushPartAt, nudged } from "./brush-move.ts";

const ground = { whole: { startMs: 0, endMs: 1000 }, width: 500 };
const window = { startMs: 200, endMs: 600 };
const hold = (x: number) => brushPartAt(x, { ...ground, window, isWhole: false });

describe("the brush of the minimap", () => {
  it("is held at an edge, in the middle, or drawn anew beside it", () => {
    expect([98, 104, 200, 297, 400].map(hold)).toEqual(["start", "start", "middle", "end", "new"]);
  });

  it("is drawn anew inside as well while it covers everything", () => {
    expect(brushPartAt(200, { ...ground, window: ground.whole, isWhole: true })).toBe("new");
  });

  it("moves as a whole, and not beyond the ends", () => {
    const by = (toX: number) => brushed({ ...ground, part: "middle", window, drag: { fromX: 200, toX } });
    expect(by(250)).toEqual({ startMs: 300, endMs: 700 });
    expect(by(5000)).toEqual({ startMs: 600, endMs: 1000 });
  });

  it("moves an edge, past the other one if need be", () => {
    const by = (toX: number) => brushed({ ...ground, part: "start", window, drag: { fromX: 100, toX } });
    expect(by(150)).toEqual({ startMs: 300, endMs: 600 });
    expect(by(400)).toEqual({ startMs: 600, endMs: 800 });
  });

  it("is drawn in either direction", () => {
    expect(brushed({ ...ground, part: "new", window, drag: { fromX: 450, toX: 400 } })).toEqual({
      startMs: 800,
      endMs: 900,
    });
  });

  it("goes by steps under the keyboard", () => {
    const key = (key: string, edge: "start" | "end") => nudged({ key, edge, window, extentMs: 1000 });
    expect(key("ArrowRight", "start")).toEqual({ startMs: 210, endMs: 600 });
    expect(key("End", "end")).toEqual({ startMs: 200, endMs: 1000 });
    expect(key("End", "start")?.startMs).toBeLessThan(600);
    expect(key("x", "end")).toBeUndefined();
  });
});
