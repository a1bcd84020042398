/**
 * Time in which nothing that a run is for was at work.
 *
 * A task waits until its first step starts, and again from the end of an attempt to the first step of the next:
 *
 *   task      |-------------------------------------------|
 *   attempts  |------1------|     |-----------2-----------|
 *   steps            |==||==|           |=====|  |=====|
 *   wait      |~~~~~~|      |~~~~~~~~~~~|
 *
 * A run waits where its critical path does; what waits beside it delays nobody.
 */
import type { Nanos } from "../tekton/index.ts";
import type { PathCause, PathPart } from "./critical-path.ts";
import { clamp, earliest } from "./interval.ts";
import type { AttemptTimeline, TaskTimeline } from "./timeline.ts";

/** Nanoseconds of an attempt before its first step; `undefined` where nothing is known of its inside. */
export function waitOfAttempt({ interval, steps, phases }: AttemptTimeline): Nanos | undefined {
  if (steps.length === 0 && phases.length === 0) return undefined;
  const begun = steps.filter((step) => !step.neverStarted).map((step) => step.interval.startNs);
  return (earliest(begun) ?? interval.endNs) - interval.startNs;
}

/**
 * Nanoseconds a task waited, over all attempts and between them; of a CustomRun, until its controller took it up.
 * `undefined` where nothing is known of the inside of one of its attempts.
 */
export function waitOfTask(task: TaskTimeline): Nanos | undefined {
  const { interval, attempts, takenUpNs } = task;
  if (attempts.length === 0) {
    return takenUpNs === undefined ? undefined : clamp(takenUpNs, interval) - interval.startNs;
  }
  let waitNs = interval.endNs - interval.startNs;
  let cursor = interval.startNs;
  for (const attempt of attempts) {
    const attemptWaitNs = waitOfAttempt(attempt);
    if (attemptWaitNs === undefined) return undefined;
    // Attempts of an edited dump may overlap: no moment is taken off twice.
    const from = clamp(attempt.interval.startNs + attemptWaitNs, { startNs: cursor, endNs: interval.endNs });
    cursor = clamp(attempt.interval.endNs, { startNs: from, endNs: interval.endNs });
    waitNs -= cursor - from;
  }
  return waitNs;
}

const WAITING: ReadonlySet<PathCause> = new Set(["schedule", "pull", "init", "queue", "controller", "start"]);

/** Nanoseconds of a critical path on which a run waited: for a controller, a node, an image, a Pod. */
export function waitOfPath(parts: readonly PathPart[]): Nanos {
  let waitNs = 0n;
  for (const { cause, startNs, endNs } of parts) if (WAITING.has(cause)) waitNs += endNs - startNs;
  return waitNs;
}
