import { type InfiniteData, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { RunRow, RunsAnswer, RunsHistogramAnswer } from "../../../src/insight/answers/index.ts";
import type { Filters } from "../filters/filters.ts";
import { ask, questionPath, useAnswer } from "../shared/api.ts";

/** What the table is sorted by. */
export interface Order {
  sort: "started" | "duration" | "wait";
  order: "asc" | "desc";
}

/** Runs asked for at once: a few screens of them. */
const PAGE = 100;

/** Runs page by page, as they are scrolled to. */
export function useRuns(filters: Filters, order: Order) {
  const path = questionPath("runs", { ...filters, ...order, limit: PAGE });
  return useInfiniteQuery({
    queryKey: [path],
    queryFn: ({ pageParam, signal }) =>
      ask<RunsAnswer>(pageParam === "" ? path : `${path}&after=${encodeURIComponent(pageParam)}`, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    select: together,
  });
}

/** Pages as one list. `total` is of the latest answer. */
function together({ pages }: InfiniteData<RunsAnswer>): { runs: RunRow[]; total: number } {
  return { runs: pages.flatMap(({ runs }) => runs), total: pages.at(-1)?.total ?? 0 };
}

/** Runs over time under the filters; of all results, so that those that are off can be seen and turned on. */
export function useHistogram(filters: Filters) {
  return useAnswer<RunsHistogramAnswer>(
    questionPath("runs/histogram", { ...filters, result: undefined, buckets: 60 }),
  );
}
