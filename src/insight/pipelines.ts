import { pipelineSummaries, trendPoints } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { PipelinesAnswer, TrendAnswer } from "./answers/index.ts";
import { changePoints } from "./change-points.ts";
import { toMillis } from "./duration.ts";
import { question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";
import { resultWord } from "./run-row.ts";

/** What a series over time may have a point for. */
export const BUCKETS = ["hour", "day"] as const;

export const BUCKET_PARAMETER = {
  name: "bucket",
  kind: "choice",
  values: BUCKETS,
  default: "day",
  description: "a point for each hour or day, in UTC",
} as const;

/** The pipelines there are, the one that ran last first. */
export const PIPELINES = question<PipelinesAnswer>({
  name: "pipelines",
  path: "pipelines",
  summary: "Pipelines with how often they ran and failed, and how long they take",
  answerName: "PipelinesAnswer",
  parameters: [
    ...RUN_FILTERS,
    { name: "limit", kind: "count", default: "500", most: 5000, description: "how many" },
  ],
  async answer({ store }, given) {
    const found = await store.select(pipelineSummaries(runFilters(given), given.count("limit")));
    const pipelines = found.map(({ p50Ns, p95Ns, lastStartNs, lastResult, ...rest }) => ({
      ...rest,
      p50Ms: toMillis(p50Ns),
      p95Ms: toMillis(p95Ns),
      lastStartTime: formatTime(lastStartNs),
      lastResult: resultWord(lastResult),
    }));
    return { pipelines };
  },
});

/**
 * How a pipeline did over time. Changes are looked for in the medians of days, whatever the points are: hours have a rhythm of
 * their own, and a quiet night is no change.
 */
export const TREND = question<TrendAnswer>({
  name: "trend",
  path: "trend",
  summary: "How long a pipeline took over time, how often it failed, and when that changed for good",
  answerName: "TrendAnswer",
  parameters: [
    ...RUN_FILTERS.map((parameter) =>
      parameter.name === "pipeline" ? { ...parameter, isRequired: true } : parameter,
    ),
    BUCKET_PARAMETER,
  ],
  async answer({ store }, given) {
    const filters = runFilters(given);
    const bucket = given.choice("bucket", BUCKETS) ?? "day";
    const days = await store.select(trendPoints(filters, "day"));
    const points = bucket === "day" ? days : await store.select(trendPoints(filters, bucket));
    return {
      pipeline: filters.pipeline ?? "",
      bucket,
      points: points.map(({ startNs, p50Ns, p95Ns, runs, failed }) => ({
        startTime: formatTime(startNs),
        runs,
        failed,
        p50Ms: toMillis(p50Ns),
        p95Ms: toMillis(p95Ns),
      })),
      changes: changePoints(days.map(({ p50Ns }) => p50Ns)).flatMap(({ index, before, after }) => {
        const day = days[index];
        return day === undefined
          ? []
          : [{ startTime: formatTime(day.startNs), beforeMs: toMillis(before), afterMs: toMillis(after) }];
      }),
    };
  },
});
