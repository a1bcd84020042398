/**
 * Percentiles of a histogram. Where in its bucket a measurement lies nobody knows; they are taken to lie evenly:
 *
 *   bounds  0        10        30
 *           |  2     |    6    |      half of 8 is 4: two of the six above 10, so 10 + 20 × 2/6
 *                         ↑
 */
import type { MeasuredDurations } from "../store/index.ts";
import type { MeasuredDuration } from "./answers/index.ts";
import { groupBy } from "./groups.ts";

type Histogram = Omit<MeasuredDurations, "bucket">;

/** All measurements together; undefined where there are none. */
export function measuredDuration(histograms: readonly Histogram[]): MeasuredDuration | undefined {
  const count = total(histograms, (each) => each.count);
  if (count === 0) return undefined;
  const whole = heaviest(histograms);
  return {
    count,
    sumMs: total(histograms, (each) => each.sumMs),
    ...(whole.boundsMs.length === 0
      ? {}
      : { p50Ms: percentileOf(whole, 0.5), p95Ms: percentileOf(whole, 0.95) }),
  };
}

function total(histograms: readonly Histogram[], numberOf: (each: Histogram) => number): number {
  const sum = histograms.reduce((before, each) => before + numberOf(each), 0);
  return Number.isFinite(sum) ? sum : 0;
}

/** Of the histograms that can be added to each other, those that counted most. Exponential ones all can. */
function heaviest(histograms: readonly Histogram[]): Histogram {
  const groups = groupBy(histograms, (each) => (each.isExponential ? "" : each.boundsMs.join()));
  const merged = [...groups.values()].map(merge).sort((a, b) => b.count - a.count);
  const [first] = merged;
  if (first === undefined) throw new Error("there are no histograms");
  return first;
}

function merge(histograms: readonly Histogram[]): Histogram {
  const counts = new Map<number, number>();
  for (const { boundsMs, counts: each } of histograms) {
    const bounds = [...boundsMs, Number.POSITIVE_INFINITY];
    for (const [index, bound] of bounds.entries())
      counts.set(bound, (counts.get(bound) ?? 0) + (each[index] ?? 0));
  }
  const bounds = [...counts.keys()].sort((a, b) => a - b);
  const told = (values: number[]) => values.filter(Number.isFinite);
  return {
    isExponential: histograms.some(({ isExponential }) => isExponential),
    count: total(histograms, (each) => each.count),
    sumMs: total(histograms, (each) => each.sumMs),
    minMs: Math.min(...told(histograms.map(({ minMs }) => minMs))),
    maxMs: Math.max(...told(histograms.map(({ maxMs }) => maxMs))),
    boundsMs: bounds.slice(0, -1),
    counts: bounds.map((bound) => counts.get(bound) ?? 0),
  };
}

/** Never outside of the smallest and the largest that were measured, as far as they are told. */
function percentileOf(histogram: Histogram, share: number): number {
  const { minMs, maxMs } = histogram;
  const within = interpolated(histogram, share);
  if (minMs > maxMs) return within;
  return Math.min(Math.max(within, minMs), maxMs);
}

function interpolated({ boundsMs, counts }: Histogram, share: number): number {
  const rank = share * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [index, upper] of boundsMs.entries()) {
    const count = counts[index] ?? 0;
    const lower = boundsMs[index - 1] ?? Math.min(0, upper);
    if (count > 0 && below + count >= rank) return lower + ((upper - lower) * (rank - below)) / count;
    below += count;
  }
  return boundsMs.at(-1) ?? 0;
}
