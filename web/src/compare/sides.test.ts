import { describe, expect, it } from "vitest";
import {
  isComparable,
  isDays,
  readDays,
  readSide,
  sideWords,
  suggestions,
  writeDays,
  writeSide,
} from "./sides.ts";

describe("a side", () => {
  it.each(["branch:main", "pipeline:build:fast", "period:2026-11-01..2026-11-08", "run:ci/build-x1"])(
    "%s is written as it was read",
    (text) => {
      expect(writeSide(readSide(text))).toBe(text);
    },
  );

  it("is an empty branch where nothing is understood", () => {
    expect([null, "", "main", "colour:red"].map(readSide)).toEqual(
      Array.from({ length: 4 }, () => ({ kind: "branch", value: "" })),
    );
  });

  it("is said in words", () => {
    expect(["branch:main", "period:2026-11-01..2026-11-08", "odd"].map(sideWords)).toEqual([
      "main",
      "2026-11-01 to 2026-11-08",
      "odd",
    ]);
  });

  it("keeps the half of a period that is there", () => {
    expect(writeDays({ ...readDays(""), until: "2026-11-08" })).toBe("..2026-11-08");
    expect(readDays("..2026-11-08")).toEqual({ since: "", until: "2026-11-08" });
    expect(writeDays({ since: "", until: "" })).toBe("");
    expect(["", "2026-11-01..", "2026-11-01..2026-11-08", "14d..7d"].map(isDays)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe("two sides", () => {
  const comparable = (a: string, b: string) => isComparable(readSide(a), readSide(b));

  it("are compared once both are whole", () => {
    expect(comparable("branch:main", "branch:dev")).toBe(true);
    expect(comparable("branch:main", "branch:")).toBe(false);
    expect(comparable("period:14d..7d", "period:7d..0s")).toBe(true);
    expect(comparable("period:14d..7d", "period:..2026-11-08")).toBe(false);
  });

  it("are not compared where one is a run and the other is not", () => {
    expect(comparable("run:a", "run:b")).toBe(true);
    expect(comparable("run:a", "branch:main")).toBe(false);
  });
});

it("suggests the two busiest branches, and this week against the last", () => {
  const today = Date.parse("2026-11-15T12:00:00Z");
  expect(suggestions(["main", "dev", "old"], today).map(({ a, b }) => [a, b])).toEqual([
    ["branch:main", "branch:dev"],
    ["period:2026-11-02..2026-11-09", "period:2026-11-09..2026-11-16"],
  ]);
  expect(suggestions(["main"], today)).toHaveLength(1);
});
