import { runHistogram, timesOfRuns } from "../store/index.ts";
import { formatTime, type Nanos } from "../tekton/index.ts";
import type { RunsHistogramAnswer } from "./answers.ts";
import { question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";
import { resultWord } from "./run-row.ts";

/** How many runs started when, by result. */
export const RUNS_HISTOGRAM = question<RunsHistogramAnswer>({
  name: "runsHistogram",
  path: "runs/histogram",
  summary: "How many runs started when, by result",
  answerName: "RunsHistogramAnswer",
  parameters: [
    ...RUN_FILTERS,
    { name: "buckets", kind: "count", default: "60", most: 500, description: "how many at most" },
  ],
  async answer({ store, nowNs }, given) {
    const filters = runFilters(given);
    const [times] = await store.select(timesOfRuns(filters));
    const sinceNs = filters.sinceNs ?? times?.firstNs ?? nowNs;
    // A run that starts at the very end is still in the last bucket.
    const untilNs = filters.untilNs ?? (times === undefined ? nowNs : max(times.lastNs, sinceNs) + 1n);
    const span = layOut({ sinceNs, untilNs, most: given.count("buckets") });
    const counts = await store.select(runHistogram(filters, span.bucketNs));
    return fill(span, counts);
  },
});

/** Widths that people count in, in seconds. */
const WIDTHS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
].map((seconds) => BigInt(seconds) * 1_000_000_000n);

interface Layout {
  /** Numbers of the buckets, counted from the epoch; `end` is behind the last. */
  first: bigint;
  end: bigint;
  bucketNs: bigint;
}

/** The narrowest buckets that are few enough. They begin on whole minutes, hours or days, whichever they count. */
function layOut({ sinceNs, untilNs, most }: { sinceNs: Nanos; untilNs: Nanos; most: number }): Layout {
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

function fill(
  { first, end, bucketNs }: Layout,
  counts: readonly { bucket: number; result: string; runs: number }[],
): RunsHistogramAnswer {
  const buckets: RunsHistogramAnswer["buckets"] = Array.from({ length: Number(end - first) }, (_, index) => ({
    startTime: formatTime((first + BigInt(index)) * bucketNs),
    counts: {},
  }));
  for (const { bucket, result, runs } of counts) {
    const at = buckets[bucket - Number(first)];
    const word = resultWord(result);
    if (at !== undefined) at.counts[word] = (at.counts[word] ?? 0) + runs;
  }
  return {
    since: formatTime(first * bucketNs),
    until: formatTime(end * bucketNs),
    bucketMs: Number(bucketNs / 1_000_000n),
    buckets,
  };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
