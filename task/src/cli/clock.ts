/**
 * Times of a span. The clock that measures them is the monotonic one, so that a date that is set meanwhile does not bend
 * durations; only the date on which this process began is taken from the other.
 */

/** Two readings of the monotonic clock, in nanoseconds. */
export interface Ticks {
  startTick: bigint;
  endTick: bigint;
}

/** Starts to measure; what it answers gives both ends. */
export function startStopwatch(): () => Ticks {
  const startTick = process.hrtime.bigint();
  return () => ({ startTick, endTick: process.hrtime.bigint() });
}

/** Has Node load what {@link datesOf} needs, for whoever has time now and none then. */
export function loadDates(): void {
  performance.now();
}

/** The same in nanoseconds since 1970. */
export function datesOf({ startTick, endTick }: Ticks): { startNs: bigint; endNs: bigint } {
  // Microseconds fit a number exactly until the year 2255.
  const nowNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  const offset = nowNs - process.hrtime.bigint();
  return { startNs: startTick + offset, endNs: endTick + offset };
}
