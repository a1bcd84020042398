/**
 * Keeps something told of all objects of a kind: list, watch from there, and again whenever a watch ends.
 *
 *   list ──▶ watch ──(ended, cut off)──▶ pause ──▶ watch from the last version seen …
 *              └───(refused, e.g. 410)──▶ pause ──▶ list
 *
 * Nothing ends it but its signal. What goes wrong is reported, and tried again after a pause.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, isApiError, type KubeApi, type Selectors, type WatchEvent } from "./api.ts";
import { startBackOff } from "./back-off.ts";
import type { Kind } from "./kinds.ts";
import type { KubeObject, Stored } from "./object.ts";

export interface Reflection<T extends KubeObject> {
  api: KubeApi;
  kind: Kind<T>;
  selectors: Selectors;
  /** All there are; again whenever changes may have been missed. */
  onList: (objects: readonly Stored<T>[]) => void;
  /** The next one comes when this has settled. */
  onEvent: (event: Exclude<WatchEvent<T>, { type: "BOOKMARK" }>) => void | Promise<void>;
  onTrouble: (fault: unknown) => void;
  signal: AbortSignal;
}

/** client-go's page size: large enough to be quick, small enough for the server (tools/pager). */
const PAGE_SIZE = 500;
const FIRST_PAUSE_MILLIS = 50;
const MOST_PAUSE_MILLIS = 30_000;
/** A watch that lived so long was a good one: the next may start at once. */
const GOOD_WATCH_MILLIS = 5_000;

/** Tells of everything there is and every change of it, and keeps no copy. Settles some time after the signal. */
export async function reflect<T extends KubeObject>(reflection: Reflection<T>): Promise<void> {
  const { signal } = reflection;
  const backOff = startBackOff({ firstMillis: FIRST_PAUSE_MILLIS, mostMillis: MOST_PAUSE_MILLIS });
  let position: Position = { version: undefined };
  while (!signal.aborted) {
    const startedAt = performance.now();
    const round = await oneRound(reflection, position);
    position = round.position;
    const isGood = performance.now() - startedAt >= GOOD_WATCH_MILLIS;
    if (isGood || round.events > 0) backOff.reset();
    if (!isGood) await sleep(backOff.next(), undefined, { signal }).catch(() => {});
  }
}

/** The version everything is known of; undefined before the first list and when it is too old to go on from. */
interface Position {
  version: string | undefined;
}

interface Round {
  position: Position;
  /** Changes the watch delivered. */
  events: number;
}

/** A list where there is no position, and a watch until it ends in whatever way. */
async function oneRound<T extends KubeObject>(
  reflection: Reflection<T>,
  { version }: Position,
): Promise<Round> {
  const round: Round = { position: { version }, events: 0 };
  try {
    round.position.version ??= await listAll(reflection);
    await watchOnce(reflection, round);
  } catch (fault) {
    if (!isUnreachable(fault)) round.position.version = undefined;
    if (!isApiError(fault, 410) && !reflection.signal.aborted) reflection.onTrouble(fault);
  }
  return round;
}

/** The one fault that leaves the version good: whatever the server itself answered, it may answer for ever. */
function isUnreachable(fault: unknown): boolean {
  return isApiError(fault, 0) && fault.reason === "Unreachable";
}

async function watchOnce<T extends KubeObject>(reflection: Reflection<T>, round: Round): Promise<void> {
  const { api, kind, selectors, signal, onEvent } = reflection;
  const { position } = round;
  const watch = api.watch(kind, {
    ...selectors,
    resourceVersion: position.version,
    timeoutSeconds: 300 + Math.floor(Math.random() * 300),
    signal,
  });
  for await (const event of watch) {
    if (signal.aborted) return;
    if (event.type === "BOOKMARK") {
      position.version = event.resourceVersion;
      continue;
    }
    await onEvent(event);
    position.version = event.object.metadata.resourceVersion;
    round.events++;
  }
}

/** Everything there is, delivered at once; answers the version a watch goes on from. */
async function listAll<T extends KubeObject>(reflection: Reflection<T>): Promise<string> {
  const { objects, resourceVersion } = await listPages(reflection).catch((fault) => {
    // The pages of a list that takes too long expire; in one piece it cannot (API concepts, "410 Gone responses").
    if (isApiError(fault, 410)) return listPage(reflection, {});
    throw fault;
  });
  if (reflection.signal.aborted) throw new ApiError({ status: 0, reason: "Stopped", message: "stopped" });
  reflection.onList(objects);
  return resourceVersion;
}

interface Listed<T extends KubeObject> {
  objects: readonly Stored<T>[];
  resourceVersion: string;
  continue?: string;
}

async function listPages<T extends KubeObject>(reflection: Reflection<T>): Promise<Listed<T>> {
  const objects: Stored<T>[] = [];
  let next: string | undefined;
  let resourceVersion = "";
  do {
    const page = await listPage(reflection, { limit: PAGE_SIZE, continue: next });
    for (const object of page.objects) objects.push(object);
    resourceVersion = page.resourceVersion;
    next = page.continue;
  } while (next && !reflection.signal.aborted);
  return { objects, resourceVersion };
}

async function listPage<T extends KubeObject>(
  { api, kind, selectors }: Reflection<T>,
  page: { limit?: number; continue?: string },
): Promise<Listed<T>> {
  const { items, ...rest } = await api.list(kind, { ...selectors, ...page });
  return { objects: items, ...rest };
}
