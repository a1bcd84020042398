import type { TrendAnswer } from "../../../src/insight/answers/index.ts";

/** Length of a bucket, in milliseconds. */
export const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;

type Point = TrendAnswer["points"][number];

/** Columns for the chart: times in seconds, durations in milliseconds, the failure rate from 0 to 1; null where a line breaks. */
export interface TrendColumns {
  times: number[];
  p50: (number | null)[];
  p95: (number | null)[];
  failed: (number | null)[];
}

/** Share of a bucket's runs that failed, from 0 to 1. */
export function failureShare({ runs, failed }: Pick<Point, "runs" | "failed">): number {
  return runs === 0 ? 0 : failed / runs;
}

/** Puts the points in columns. Where nothing ran for longer than two buckets, the lines break instead of guessing. */
export function trendColumns({ points, bucket }: Pick<TrendAnswer, "points" | "bucket">): TrendColumns {
  const columns: TrendColumns = { times: [], p50: [], p95: [], failed: [] };
  let previous: number | undefined;
  for (const point of points) {
    const time = Date.parse(point.startTime);
    if (previous !== undefined && time - previous > 2 * BUCKET_MS[bucket])
      push(columns, (previous + time) / 2, undefined);
    push(columns, time, point);
    previous = time;
  }
  return columns;
}

/** The index of the point at a time in seconds, as the columns have it; undefined in a gap. */
export function pointAt({ points }: Pick<TrendAnswer, "points">, seconds: number): number | undefined {
  const index = points.findIndex(({ startTime }) => Date.parse(startTime) === seconds * 1000);
  return index === -1 ? undefined : index;
}

function push(columns: TrendColumns, time: number, point: Point | undefined): void {
  columns.times.push(time / 1000);
  columns.p50.push(point?.p50Ms ?? null);
  columns.p95.push(point?.p95Ms ?? null);
  columns.failed.push(point === undefined ? null : failureShare(point));
}
