import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatMany,
  formatPeriod,
  formatShare,
  shortRevision,
} from "./format.ts";

describe("an amount of bytes", () => {
  it.each([
    [0, "0 B"],
    [0.5, "0.5 B"],
    [512, "512 B"],
    [1500, "1.5 kB"],
    [999_951, "1 MB"],
    [48_210_000, "48.2 MB"],
    [2.5e18, "2500 PB"],
  ])("of %d is read as %s", (bytes, text) => {
    expect(formatBytes(bytes).replace("\u00a0", " ")).toBe(text);
  });
});

describe("a duration", () => {
  it.each([
    [0, "0s"],
    [0.4, "<1ms"],
    [450.9, "450ms"],
    [3200, "3.2s"],
    [3000, "3s"],
    [59_600, "1m 00s"],
    [448_000, "7m 28s"],
    [3_900_000, "1h 05m"],
    [93_600_000, "1d 02h"],
    [-90_000, "−1m 30s"],
  ])("of %d ms is read as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it("says its sign where it is a change", () => {
    expect([90_000, -90_000, 0.2].map(formatChange)).toEqual(["+1m 30s", "−1m 30s", "±0s"]);
  });
});

describe("a moment", () => {
  const now = Date.parse("2026-11-08T12:00:00Z");

  it.each([
    ["2026-11-08T11:59:58Z", "just now"],
    ["2026-11-08T11:59:30Z", "30s ago"],
    ["2026-11-08T11:01:00Z", "59m ago"],
    ["2026-11-07T13:00:00Z", "23h ago"],
    ["2026-10-08T12:00:00Z", "31d ago"],
    ["2026-11-08T12:10:00Z", "in 10m"],
  ])("%s is %s", (time, text) => {
    expect(formatAgo(time, now)).toBe(text);
  });

  it("says the day of a period once where both ends share it", () => {
    const at = (hour: number, day = 8) => new Date(2026, 10, day, hour, 30).getTime();
    expect(formatPeriod({ since: at(9), until: at(17) })).toBe("2026-11-08 09:30 – 17:30");
    expect(formatPeriod({ since: at(9), until: at(1, 9) })).toBe("2026-11-08 09:30 – 2026-11-09 01:30");
  });
});

describe("a number", () => {
  it("is a share with a decimal only where it is small", () => {
    expect([0, 0.0004, 0.004, 0.034, 0.37, 1].map(formatShare)).toEqual([
      "0%",
      "<0.1%",
      "0.4%",
      "3.4%",
      "37%",
      "100%",
    ]);
  });

  it("is grouped by thousands", () => {
    expect([7, 1234, 1234567].map(formatCount)).toEqual(["7", "1\u202f234", "1\u202f234\u202f567"]);
    expect([formatMany(1, "run"), formatMany(0, "run")]).toEqual(["1 run", "0 runs"]);
  });

  it("is a short commit, unless it is no commit", () => {
    expect(shortRevision("5a60c6d0aa11bb22")).toBe("5a60c6d");
    expect(shortRevision("refs/tags/v1.2.3")).toBe("refs/tags/v1.2.3");
  });
});
