/**
 * Times of a span in nanoseconds since 1970. Durations come from the monotonic clock, so that a clock that is set meanwhile
 * does not bend them; the date is read once, as late as it is needed.
 */
export interface Stopwatch {
  /** When {@link startStopwatch} was called. */
  startNs: bigint;
  /** When this is called. */
  endNs: bigint;
}

/** Starts to measure; what it answers reads both ends. */
export function startStopwatch(): () => Stopwatch {
  const started = process.hrtime.bigint();
  return () => {
    const tookNs = process.hrtime.bigint() - started;
    // Microseconds fit a number exactly until the year 2255.
    const endNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
    return { startNs: endNs - tookNs, endNs };
  };
}
