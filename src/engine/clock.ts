import { formatTime, type Nanos } from "../tekton/index.ts";

/** Wall-clock time. An argument everywhere, so that tests decide what time it is. */
export interface Clock {
  /** Nanoseconds since the epoch, good to the microsecond. Does not go back within a process. */
  now(): Nanos;
}

const NANOS_PER_MICRO = 1_000n;
const ORIGIN_NS = BigInt(Math.round(performance.timeOrigin * 1_000_000));

export const systemClock: Clock = {
  now: () => ORIGIN_NS + BigInt(Math.round(performance.now() * 1_000)) * NANOS_PER_MICRO,
};

/**
 * A time as it is written into objects: RFC 3339 to the microsecond, as `MicroTime` has it (apimachinery, meta/v1). Real
 * clusters write whole seconds; clients read both, and a task of a laptop run may take no more than milliseconds.
 */
export function timestamp(time: Nanos): string {
  return formatTime(time - (time % NANOS_PER_MICRO));
}
