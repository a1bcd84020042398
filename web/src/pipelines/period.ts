import type { Filters } from "../filters/filters.ts";

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Up to here a trend is read by the hour, in milliseconds: 72 points. */
const BY_HOUR = 72 * 3_600_000;

/** By what the trend of a period is counted: hours while that are not too many, else days. */
export function trendBucket({ since, until }: Filters, now: number): "hour" | "day" {
  if (since === undefined) return "day";
  const end = until === undefined ? now : moment(until, now);
  return end - moment(since, now) <= BY_HOUR ? "hour" : "day";
}

/** A time as the API takes it, RFC 3339 or a duration back from now (`7d`, `1h30m`), in milliseconds; not a number where it is neither. */
function moment(text: string, now: number): number {
  const back = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text);
  if (!back) return Date.parse(text);
  let passed = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h|d)/g))
    passed += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return now - passed;
}
