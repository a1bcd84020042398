import { formatTime, type Nanos } from "../tekton/index.ts";
import type { LooseAttributes } from "./attributes.ts";

/**
 * When something happened, as the trace shows it.
 *
 * Kubernetes truncates times to the second and several clocks write them, so what the objects say may
 * lie outside its parent or end before it starts. The interval is moved into its parent for display;
 * what the objects said is kept beside it.
 */
export interface Interval {
  startNs: Nanos;
  endNs: Nanos;
  /** Not over yet: `endNs` is the last moment the input knows of. */
  open: boolean;
  /** What the objects said, where that is something else. */
  rawStartNs?: Nanos;
  rawEndNs?: Nanos;
  /** No time at all is known: the interval stands where it does for lack of a better place. */
  unknown?: boolean;
}

export interface Times {
  startNs?: Nanos;
  endNs?: Nanos;
}

/**
 * Moves times into an outer interval. A missing start is the outer start. A missing end is the outer end, and
 * open where the outer one is: inside something that is over, everything is over.
 */
export function placeWithin(outer: Interval, { startNs, endNs }: Times): Interval {
  const start = clamp(startNs ?? outer.startNs, outer);
  const end = clamp(endNs ?? outer.endNs, outer);
  const placed: Interval = {
    startNs: start,
    endNs: end < start ? start : end,
    open: endNs === undefined && outer.open,
  };
  if (startNs !== undefined && placed.startNs !== startNs) placed.rawStartNs = startNs;
  if (endNs !== undefined && placed.endNs !== endNs) placed.rawEndNs = endNs;
  return placed;
}

/** A moment without length, for what is known to be but not when. */
export function momentWithin(outer: Interval, atNs: Nanos): Interval {
  const moment = clamp(atNs, outer);
  return { startNs: moment, endNs: moment, open: false };
}

/** Something that is done has an end, even where no object says when. */
export function closedWhenDone(interval: Interval, { result }: { result?: unknown }): Interval {
  return result === undefined ? interval : { ...interval, open: false };
}

export function clamp(time: Nanos, { startNs, endNs }: { startNs: Nanos; endNs: Nanos }): Nanos {
  if (time < startNs) return startNs;
  return time > endNs ? endNs : time;
}

const SECOND = 1_000_000_000n;

/** What a span says about how well its times are known. */
export function timeAttributes(interval: Interval): LooseAttributes {
  const { rawStartNs, rawEndNs } = interval;
  return {
    "throughline.time.resolution": resolutionOf(interval),
    "throughline.provisional": interval.open || undefined,
    "tekton.raw.start_time": rawStartNs === undefined ? undefined : formatTime(rawStartNs),
    "tekton.raw.end_time": rawEndNs === undefined ? undefined : formatTime(rawEndNs),
  };
}

function resolutionOf({ startNs, endNs, unknown }: Interval): string | undefined {
  if (unknown) return "unknown";
  return startNs % SECOND === 0n || endNs % SECOND === 0n ? "s" : undefined;
}

export function earliest(times: Iterable<Nanos | undefined>): Nanos | undefined {
  let found: Nanos | undefined;
  for (const time of times) if (time !== undefined && (found === undefined || time < found)) found = time;
  return found;
}

export function latest(times: Iterable<Nanos | undefined>): Nanos | undefined {
  let found: Nanos | undefined;
  for (const time of times) if (time !== undefined && (found === undefined || time > found)) found = time;
  return found;
}
