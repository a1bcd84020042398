/** How long a run, its tasks and its `finally` may take (docs/pipelineruns.md, "Configuring a failure timeout"). */
import { type Nanos, parseTime } from "../../tekton/index.ts";
import { goDurationMillis } from "../spec/index.ts";
import type { PipelineRunSpec, PipelineRunStatus } from "../types/index.ts";

/** In milliseconds; absent is without limit. */
export interface Limits {
  pipeline?: number;
  tasks?: number;
  finally?: number;
}

export interface TimePassed {
  limits: Limits;
  /** In milliseconds, since the run started, and since its `finally` did. */
  sinceStart: number;
  sinceFinally?: number;
}

const NANOS_PER_MILLI = 1_000_000;

/** Of `tasks` and `finally`, one that is not given gets what the other leaves of the whole. "0" is no limit. */
export function limitsOf(
  { timeouts = {} }: Pick<PipelineRunSpec, "timeouts">,
  { defaultTimeoutMillis }: { defaultTimeoutMillis: number },
): Limits {
  const pipeline = millis(timeouts.pipeline) ?? defaultTimeoutMillis;
  const [tasks, final] = [millis(timeouts.tasks), millis(timeouts.finally)];
  return {
    ...limited("pipeline", pipeline),
    ...limited("tasks", tasks ?? rest(pipeline, final)),
    ...limited("finally", final ?? rest(pipeline, tasks)),
  };
}

export function timePassed(
  { startTime, finallyStartTime }: PipelineRunStatus,
  { limits, now }: { limits: Limits; now: Nanos },
): TimePassed {
  const sinceFinally = millisSince(finallyStartTime, now);
  return {
    limits,
    sinceStart: millisSince(startTime, now) ?? 0,
    ...(sinceFinally !== undefined && { sinceFinally }),
  };
}

/** Whose time is up. That of the tasks stands still once `finally` has begun. */
export function reachedLimits({ limits, sinceStart, sinceFinally }: TimePassed): {
  pipeline: boolean;
  tasks: boolean;
  finally: boolean;
} {
  return {
    pipeline: isOver(sinceStart, limits.pipeline),
    tasks: isOver(sinceStart - (sinceFinally ?? 0), limits.tasks),
    finally: isOver(sinceFinally ?? 0, limits.finally),
  };
}

/** Milliseconds until the next limit is passed; undefined when none is ahead. */
export function nextLimitMillis({ limits, sinceStart, sinceFinally }: TimePassed): number | undefined {
  const ahead = [
    remaining(sinceStart, limits.pipeline),
    sinceFinally === undefined
      ? remaining(sinceStart, limits.tasks)
      : remaining(sinceFinally, limits.finally),
  ].filter((each) => each !== undefined);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function millis(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : goDurationMillis(duration);
}

function rest(pipeline: number, other: number | undefined): number | undefined {
  return other === undefined || other === 0 || pipeline === 0 ? undefined : pipeline - other;
}

function limited(name: keyof Limits, limit: number | undefined): Limits {
  return limit === undefined || limit === 0 ? {} : { [name]: limit };
}

function millisSince(time: string | undefined, now: Nanos): number | undefined {
  const start = time === undefined ? undefined : parseTime(time);
  return start === undefined ? undefined : Number(now - start) / NANOS_PER_MILLI;
}

function isOver(elapsed: number, limit: number | undefined): boolean {
  return limit !== undefined && elapsed > limit;
}

/** One more than the rest, since a limit is only passed after it. */
function remaining(elapsed: number, limit: number | undefined): number | undefined {
  return limit === undefined || elapsed > limit ? undefined : Math.ceil(limit - elapsed) + 1;
}
