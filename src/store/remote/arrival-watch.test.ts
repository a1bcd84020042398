import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArrivalWatch } from "./arrival-watch.ts";

describe("watching what collectors write", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells how many spans came, not that there are some or fewer", async () => {
    const told: number[] = [];
    let spans = 100;
    const watch = new ArrivalWatch({ count: async () => spans, tell: (more) => told.push(more) });
    watch.start();
    for (const count of [100, 103, 50, 51]) {
      spans = count;
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(told).toEqual([3, 1]);
    watch.stop();
  });

  it("does not tell again of what we wrote ourselves", async () => {
    const told: number[] = [];
    let spans = 100;
    const watch = new ArrivalWatch({ count: async () => spans, tell: (more) => told.push(more) });
    watch.start();
    await vi.advanceTimersByTimeAsync(5_000);
    spans += 7;
    watch.leaveOut(7);
    await vi.advanceTimersByTimeAsync(5_000);
    spans += 2;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(told).toEqual([2]);
    watch.stop();
  });

  it("goes on after the server was gone, and ends when nobody listens any more", async () => {
    const told: number[] = [];
    const counts = [1, undefined, 5, 9];
    const count = async () => counts.shift() ?? Promise.reject(new Error("gone"));
    const watch = new ArrivalWatch({ count, tell: (more) => told.push(more) });
    watch.start();
    await vi.advanceTimersByTimeAsync(10_000);
    watch.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([4]);
  });
});
