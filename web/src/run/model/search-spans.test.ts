import { describe, expect, it } from "vitest";
import { searchSpans, stepMatch } from "./search-spans.ts";
import { traceFrom } from "./trace.testing.ts";

const trace = traceFrom([
  {
    name: "RUN build",
    below: [{ name: "Unit-Test" }, { name: "lint" }, { name: "GET /", service: "unit-db" }],
  },
]);

describe("finding spans", () => {
  it("looks into names and services, in capitals or not", () => {
    expect([...searchSpans(trace, "unit")]).toEqual([1, 3]);
  });

  it("finds a span by the beginning of its id", () => {
    expect([...searchSpans(trace, "s2")]).toEqual([2]);
  });

  it("looks into what reconcilers decided", () => {
    const below = [{ name: "createTaskRun", type: "reconcile", decisions: ["created TaskRun build-x7"] }];
    expect([...searchSpans(traceFrom([{ name: "RUN", below }]), "Run build-X7")]).toEqual([1]);
  });

  it("finds nothing for nothing", () => {
    expect([...searchSpans(trace, "  ")]).toEqual([]);
  });

  it("goes to the next and the one before, round the ends", () => {
    const matches = Int32Array.of(1, 3, 8);
    expect([-1, 1, 5, 8].map((from) => stepMatch(matches, { from, by: 1 }))).toEqual([1, 3, 8, 1]);
    expect([9, 8, 2, 1].map((from) => stepMatch(matches, { from, by: -1 }))).toEqual([8, 3, 1, 8]);
    expect(stepMatch(Int32Array.of(), { from: 0, by: 1 })).toBe(-1);
  });
});
