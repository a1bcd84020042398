/** Numbers of answers as people read them. */
import { formatDuration, type ResultWord } from "../insight/index.ts";
import { glyphOf, type Mark } from "./result-marks.ts";

/** Of milliseconds. */
export function duration(millis: number): string {
  return formatDuration(BigInt(Math.round(millis * 1e6)));
}

/** With its sign. */
export function change(millis: number): string {
  if (millis === 0) return "0s";
  return `${millis > 0 ? "+" : "−"}${duration(Math.abs(millis))}`;
}

/** `7.5%`; nothing where it is none. */
export function percent(share: number): string {
  if (share === 0) return "";
  return share < 0.0005 ? "<0.1%" : `${(share * 100).toFixed(1)}%`;
}

export function markOf(result: ResultWord): Mark {
  return result === "running" ? glyphOf(undefined, false) : glyphOf(result, true);
}

/** `2026-11-20 08:15` of an RFC 3339 time. */
export function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

const NO_FILTERS = new Set(["sort", "order", "limit", "after"]);

/** What to do where nothing was found. */
export function nothingFound(parameters: Readonly<Record<string, string>>): string[] {
  const filters = Object.keys(parameters).filter((name) => !NO_FILTERS.has(name));
  return filters.length === 0
    ? ["no runs yet; bring some in with: throughline import FILE"]
    : [`no runs match; try without ${filters.map((name) => `--${name}`).join(", ")}`];
}
