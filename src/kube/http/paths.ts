import type { ListOptions, WatchOptions } from "../api.ts";
import { apiVersionOf, type Kind } from "../kinds.ts";

/** Path of a collection (Kubernetes API concepts, "Resource URIs"). */
export function pathOf(kind: Kind, namespace?: string): string {
  const root = kind.group === "" ? "/api" : "/apis";
  const within = kind.isNamespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}/${apiVersionOf(kind)}${within}/${kind.plural}`;
}

/** The query of a list. */
export function listQuery({ limit, continue: next, ...selectors }: ListOptions): string {
  return queryOf({ ...selectorsOf(selectors), limit, continue: next });
}

/** The query of a watch; it asks for bookmarks, so that a quiet watch can go on where it was. */
export function watchQuery({ resourceVersion, timeoutSeconds, ...selectors }: WatchOptions): string {
  const watch = { watch: "true", allowWatchBookmarks: "true" };
  return queryOf({ ...watch, ...selectorsOf(selectors), resourceVersion, timeoutSeconds });
}

function selectorsOf({ labelSelector, fieldSelector }: ListOptions) {
  return { labelSelector, fieldSelector };
}

function queryOf(parameters: Record<string, string | number | undefined>): string {
  const given = Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
