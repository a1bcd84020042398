import { describe, expect, it } from "vitest";
import { extentOf, isSettled } from "./growth.ts";
import { traceFrom } from "./trace.testing.ts";

const START = Date.parse("2026-11-08T09:00:00Z");
const at = (afterMs: number) => ({ nowMs: START + afterMs, isQuietShown: false });
const running = traceFrom([{ name: "RUN", type: "pipelinerun", took: 60_000, flags: ["provisional"] }]);
const over = traceFrom([{ name: "RUN", type: "pipelinerun", took: 60_000 }]);

describe("a trace that is not over", () => {
  it("is drawn up to now", () => {
    expect(extentOf(running, at(90_000))).toBe(90_000);
  });

  it("is drawn up to the last moment known when nothing was heard of it for long", () => {
    expect(extentOf(running, at(3_600_000))).toBe(60_000);
  });

  it("is drawn up to the last moment known when the reader's clock is behind", () => {
    expect(extentOf(running, at(10_000))).toBe(60_000);
  });

  it("never settles", () => {
    expect(isSettled(running, START + 3_600_000)).toBe(false);
  });
});

describe("a trace that is over", () => {
  it("is as long as it was", () => {
    expect(extentOf(over, at(90_000))).toBe(60_000);
  });

  it("is not made longer by a controller that looks at it again, unless that is shown", () => {
    const below = [{ name: "reconcile", type: "reconcile", at: 3_600_000, took: 5 }];
    const resynced = traceFrom([{ name: "RUN", type: "pipelinerun", took: 60_000, below }]);
    expect(extentOf(resynced, at(7_200_000))).toBe(60_000);
    expect(extentOf(resynced, { ...at(7_200_000), isQuietShown: true })).toBe(3_600_005);
  });

  it("settles after a while, in which more of it may come", () => {
    expect([120_000, 3_600_000].map((after) => isSettled(over, START + after))).toEqual([false, true]);
  });
});
