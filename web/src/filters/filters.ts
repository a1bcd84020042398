import { isResultWord, resultLook } from "../shared/results.ts";

/** What runs can be filtered by: the names of the parameters, in the page's address as in the API. */
export const FILTERS = [
  "pipeline",
  "result",
  "branch",
  "longer-than",
  "shorter-than",
  "namespace",
  "repository",
  "application",
  "component",
  "search",
] as const;

export type FilterName = (typeof FILTERS)[number];

/** Filters whose values the server can list. */
export type ListedFilter = "pipeline" | "branch" | "namespace" | "repository" | "application" | "component";

/** What is on: each filter's value, and the period. All as text, as written in the address. */
export type Filters = Partial<Record<FilterName | "since" | "until", string>>;

/** Reads the filters out of a page's address; what else is there is left alone. */
export function readFilters(parameters: URLSearchParams): Filters {
  const filters: Filters = {};
  for (const name of [...FILTERS, "since", "until"] as const) {
    const value = parameters.get(name);
    if (value !== null && value !== "") filters[name] = value;
  }
  return filters;
}

/**
 * What somebody typed, understood: a filter (`branch:main`, `longer than 10m`, `>10m`), or words to search for. Undefined
 * while it says nothing.
 */
export function parseTyped(text: string): { name: FilterName; value: string } | undefined {
  const typed = text.trim();
  const comparison = /^([<>])\s*(\S+)$/.exec(typed);
  if (comparison)
    return { name: comparison[1] === ">" ? "longer-than" : "shorter-than", value: comparison[2] ?? "" };
  const named =
    /^([a-z]+(?:[ -]than)?)\s*[:=]\s*(.+)$/i.exec(typed) ??
    /^((?:longer|shorter)[ -]than)\s+(\S+)$/i.exec(typed);
  const name = named?.[1]?.toLowerCase().replace(" ", "-");
  if (named && isFilterName(name)) return { name, value: named[2] ?? "" };
  const isUnfinished = typed.endsWith(":") && isFilterName(typed.slice(0, -1).toLowerCase());
  return typed === "" || isUnfinished ? undefined : { name: "search", value: typed };
}

function isFilterName(text: string | undefined): text is FilterName {
  return FILTERS.some((name) => name === text);
}

/** A filter's value as people say it: results by their words. */
export function filterWords(name: FilterName, value: string): string {
  if (name !== "result") return value;
  return value
    .split(",")
    .map((result) => (isResultWord(result) ? resultLook(result).word : result))
    .join(", ");
}

/** Turns one result on or off in a comma-separated list; undefined when none is left. */
export function toggleResult(list: string | undefined, result: string): string | undefined {
  const on = new Set(list?.split(",") ?? []);
  if (!on.delete(result)) on.add(result);
  return on.size === 0 ? undefined : [...on].join(",");
}

/** Takes every filter and the period away. */
export function noFilters(): Record<string, undefined> {
  return Object.fromEntries([...FILTERS, "since", "until"].map((name) => [name, undefined]));
}
