import type { TaskMetricsAnswer } from "../../../src/insight/answers/index.ts";
import { isResultWord, RESULTS, resultLook } from "../shared/results.ts";

/** Whether a task measured anything of itself in the time that was asked for. */
export function isMeasured({ duration, completions, artifacts }: TaskMetricsAnswer): boolean {
  return duration !== undefined || Object.keys(completions).length > 0 || artifacts.length > 0;
}

/** Columns of a chart over the buckets of an answer: index i of each is bucket i, null where nothing was measured. */
export interface Columns {
  /** The middle of each bucket, in seconds. */
  times: number[];
  series: (number | null)[][];
}

/** Median and 95th percentile; of histograms without bounds, which have no percentiles, the mean. Milliseconds. */
export function durationColumns(answer: TaskMetricsAnswer): Columns {
  const durations = answer.buckets.map(({ duration }) => duration);
  const series = hasPercentiles(answer)
    ? [durations.map((each) => each?.p50Ms ?? null), durations.map((each) => each?.p95Ms ?? null)]
    : [durations.map((each) => meanMs(each) ?? null)];
  return { times: timesOf(answer), series };
}

/** Whether the durations were counted in buckets. */
export function hasPercentiles({ duration }: Pick<TaskMetricsAnswer, "duration">): boolean {
  return duration?.p50Ms !== undefined;
}

/** The mean of measured durations in milliseconds; undefined where there are none. */
export function meanMs(measured: TaskMetricsAnswer["duration"]): number | undefined {
  return measured === undefined || measured.count === 0 ? undefined : measured.sumMs / measured.count;
}

/** A result as it was counted, with how it looks. A task may count results of its own. */
export interface Layer {
  result: string;
  word: string;
  /** A variable of `theme.css`. */
  fill: `--${string}`;
}

/** How many completions had a result. Results are other people's words: `constructor` may be one. */
export function countOf(
  completions: Readonly<Record<string, number>>,
  { result }: Pick<Layer, "result">,
): number {
  return Object.hasOwn(completions, result) ? (completions[result] ?? 0) : 0;
}

/** The results that were counted, the good first. */
export function layersOf(completions: Readonly<Record<string, number>>): Layer[] {
  return Object.keys(completions)
    .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
    .map((result) =>
      isResultWord(result)
        ? { result, word: resultLook(result).word, fill: `--${result}-fill` }
        : { result, word: result, fill: "--span-unknown" },
    );
}

function rankOf(result: string): number {
  return isResultWord(result) ? RESULTS.indexOf(result) : RESULTS.length;
}

/** Completions by result, each with all below it: bars drawn over one another, the highest first, look stacked. */
export function completionColumns(answer: TaskMetricsAnswer, layers: readonly Layer[]): Columns {
  const heights = answer.buckets.map(() => 0);
  const series = layers.map((layer) =>
    answer.buckets.map(({ completions }, bucket) => {
      const count = countOf(completions, layer);
      const height = (heights[bucket] ?? 0) + count;
      heights[bucket] = height;
      return count === 0 ? null : height;
    }),
  );
  return { times: timesOf(answer), series: series.reverse() };
}

/** The size of one artifact, in bytes. */
export function sizeColumns(
  answer: TaskMetricsAnswer,
  { points }: Pick<TaskMetricsAnswer["artifacts"][number], "points">,
): Columns {
  const sizes = new Map(points.map(({ startTime, bytes }) => [Date.parse(startTime), bytes]));
  return {
    times: timesOf(answer),
    series: [answer.buckets.map(({ startTime }) => sizes.get(Date.parse(startTime)) ?? null)],
  };
}

function timesOf({ buckets, bucketMs }: TaskMetricsAnswer): number[] {
  return buckets.map(({ startTime }) => (Date.parse(startTime) + bucketMs / 2) / 1000);
}

/** The smallest of 1, 2, 4, 5, 8 times a power of ten that is not smaller: where an axis of amounts ends. */
export function niceAmount(amount: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(amount, Number.MIN_VALUE)));
  return power * ([1, 2, 4, 5, 8].find((step) => step * power >= amount) ?? 10);
}
