/** Lists, whole or in pages. All pages of a list show one moment (Kubernetes API concepts, "Retrieving large results sets in chunks"). */
import { randomUUID } from "node:crypto";
import type { ListOptions } from "../../kube/index.ts";
import type { Objects, StoredObject } from "./objects.ts";
import { expired } from "./refusals.ts";
import type { Resource } from "./resources.ts";
import { matcherOf } from "./selectors.ts";

export interface Page {
  items: readonly StoredObject[];
  resourceVersion: string;
  continue?: string;
  /** How many come after this page; undefined when none do. */
  remaining?: number;
}

export type ListPages = (resource: Resource, options: ListOptions) => Page;

/** Lists that are being read in pages at once; the oldest is given up for another. */
const MOST_OPEN = 64;

interface OpenList {
  rest: readonly StoredObject[];
  resourceVersion: string;
}

/** Answers pages. What is still to be read of a list is kept: it costs a reference per object, since objects never change. */
export function listing(objects: Objects): ListPages {
  const open = new Map<string, OpenList>();

  const pageOf = ({ rest, resourceVersion }: OpenList, limit = 0): Page => {
    if (limit <= 0 || rest.length <= limit) return { items: rest, resourceVersion };
    const token = randomUUID();
    const [oldest] = open.keys();
    if (oldest !== undefined && open.size >= MOST_OPEN) open.delete(oldest);
    open.set(token, { rest: rest.slice(limit), resourceVersion });
    return { items: rest.slice(0, limit), resourceVersion, continue: token, remaining: rest.length - limit };
  };

  return (resource, { namespace, limit, continue: token, ...selectors }) => {
    if (token !== undefined && token !== "") {
      const list = open.get(token);
      if (list === undefined)
        throw expired("The provided continue parameter is too old to display a consistent list result.");
      return pageOf(list, limit);
    }
    const rest = objects.list(resource, namespace).filter(matcherOf(resource, selectors));
    return pageOf({ rest, resourceVersion: String(objects.version) }, limit);
  };
}
