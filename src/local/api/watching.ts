/** Watches: what changed, as whoever asked with a selector sees it (Kubernetes API concepts, "Efficient detection of changes"). */
import type { WatchOptions } from "../../kube/index.ts";
import type { Change, Objects, StoredObject } from "./objects.ts";
import { badRequest, expired } from "./refusals.ts";
import type { Resource } from "./resources.ts";
import { type Matches, matcherOf } from "./selectors.ts";

export type ApiEvent =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: StoredObject }
  | { type: "BOOKMARK"; resourceVersion: string };

/**
 * Calls back with every event, in order and within the write that caused it, until the answered function is called.
 * What there is and what is past comes first, before this returns. Throws 410 when the version is too old.
 */
export function openWatch(
  { objects, resource }: { objects: Objects; resource: Resource },
  { namespace, resourceVersion, ...selectors }: WatchOptions,
  listener: (event: ApiEvent) => void,
): () => void {
  const isSelected = matcherOf(resource, selectors);
  const matches: Matches = (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) && isSelected(object);
  const after = versionOf(resourceVersion);
  if (after === undefined)
    for (const object of objects.list(resource, namespace))
      if (matches(object)) listener({ type: "ADDED", object });
  return objects.subscribe(resource, after ?? objects.version, (change) => {
    const event = eventOf(change, matches);
    if (event !== undefined) listener(event);
  });
}

/** Undefined for "whatever is there now". */
function versionOf(resourceVersion = "0"): number | undefined {
  if (resourceVersion === "" || resourceVersion === "0") return undefined;
  if (/^\d{1,15}$/.test(resourceVersion)) return Number(resourceVersion);
  throw badRequest(`invalid resource version ${JSON.stringify(resourceVersion)}`);
}

/** An object that comes to match a selector is new to whoever watches with it, and one that ceases to is gone. */
function eventOf({ object, previous, isRemoval }: Change, matches: Matches): ApiEvent | undefined {
  const was = previous !== undefined && matches(previous);
  const is = !isRemoval && matches(object);
  if (is) return { type: was ? "MODIFIED" : "ADDED", object };
  return was ? { type: "DELETED", object } : undefined;
}

/** Events a watcher in this process may leave unread; then no more are kept for it, and it has to list again. */
const MOST_UNREAD = 100_000;

/** The same as an iteration, which `closed` ends too. A bookmark precedes the end that `timeoutSeconds` sets. */
export async function* watchEvents(
  { objects, resource, closed }: { objects: Objects; resource: Resource; closed: AbortSignal },
  { signal, timeoutSeconds, ...options }: WatchOptions,
): AsyncGenerator<ApiEvent, void> {
  let unread: ApiEvent[] = [];
  let isOver = false;
  let wake = () => {};
  const end = () => {
    isOver = true;
    wake();
  };
  const stop = openWatch({ objects, resource }, options, (event) => {
    if (unread.length <= MOST_UNREAD) unread.push(event);
    wake();
  });
  const timer = timeoutSeconds === undefined ? undefined : setTimeout(end, timeoutSeconds * 1_000);
  const signals = signal === undefined ? [closed] : [closed, signal];
  for (const each of signals) each.addEventListener("abort", end);
  try {
    while (!signals.some(({ aborted }) => aborted)) {
      const events = unread;
      unread = [];
      if (events.length > MOST_UNREAD) throw expired("the watch was not read; list again");
      yield* events;
      if (unread.length > 0) continue;
      if (isOver) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (timer !== undefined && isOver) yield { type: "BOOKMARK", resourceVersion: String(objects.version) };
  } finally {
    stop();
    clearTimeout(timer);
    for (const each of signals) each.removeEventListener("abort", end);
  }
}
