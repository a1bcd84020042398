/** Timeouts of PipelineRuns (docs/pipelineruns.md, "Configuring a failure timeout"). Durations are Go's, well formed by now. */
import { DEFAULT_CONFIG } from "../config.ts";
import { formatGoDuration, goDurationMillis } from "../spec/index.ts";
import type { PipelineRunSpec } from "../types/index.ts";
import { invalidValue, type Problems } from "./problem.ts";

type Timeouts = NonNullable<PipelineRunSpec["timeouts"]>;

/** A timeout of this means none. */
const UNLIMITED = 0;

/** `path` is that of the field with the timeouts. */
export function checkTimeouts(timeouts: Timeouts, path: string): Problems {
  return [
    ...(["tasks", "finally", "pipeline"] as const).flatMap((field) =>
      checkNotNegative(timeouts[field], `${path}.${field}`),
    ),
    ...checkParts(timeouts, path),
  ];
}

/** A duration that is not negative, if any. */
export function checkNotNegative(duration: string | undefined, path: string): Problems {
  const millis = goDurationMillis(duration ?? "") ?? 0;
  return millis < 0 ? [invalidValue(`${formatGoDuration(millis)} should be >= 0`, path)] : [];
}

function checkParts(timeouts: Timeouts, path: string): Problems {
  const whole = millisOf(timeouts.pipeline) ?? DEFAULT_CONFIG.defaultTimeoutMillis;
  if (whole === UNLIMITED) return [];
  const { tasks, finally: final } = { tasks: millisOf(timeouts.tasks), finally: millisOf(timeouts.finally) };
  const rule = "should be <= pipeline duration";
  const single = Object.entries({ tasks, finally: final }).flatMap(([field, millis]) => {
    if (millis === undefined || (millis !== UNLIMITED && millis <= whole)) return [];
    const text = formatGoDuration(millis) + (millis === UNLIMITED ? " (no timeout)" : "");
    return [invalidValue(`${text} ${rule}`, `${path}.${field}`)];
  });
  if (tasks === undefined || final === undefined || tasks + final <= whole) return single;
  const sum = `${formatGoDuration(tasks)} + ${formatGoDuration(final)} ${rule}`;
  return [...single, invalidValue(sum, `${path}.tasks`), invalidValue(sum, `${path}.finally`)];
}

function millisOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : goDurationMillis(duration);
}

/** The timeout a run gives one of its tasks fits into what the tasks have. */
export function checkTaskTimeout(
  timeout: string | undefined,
  { timeouts, path }: { timeouts: Timeouts; path: string },
): Problems {
  const millis = millisOf(timeout);
  if (millis === undefined) return [];
  if (millis < 0) return checkNotNegative(timeout, path);
  const [words, limit] = limitOfTasks(timeouts);
  if (limit === UNLIMITED || millis <= limit) return [];
  const rule = `should be <= ${words} ${formatGoDuration(limit)}`;
  return [invalidValue(`${formatGoDuration(millis)} ${rule}`, path)];
}

function limitOfTasks({ tasks, pipeline }: Timeouts): [words: string, millis: number] {
  const [ofTasks, ofPipeline] = [millisOf(tasks), millisOf(pipeline)];
  if (ofTasks !== undefined) return ["pipeline tasks duration", ofTasks];
  if (ofPipeline !== undefined) return ["pipeline duration", ofPipeline];
  return ["default pipeline duration", DEFAULT_CONFIG.defaultTimeoutMillis];
}
