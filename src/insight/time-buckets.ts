/** Time in buckets of one width, for counting what happened when. */
import type { Nanos } from "../tekton/index.ts";

/** Widths that people count in, in seconds. */
const WIDTHS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
].map((seconds) => BigInt(seconds) * 1_000_000_000n);

/** Buckets of one width, without gaps. */
export interface Layout {
  /** Numbers of the buckets, counted from the epoch; `end` is behind the last. */
  first: bigint;
  end: bigint;
  bucketNs: bigint;
}

/** The narrowest buckets that are few enough. They begin on whole minutes, hours or days, whichever they count. */
export function layOut({ sinceNs, untilNs, most }: { sinceNs: Nanos; untilNs: Nanos; most: number }): Layout {
  const covering = (bucketNs: bigint): Layout => ({
    first: sinceNs / bucketNs,
    end: max((untilNs + bucketNs - 1n) / bucketNs, sinceNs / bucketNs + 1n),
    bucketNs,
  });
  const isFewEnough = ({ first, end }: Layout) => end - first <= BigInt(most);
  let layout = WIDTHS.map(covering).find(isFewEnough) ?? covering(WIDTHS.at(-1) ?? 1n);
  while (!isFewEnough(layout)) layout = covering(layout.bucketNs * 2n);
  return layout;
}

/** Just behind the last thing that happened, so that it is still in the last bucket. */
export function endOfBuckets(lastNs: Nanos, sinceNs: Nanos): Nanos {
  return max(lastNs, sinceNs) + 1n;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
