import { runHistogram, timesOfRuns } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { RunsHistogramAnswer } from "./answers/index.ts";
import { question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";
import { resultWord } from "./run-row.ts";
import { endOfBuckets, type Layout, layOut } from "./time-buckets.ts";

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
    const untilNs = filters.untilNs ?? (times === undefined ? nowNs : endOfBuckets(times.lastNs, sinceNs));
    const span = layOut({ sinceNs, untilNs, most: given.count("buckets") });
    const counts = await store.select(runHistogram(filters, span.bucketNs));
    return fill(span, counts);
  },
});

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
