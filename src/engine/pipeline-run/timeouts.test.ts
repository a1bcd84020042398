import { describe, expect, it } from "vitest";
import { limitsOf, nextLimitMillis, reachedLimits } from "./timeouts.ts";

const HOUR = 3_600_000;
const DEFAULTS = { defaultTimeoutMillis: HOUR };

describe("limits", () => {
  it.each([
    [{}, { pipeline: HOUR }],
    [{ pipeline: "0" }, {}],
    [{ pipeline: "0", tasks: "0", finally: "1m" }, { finally: 60_000 }],
    [
      { pipeline: "2m", tasks: "1m30s" },
      { pipeline: 120_000, tasks: 90_000, finally: 30_000 },
    ],
    [{ finally: "10m" }, { pipeline: HOUR, tasks: HOUR - 600_000, finally: 600_000 }],
  ])("of %o are %o", (timeouts, expected) => {
    expect(limitsOf({ timeouts }, DEFAULTS)).toEqual(expected);
  });
});

describe("time", () => {
  const limits = { pipeline: 100, tasks: 60, finally: 40 };
  it.each([
    ["at a limit", { sinceStart: 60 }, []],
    ["past that of the tasks", { sinceStart: 61 }, ["tasks"]],
    ["in finally", { sinceStart: 70, sinceFinally: 20 }, []],
    ["in finally, which came late", { sinceStart: 81, sinceFinally: 20 }, ["tasks"]],
    ["past that of finally", { sinceStart: 90, sinceFinally: 41 }, ["finally"]],
    ["past that of all", { sinceStart: 101, sinceFinally: 41 }, ["pipeline", "finally"]],
  ])("%s", (_name, passed, expected) => {
    const reached = reachedLimits({ limits, ...passed });
    expect(Object.entries(reached).flatMap(([name, is]) => (is ? [name] : []))).toEqual(expected);
  });

  it.each([
    [{ sinceStart: 10 }, 51],
    [{ sinceStart: 60 }, 1],
    [{ sinceStart: 61 }, 40],
    [{ sinceStart: 50, sinceFinally: 5 }, 36],
    [{ sinceStart: 150, sinceFinally: 95 }, undefined],
  ])("until the next limit after %o is %s ms", (passed, expected) => {
    expect(nextLimitMillis({ limits, ...passed })).toBe(expected);
  });
});
