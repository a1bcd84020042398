import type { ResultWord, RunsHistogramAnswer } from "../../../src/insight/answers/index.ts";
import { RESULTS } from "../shared/results.ts";

/** Buckets picked by dragging: both ends included, in any order. */
export interface Selection {
  from: number;
  to: number;
}

/** A piece of a bucket's bar, in runs from the bottom. */
export interface Piece {
  result: ResultWord;
  bottom: number;
  height: number;
}

/** Runs of each result; absent is none. */
export type Counts = Partial<Record<ResultWord, number>>;

/** Only the counts that are to be drawn, in the order of {@link RESULTS}. */
export function countsShown(
  counts: Counts,
  shown: ReadonlySet<ResultWord>,
): { result: ResultWord; count: number }[] {
  return RESULTS.filter((result) => shown.has(result))
    .map((result) => ({ result, count: counts[result] ?? 0 }))
    .filter(({ count }) => count > 0);
}

/** How high a bar of these counts is. */
export function heightOf(counts: readonly { count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/**
 * A bucket's bar, piece on piece. None is lower than `minimum`, so that the one failure among a thousand runs is seen; a bar
 * grows by that much at most.
 */
export function stack(counts: readonly { result: ResultWord; count: number }[], minimum: number): Piece[] {
  let bottom = 0;
  return counts.map(({ result, count }) => {
    const piece = { result, bottom, height: Math.max(count, minimum) };
    bottom += piece.height;
    return piece;
  });
}

/** Counts of several buckets together. */
export function addCounts(all: readonly Counts[]): Counts {
  const sums: Counts = {};
  for (const counts of all) {
    for (const result of RESULTS) sums[result] = (sums[result] ?? 0) + (counts[result] ?? 0);
  }
  return sums;
}

/** The results to draw: those of the filter, or all. */
export function shownResults(filter: string | undefined): ReadonlySet<ResultWord> {
  const asked = new Set(filter?.split(","));
  const shown = RESULTS.filter((result) => asked.has(result));
  return new Set(shown.length === 0 ? RESULTS : shown);
}

/** The bucket under a pointer at `share` of the width, from 0 to 1. */
export function bucketAt(share: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
}

/** What is picked after an arrow key: a first bucket from the side the arrow points away from, then its neighbour, or more of them. */
export function movedSelection(
  current: Selection | undefined,
  { step, isWidening, count }: { step: number; isWidening: boolean; count: number },
): Selection {
  const within = (bucket: number) => Math.min(count - 1, Math.max(0, bucket));
  const to = within(current === undefined ? (step > 0 ? 0 : count - 1) : current.to + step);
  return { from: isWidening && current !== undefined ? current.from : to, to };
}

/** The period that picked buckets cover, as RFC 3339. */
export function selectedPeriod(
  { since, bucketMs }: Pick<RunsHistogramAnswer, "since" | "bucketMs">,
  { from, to }: Selection,
): { since: string; until: string } {
  const start = Date.parse(since);
  const time = (bucket: number) => new Date(start + bucket * bucketMs).toISOString();
  return { since: time(Math.min(from, to)), until: time(Math.max(from, to) + 1) };
}
