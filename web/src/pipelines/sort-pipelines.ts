import type { PipelineRow } from "../../../src/insight/answers/index.ts";

/** What pipelines can be sorted by. */
export type PipelineSort = "pipeline" | "runs" | "failed" | "p50" | "p95" | "last";

export interface PipelineOrder {
  sort: PipelineSort;
  order: "asc" | "desc";
}

const KEYS: Record<PipelineSort, (row: PipelineRow) => number | string> = {
  pipeline: ({ pipeline }) => pipeline,
  runs: ({ runs }) => runs,
  failed: failureRate,
  p50: ({ p50Ms }) => p50Ms,
  p95: ({ p95Ms }) => p95Ms,
  last: ({ lastStartTime }) => Date.parse(lastStartTime),
};

/** Share of its runs that failed, from 0 to 1. */
export function failureRate({ failed, runs }: Pick<PipelineRow, "failed" | "runs">): number {
  return runs === 0 ? 0 : failed / runs;
}

/** Reads the order out of a page's address: the busiest first, unless it says otherwise. */
export function readPipelineOrder(parameters: URLSearchParams): PipelineOrder {
  const sort = parameters.get("sort") ?? "";
  return {
    sort: Object.hasOwn(KEYS, sort) ? (sort as PipelineSort) : "runs",
    order: parameters.get("order") === "asc" ? "asc" : "desc",
  };
}

/** The order after pressing a column's name: numbers start from the largest, names from A; pressing again turns it round. */
export function nextOrder(current: PipelineOrder, sort: PipelineSort): PipelineOrder {
  if (current.sort === sort) return { sort, order: current.order === "desc" ? "asc" : "desc" };
  return { sort, order: sort === "pipeline" ? "asc" : "desc" };
}

/** Pipelines in order; equal ones by name. */
export function sortPipelines(
  pipelines: readonly PipelineRow[],
  { sort, order }: PipelineOrder,
): PipelineRow[] {
  const key = KEYS[sort];
  const direction = order === "asc" ? 1 : -1;
  return pipelines.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return a.pipeline < b.pipeline ? -1 : 1;
    return left < right ? -direction : direction;
  });
}
