import type { Difference } from "../../../src/insight/answers/index.ts";
import { niceDuration } from "../shared/duration-scale.ts";
import { formatDuration } from "../shared/format.ts";

/** What a difference amounts to. `alone` is one that has no other side. */
export type Verdict = "longer" | "shorter" | "noise" | "alone";

/** What a difference amounts to, going from a to b. */
export function verdictOf({ a, b, changeMs, isSignificant }: Difference): Verdict {
  if (a.runs === 0 || b.runs === 0) return "alone";
  if (!isSignificant) return "noise";
  return changeMs > 0 ? "longer" : "shorter";
}

/** What a change of one task from one run to another amounts to; what people do not notice is noise. */
export function verdictOfChange(changeMs: number | undefined): Verdict {
  if (changeMs === undefined) return "alone";
  if (Math.abs(changeMs) < 1) return "noise";
  return changeMs > 0 ? "longer" : "shorter";
}

/** The comparison of all runs in a sentence: `dev takes 1m 01s longer than main (40s to 1m 22s, with 95 % confidence).` */
export function verdictSentence(difference: Difference, { a, b }: { a: string; b: string }): string {
  const { changeMs, lowMs, highMs } = difference;
  const verdict = verdictOf(difference);
  if (verdict === "alone")
    return `There is nothing to compare: ${difference.a.runs === 0 ? a : b} has no runs that are over.`;
  if (verdict === "noise") return `${b} and ${a} do not differ by more than chance explains.`;
  const [from, to] = changeMs > 0 ? [lowMs, highMs] : [-highMs, -lowMs];
  const amount = `${formatDuration(Math.abs(changeMs))} ${changeMs > 0 ? "longer" : "less"}`;
  return `${b} takes ${amount} than ${a} (${formatDuration(from)} to ${formatDuration(to)}, with 95 % confidence).`;
}

/** Half the width of a scale around zero on which all intervals find room, in milliseconds. */
export function intervalScale(differences: readonly Difference[]): number {
  const ends = differences
    .filter((difference) => verdictOf(difference) !== "alone")
    .flatMap(({ changeMs, lowMs, highMs }) => [changeMs, lowMs, highMs].map(Math.abs));
  return niceDuration(Math.max(1, ...ends));
}

/** Where a change lies on the scale from −`scaleMs` to `scaleMs`, from 0 to 1. */
export function placeOnInterval(milliseconds: number, scaleMs: number): number {
  return Math.min(1, Math.max(0, (milliseconds / scaleMs + 1) / 2));
}
