import { describe, expect, it } from "vitest";
import { filterWords, noFilters, parseTyped, readFilters, toggleResult } from "./filters.ts";

describe("what somebody types", () => {
  it.each([
    ["branch:main", { name: "branch", value: "main" }],
    [" Branch = feature/a:b ", { name: "branch", value: "feature/a:b" }],
    ["longer-than:10m", { name: "longer-than", value: "10m" }],
    ["longer than 10m", { name: "longer-than", value: "10m" }],
    ["> 90s", { name: "longer-than", value: "90s" }],
    ["<1h30m", { name: "shorter-than", value: "1h30m" }],
    ["registry: 503", { name: "search", value: "registry: 503" }],
    ["<img src=x onerror=alert(1)>", { name: "search", value: "<img src=x onerror=alert(1)>" }],
    ["   ", undefined],
    ["branch:", undefined],
  ])("%s is understood", (text, filter) => {
    expect(parseTyped(text)).toEqual(filter);
  });
});

describe("filters in a page's address", () => {
  it("are read, and nothing else is", () => {
    const filters = readFilters(new URLSearchParams("branch=main&sort=duration&since=7d&pipeline="));
    expect(filters).toEqual({ branch: "main", since: "7d" });
  });

  it("are taken away together", () => {
    expect(Object.keys(noFilters())).toEqual(expect.arrayContaining(["branch", "result", "since", "until"]));
  });
});

describe("results", () => {
  it("are turned on and off one by one", () => {
    expect(toggleResult(undefined, "failure")).toBe("failure");
    expect(toggleResult("failure", "timeout")).toBe("failure,timeout");
    expect(toggleResult("failure,timeout", "failure")).toBe("timeout");
    expect(toggleResult("timeout", "timeout")).toBeUndefined();
  });

  it("are said in words", () => {
    expect(filterWords("result", "failure,timeout,odd")).toBe("failed, timed out, odd");
    expect(filterWords("branch", "failure")).toBe("failure");
  });
});
