import { SPAN_FLAGS } from "../../../../src/insight/answers/index.ts";
import { SILENCE_MS } from "../../shared/silence.ts";
import type { Trace } from "./trace.ts";

/** Whether any span of a trace is not over yet. */
export function isRunning({ flags }: Pick<Trace, "flags">): boolean {
  return flags.some((flag) => (flag & SPAN_FLAGS.provisional) !== 0);
}

/**
 * How long a trace is drawn, in milliseconds from its start: up to now while it runs and news of it comes, else up to the last
 * moment known of what is shown. An old dump of a run that never ended must not be drawn as months of running.
 */
export function extentOf(
  trace: Trace,
  { nowMs, isQuietShown }: { nowMs: number; isQuietShown: boolean },
): number {
  const sinceMs = nowMs - trace.originMs;
  const isFresh = sinceMs > trace.durationMs && sinceMs - trace.durationMs < SILENCE_MS;
  if (isFresh && isRunning(trace)) return sinceMs;
  return isQuietShown ? trace.durationMs : trace.loudMs;
}

/** Whether a trace ended so long ago that nothing more of it is expected. */
export function isSettled(trace: Trace, nowMs: number): boolean {
  return !isRunning(trace) && nowMs - trace.originMs - trace.durationMs > SILENCE_MS;
}
