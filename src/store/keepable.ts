/** Which items of a request can be stored. */
import type { Nanos } from "../tekton/index.ts";
import { timeFault, weekOf } from "./times.ts";

/**
 * The engine refuses an insert into more than 100 partitions, which are weeks. A request may have half of them, and a batch
 * that has as many takes no further request.
 */
export const MAX_WEEKS_OF_REQUEST = 50;

/** What is kept of a request, and why the rest is not: the reason of the first. */
export interface Kept<Item> {
  items: Item[];
  weeks: Set<number>;
  rejected: number;
  reason: string;
}

/**
 * Leaves out what lies at a time that cannot be stored, what would spread one request over too many weeks, and what has
 * a fault of another sort.
 */
export function keepable<Item>(
  items: readonly Item[],
  timeOf: (item: Item) => Nanos,
  faultOf: (item: Item) => string | undefined = () => undefined,
): Kept<Item> {
  const kept: Kept<Item> = { items: [], weeks: new Set(), rejected: 0, reason: "" };
  for (const item of items) {
    const timeNs = timeOf(item);
    const fault = faultOf(item) ?? timeFault(timeNs) ?? admitWeek(kept.weeks, weekOf(timeNs));
    if (fault === undefined) {
      kept.items.push(item);
      continue;
    }
    kept.rejected++;
    kept.reason ||= fault;
  }
  return kept;
}

function admitWeek(weeks: Set<number>, week: number): string | undefined {
  if (weeks.has(week)) return undefined;
  if (weeks.size >= MAX_WEEKS_OF_REQUEST) return `one request covers more than ${MAX_WEEKS_OF_REQUEST} weeks`;
  weeks.add(week);
  return undefined;
}
