import { countOfRuns, pageOfRuns, type RunCursor, type RunOrder, type StoredRun } from "../store/index.ts";
import type { RunsAnswer } from "./answers/index.ts";
import { QuestionError, quote } from "./parameters.ts";
import { question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";
import { runRow } from "./run-row.ts";

const ORDERS: readonly RunOrder[] = ["started", "duration", "wait"];

/** Which runs there were, page by page. A page stays what it is while new runs come in. */
export const RUNS = question<RunsAnswer>({
  name: "runs",
  path: "runs",
  summary: "Runs that match, with how they ended, how long they took and how much of it was waiting",
  answerName: "RunsAnswer",
  parameters: [
    ...RUN_FILTERS,
    { name: "sort", kind: "choice", values: ORDERS, default: "started", description: "what to sort by" },
    {
      name: "order",
      kind: "choice",
      values: ["asc", "desc"],
      default: "desc",
      description: "smallest or largest first",
    },
    { name: "limit", kind: "count", default: "50", most: 1000, description: "how many" },
    { name: "after", kind: "text", description: "next of the page before" },
  ],
  async answer({ store }, given) {
    const filters = runFilters(given);
    const order = given.choice("sort", ORDERS) ?? "started";
    const descending = given.choice("order", ["asc", "desc"]) !== "asc";
    const limit = given.count("limit");
    const after = cursorFrom(given.text("after"), order);
    // One more than asked for tells whether there is a next page.
    const page = pageOfRuns({ filters, order, descending, limit: limit + 1, after });
    const [found, [total = 0]] = await Promise.all([store.select(page), store.select(countOfRuns(filters))]);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? { next: cursorOf(last, order) } : {};
    return { runs: shown.map(runRow), total, ...next };
  },
});

function cursorOf(run: StoredRun, order: RunOrder): string {
  const values = { started: run.startNs, duration: run.durationNs, wait: run.waitNs };
  return `${order}.${values[order]}.${run.spanId}`;
}

function cursorFrom(text: string | undefined, order: RunOrder): RunCursor | undefined {
  if (text === undefined) return undefined;
  const [, sortedBy, value = "", spanId = ""] = /^([a-z]+)\.(\d{1,19})\.([0-9a-f]{16})$/.exec(text) ?? [];
  if (sortedBy === order) return { valueNs: BigInt(value), spanId };
  throw new QuestionError(`after: ${quote(text)} is not the "next" of a page with the same sort`);
}
