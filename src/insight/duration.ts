import type { Nanos } from "../tekton/index.ts";

const SECOND = 1_000_000_000n;

/** A duration as people say it, with two units at most: `7m 12s`, `3.2s`, `450ms`, `1h 05m`. */
export function formatDuration(nanos: Nanos): string {
  if (nanos === 0n) return "0s";
  if (nanos < SECOND) return nanos < 1_000_000n ? "<1ms" : `${nanos / 1_000_000n}ms`;
  if (nanos < 10n * SECOND && nanos % SECOND !== 0n) return `${(Number(nanos) / 1e9).toFixed(1)}s`;
  const seconds = (nanos + SECOND / 2n) / SECOND;
  if (seconds < 60n) return `${seconds}s`;
  if (seconds < 3600n) return `${seconds / 60n}m ${two(seconds % 60n)}s`;
  if (seconds < 86_400n) return `${seconds / 3600n}h ${two((seconds % 3600n) / 60n)}m`;
  return `${seconds / 86_400n}d ${two((seconds % 86_400n) / 3600n)}h`;
}

function two(value: bigint): string {
  return value.toString().padStart(2, "0");
}

/** Milliseconds for an answer, to the microsecond. */
export function toMillis(nanos: bigint | number): number {
  return typeof nanos === "bigint" ? Number(nanos / 1000n) / 1000 : Math.round(nanos / 1000) / 1000;
}
