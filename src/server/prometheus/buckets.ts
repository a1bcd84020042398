/**
 * Buckets of histograms that are added to each other although their bounds are others. A bucket goes where all of it fits:
 *
 *   sent   0   2   4   8        what lay between 2 and 4 is known to be at most 5, and not known to be
 *          | 1 | 3 | 2 |        at most 3: it counts from 5 on. A count is never too high.
 *   kept   0    3  5    10
 *          | 1  |3 |  2 |
 */
import type { ReceivedExponentialHistogramPoint } from "../../otlp/index.ts";
import type { Buckets } from "./family.ts";

/** More bounds are more lines in every scrape than anyone reads. */
const MOST_BOUNDS = 50;

/** For seconds: from a quick command to a long build. */
export const SECONDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200,
];

/** OpenTelemetry's own default, for anything ("Explicit Bucket Histogram Aggregation"). */
const ANY_UNIT: readonly number[] = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
];

/** Bounds to keep for histograms that come with these; exponential ones, and those with too many, get ours. */
export function boundsFor(sent: readonly number[] | undefined, unit: string): readonly number[] {
  if (sent !== undefined && sent.length <= MOST_BOUNDS && isAscending(sent)) return sent;
  return unit === "s" ? SECONDS : ANY_UNIT;
}

function isAscending(bounds: readonly number[]): boolean {
  return bounds.every(
    (bound, index) => Number.isFinite(bound) && !(bound <= (bounds[index - 1] ?? -Infinity)),
  );
}

/** The same measurements in buckets with other bounds. */
export function rebucket({ bounds: sent, counts }: Buckets, bounds: readonly number[]): number[] {
  if (isSame(sent, bounds) && counts.length === bounds.length + 1) return [...counts];
  const kept = new Array<number>(bounds.length + 1).fill(0);
  let place = 0;
  for (const [index, count] of counts.entries()) {
    const upper = sent[index] ?? Number.POSITIVE_INFINITY;
    while (place < bounds.length && !((bounds[place] ?? 0) >= upper)) place++;
    kept[place] = (kept[place] ?? 0) + count;
  }
  return kept;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]));
}

/** Buckets of an exponential histogram by their upper bounds (opentelemetry-proto, `ExponentialHistogramDataPoint`). */
export function exponentialBuckets(point: ReceivedExponentialHistogramPoint): Buckets {
  const { scale, zeroCount, zeroThreshold, positive, negative } = point;
  const bound = (index: number) => 2 ** (index * 2 ** -scale);
  const below = negative.bucketCounts.map(
    (count, index) => [-bound(negative.offset + index), count] as const,
  );
  const above = positive.bucketCounts.map(
    (count, index) => [bound(positive.offset + index + 1), count] as const,
  );
  const all = [...below.reverse(), [zeroThreshold, zeroCount] as const, ...above];
  return { bounds: all.map(([upper]) => upper), counts: [...all.map(([, count]) => Number(count)), 0] };
}
