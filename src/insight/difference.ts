/**
 * By how much two groups of durations differ, and whether that could be chance.
 *
 * Of each group only a few order statistics are needed: the median, and the values `rank` places from either end. How far those
 * two lie apart tells how uncertain the median is, without any assumption on the shape of the durations; of two groups the
 * variances add up (Price and Bonett, "Distribution-free confidence intervals for difference and ratio of medians", 2002).
 * So the engine sorts, all runs count, and there is nothing random in the answer.
 *
 * Several comparisons at once: of twenty tasks that did not change, one would be "significant" at 95 %. The intervals of
 * tasks are therefore wider (Bonferroni): with 95 % confidence all of them hold. Holm's procedure finds slightly more,
 * but has no intervals to show.
 */
import type { GroupSummary } from "../store/index.ts";
import type { Difference } from "./answers/index.ts";
import { toMillis } from "./duration.ts";
import { coinShare, normalQuantile } from "./statistics.ts";

const CONFIDENCE = 0.95;

/** Of fewer, not even the extremes enclose the median with 95 % confidence: the chance of a miss is 2 × 0.5⁵. */
const FEWEST = 6;

/** Kubernetes tells whole seconds: the median of such durations may be off by half of one. */
const COARSE_NS = 0.5e9;

/** Compares two groups; `comparisons` is how many of the kind the answer has. */
export function differenceOf(
  { a, b }: { a: GroupSummary | undefined; b: GroupSummary | undefined },
  comparisons = 1,
): Difference {
  const { changeNs, lowNs, highNs } = intervalOf({ a, b }, comparisons);
  return {
    a: sideOf(a),
    b: sideOf(b),
    changeMs: toMillis(changeNs),
    lowMs: toMillis(lowNs),
    highMs: toMillis(highNs),
    isSignificant: lowNs > 0 || highNs < 0,
  };
}

interface Interval {
  changeNs: number;
  lowNs: number;
  highNs: number;
}

const NOTHING_KNOWN: Interval = { changeNs: 0, lowNs: 0, highNs: 0 };

function intervalOf(
  { a, b }: { a: GroupSummary | undefined; b: GroupSummary | undefined },
  comparisons: number,
): Interval {
  if (a === undefined || b === undefined || a.timed === 0 || b.timed === 0) return NOTHING_KNOWN;
  const changeNs = b.p50Ns - a.p50Ns;
  if (a.timed < FEWEST || b.timed < FEWEST) return { changeNs, ...widest(a, b) };
  const deviations = normalQuantile(1 - (1 - CONFIDENCE) / (2 * comparisons));
  const noiseNs = deviations * Math.sqrt(medianVariance(a) + medianVariance(b));
  const halfNs = noiseNs + coarseness(a) + coarseness(b);
  return { changeNs, lowNs: changeNs - halfNs, highNs: changeNs + halfNs };
}

/** Of too few values: anything between the extremes, and no change at all. */
function widest(a: GroupSummary, b: GroupSummary): Pick<Interval, "lowNs" | "highNs"> {
  return {
    lowNs: Math.min(0, Number(b.minNs - a.maxNs)),
    highNs: Math.max(0, Number(b.maxNs - a.minNs)),
  };
}

function medianVariance({ timed, belowNs, aboveNs }: GroupSummary): number {
  const deviations = normalQuantile(1 - coinShare(medianRank(timed) - 1, timed));
  return (Number(aboveNs - belowNs) / (2 * deviations)) ** 2;
}

/** How many places from either end the two values lie that tell how uncertain a median of so many is. */
export function medianRank(count: number): number {
  return Math.max(1, Math.floor((count + 1) / 2 - Math.sqrt(count)));
}

function coarseness({ isCoarse }: GroupSummary): number {
  return isCoarse ? COARSE_NS : 0;
}

function sideOf(group: GroupSummary | undefined): Difference["a"] {
  if (group === undefined || group.ran === 0) return { runs: 0, p50Ms: 0, p95Ms: 0, failureRate: 0 };
  return {
    runs: group.ran,
    p50Ms: toMillis(group.p50Ns),
    p95Ms: toMillis(group.p95Ns),
    failureRate: group.failed / group.ran,
  };
}
