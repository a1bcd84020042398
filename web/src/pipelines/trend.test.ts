import { describe, expect, it } from "vitest";
import { trendBucket } from "./period.ts";
import { pointAt, trendColumns } from "./trend-data.ts";

const day = (date: string) => ({
  startTime: `2026-11-${date}T00:00:00Z`,
  runs: 4,
  failed: 1,
  p50Ms: 100,
  p95Ms: 200,
});

describe("a trend", () => {
  const trend = { bucket: "day" as const, points: [day("01"), day("02"), day("06")] };

  it("breaks its lines where nothing ran", () => {
    expect(trendColumns(trend).p50).toEqual([100, 100, null, 100]);
    expect(trendColumns(trend).failed).toEqual([0.25, 0.25, null, 0.25]);
  });

  it("finds the point under the pointer, and none in a gap", () => {
    const { times } = trendColumns(trend);
    expect(times.map((time) => pointAt(trend, time))).toEqual([0, 1, undefined, 2]);
  });
});

describe("a period", () => {
  const now = Date.parse("2026-11-08T12:00:00Z");

  it.each([
    [{}, "day"],
    [{ since: "24h" }, "hour"],
    [{ since: "3d" }, "hour"],
    [{ since: "7d" }, "day"],
    [{ since: "2026-11-01T00:00:00Z", until: "2026-11-02T00:00:00Z" }, "hour"],
    [{ since: "2026-11-01T00:00:00Z" }, "day"],
    [{ since: "last week" }, "day"],
  ] as const)("%o is counted by the %s", (filters, bucket) => {
    expect(trendBucket(filters, now)).toBe(bucket);
  });
});
