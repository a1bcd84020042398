import type { ValuesAnswer } from "../../../src/insight/answers/index.ts";
import { RESULTS } from "../shared/results.ts";
import { FILTERS, type FilterName, type ListedFilter } from "./filters.ts";

/** What can be picked while a filter is typed: a filter to go on with (`branch:`), or a whole one (`branch:main`). */
export interface FilterOffer {
  value: string;
  hint: string;
}

const HINTS: Record<FilterName, string> = {
  pipeline: "name",
  result: "succeeded, failed, …",
  branch: "name",
  "longer-than": "10m",
  "shorter-than": "30s",
  namespace: "name",
  repository: "owner/name",
  application: "name",
  component: "name",
  search: "words in names and messages",
};

const DURATIONS = ["30s", "1m", "5m", "10m", "30m", "1h"];

const LISTED: readonly string[] = [
  "pipeline",
  "branch",
  "namespace",
  "repository",
  "application",
  "component",
] satisfies ListedFilter[];

/** The filter that is being typed and whose values the server lists, with what is typed of its value: of `branch:ma`, branch and `ma`. */
export function askedValues(text: string): { field: ListedFilter; search: string } | undefined {
  const { name, rest } = split(text);
  return name !== undefined && LISTED.includes(name)
    ? { field: name as ListedFilter, search: rest }
    : undefined;
}

/** What to offer for the text typed so far. `values` is the server's answer to {@link askedValues}. */
export function filterOffers(text: string, values: ValuesAnswer["values"]): FilterOffer[] {
  const { name, rest } = split(text);
  if (name === undefined) return namesStarting(text.trim().toLowerCase());
  if (name === "result")
    return whole(
      name,
      RESULTS.filter((result) => result.startsWith(rest)),
    );
  if (name === "longer-than" || name === "shorter-than")
    return whole(
      name,
      DURATIONS.filter((one) => one.startsWith(rest)),
    );
  return values.map(({ value, runs }) => ({ value: `${name}:${value}`, hint: String(runs) }));
}

function namesStarting(text: string): FilterOffer[] {
  return FILTERS.filter((name) => name.startsWith(text)).map((name) => ({
    value: `${name}:`,
    hint: HINTS[name],
  }));
}

function whole(name: string, values: readonly string[]): FilterOffer[] {
  return values.map((value) => ({ value: `${name}:${value}`, hint: "" }));
}

function split(text: string): { name: FilterName | undefined; rest: string } {
  const colon = text.indexOf(":");
  const typed = text.slice(0, colon).trim().toLowerCase();
  const name = colon === -1 ? undefined : FILTERS.find((filter) => filter === typed);
  return { name, rest: text.slice(colon + 1).trim() };
}
