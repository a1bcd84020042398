import { useCallback, useMemo } from "react";
import { navigate, useSearch } from "wouter/use-browser-location";

/** Parameters of a page's address to set; undefined or empty takes one away. */
export type UrlChanges = Readonly<Record<string, string | undefined>>;

/** What a page shows, as its address says it, and how to change it. */
export interface UrlState {
  parameters: URLSearchParams;
  /**
   * Sets and takes away parameters; the others stay. It is a step of the browser's history, unless `replace` is given: for
   * what changes with every key or movement.
   */
  change: (changes: UrlChanges, options?: { replace?: boolean }) => void;
}

/** Everything a page shows is in its URL: this reads and writes it. */
export function useUrlState(): UrlState {
  const search = useSearch();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback<UrlState["change"]>((changes, options) => {
    const { pathname, search: current } = location;
    const next = hrefOf(pathname, changes, new URLSearchParams(current));
    if (next !== pathname + current) navigate(next, options);
  }, []);
  return { parameters, change };
}

/** The address of a page: `hrefOf("/runs", { branch: "main" })` is `/runs?branch=main`. `base` is what to start from. */
export function hrefOf(path: string, changes: UrlChanges, base?: URLSearchParams): string {
  const parameters = new URLSearchParams(base);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") parameters.delete(name);
    else parameters.set(name, value);
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** The address of a run's page. */
export function runHref(traceId: string): string {
  return `/runs/${encodeURIComponent(traceId)}`;
}

/** The address of the page of a pipeline's task. Both names may hold anything. */
export function taskHref(
  { pipeline, task }: { pipeline: string; task: string },
  period: UrlChanges = {},
): string {
  return hrefOf("/task", { pipeline, task, ...period });
}

/** The address of a pipeline's page. Its name is a parameter, because names that come over OTLP may hold anything. */
export function pipelineHref(pipeline: string, period: UrlChanges = {}): string {
  return hrefOf("/pipeline", { pipeline, ...period });
}
