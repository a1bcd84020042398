/** Durations as Go writes them, e.g. `1h0m0s` (Go package time). */
import { parseGoDuration } from "../../tekton/index.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NANOS_PER_MILLI = 1e6;

/** Milliseconds of a Go duration, with a fraction below; negative ones too. Anything else is `undefined`. */
export function goDurationMillis(text: string): number | undefined {
  const isNegative = text.startsWith("-");
  const size = text.replace(/^[+-]/, "");
  if (size === "0") return 0;
  const nanos = parseGoDuration(size);
  if (nanos === undefined) return undefined;
  const millis = Number(nanos) / NANOS_PER_MILLI;
  return isNegative ? -millis : millis;
}

/** As Go prints it (time.Duration.String): from hours down to seconds, or one of the smaller units. */
export function formatGoDuration(millis: number): string {
  if (millis < 0) return `-${formatGoDuration(-millis)}`;
  if (millis === 0) return "0s";
  const nanos = Math.round(millis * NANOS_PER_MILLI);
  if (nanos < 1e3) return `${nanos}ns`;
  if (nanos < 1e6) return `${nanos / 1e3}µs`;
  if (millis < SECOND) return `${nanos / 1e6}ms`;
  const hours = Math.floor(millis / HOUR);
  const minutes = Math.floor((millis % HOUR) / MINUTE);
  const seconds = `${Math.round((millis % MINUTE) * NANOS_PER_MILLI) / 1e9}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
