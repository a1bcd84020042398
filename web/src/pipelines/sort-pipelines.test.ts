import { expect, it } from "vitest";
import type { PipelineRow } from "../../../src/insight/answers/index.ts";
import { nextOrder, readPipelineOrder, sortPipelines } from "./sort-pipelines.ts";

const row = (pipeline: string, runs: number, failed: number): PipelineRow => ({
  pipeline,
  namespaces: ["ci"],
  runs,
  failed,
  p50Ms: 1000,
  p95Ms: 2000,
  lastStartTime: "2026-11-08T12:00:00Z",
  lastResult: "success",
});
const rows = [row("b", 10, 1), row("a", 10, 5), row("c", 100, 2)];
const names = (order: Parameters<typeof sortPipelines>[1]) =>
  sortPipelines(rows, order).map(({ pipeline }) => pipeline);

it("puts the busiest pipeline first, equal ones by name", () => {
  expect(names(readPipelineOrder(new URLSearchParams()))).toEqual(["c", "a", "b"]);
});

it("sorts by failure rate, not by the number of failures", () => {
  expect(names({ sort: "failed", order: "desc" })).toEqual(["a", "b", "c"]);
});

it("turns round when the same column is pressed again", () => {
  const first = nextOrder({ sort: "runs", order: "desc" }, "pipeline");
  expect(first).toEqual({ sort: "pipeline", order: "asc" });
  expect(nextOrder(first, "pipeline")).toEqual({ sort: "pipeline", order: "desc" });
});

it("takes an unknown order in an address as the usual one", () => {
  expect(readPipelineOrder(new URLSearchParams("sort=constructor"))).toEqual({ sort: "runs", order: "desc" });
});
