import { describe, expect, it } from "vitest";
import { askedValues, filterOffers } from "./offers.ts";

const offered = (text: string) => filterOffers(text, [{ value: "main", runs: 12 }]).map(({ value }) => value);

describe("while a filter is typed", () => {
  it("offers the filters that begin so", () => {
    expect(offered("p")).toEqual(["pipeline:"]);
    expect(offered("")).toContain("longer-than:");
  });

  it("offers the results and usual durations", () => {
    expect(offered("result:f")).toEqual(["result:failure"]);
    expect(offered("longer-than:1")).toEqual(["longer-than:1m", "longer-than:10m", "longer-than:1h"]);
  });

  it("asks the server for the values of a name, and offers them", () => {
    expect(askedValues("branch: ma")).toEqual({ field: "branch", search: "ma" });
    expect(offered("branch:ma")).toEqual(["branch:main"]);
  });

  it("asks for nothing where there is no list", () => {
    expect(askedValues("longer-than:1")).toBeUndefined();
    expect(askedValues("registry: 503")).toBeUndefined();
  });
});
