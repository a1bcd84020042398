import type { Nanos } from "../tekton/index.ts";

const WEEK_NS = 7n * 86_400_000_000_000n;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const MONDAY_OFFSET_NS = 3n * 86_400_000_000_000n;

/** Days after this have no number in the engine's `Date`; a clock that says so is wrong. */
export const LATEST_NS: Nanos = 4_102_444_800_000_000_000n; // 2100-01-01

/** Number of the week a time lies in. Tables are partitioned by week. */
export function weekOf(timeNs: Nanos): number {
  return Number((timeNs + MONDAY_OFFSET_NS) / WEEK_NS);
}

/** Why a time cannot be stored; undefined when it can. */
export function timeFault(timeNs: Nanos): string | undefined {
  if (timeNs < 0n) return "its time is before 1970";
  return timeNs >= LATEST_NS ? "its time is after 2099" : undefined;
}
