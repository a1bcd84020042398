const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Ends of scales that read well, in milliseconds. */
const NICE = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 20, 30, 45].map((amount) => amount * SECOND),
  ...[1, 2, 3, 5, 8, 10, 15, 20, 30, 45].map((amount) => amount * MINUTE),
  ...[1, 1.5, 2, 3, 4, 6, 8, 12].map((amount) => amount * HOUR),
  ...[1, 2, 3, 5, 7, 14, 30].map((amount) => amount * DAY),
];

/** So many durations are needed before one of them can be said to be unusual. */
const ENOUGH = 20;

/** How much longer than nine of ten a duration may be before it no longer sets the scale of the others. */
const OUTLIER = 4;

/** The shortest round duration that is not shorter, in milliseconds. */
export function niceDuration(milliseconds: number): number {
  return NICE.find((nice) => nice >= milliseconds) ?? Math.ceil(milliseconds / (30 * DAY)) * 30 * DAY;
}

/** Where to write durations on an axis that ends at a nice one: some four equal parts that are nice too. */
export function durationTicks(end: number): number[] {
  const parts = PARTS.find((count) => niceDuration(end / count) === end / count) ?? 1;
  return Array.from({ length: parts + 1 }, (_, index) => (end * index) / parts);
}

/** Into how many parts an axis is divided, best first. */
const PARTS = [4, 3, 5, 2];

/**
 * The end of a common scale for bars, in milliseconds: the longest, rounded up. One duration far beyond nine of ten does not
 * flatten all the others: it runs off the scale.
 */
export function durationScale(durations: readonly number[]): number {
  if (durations.length === 0) return SECOND;
  const ordered = durations.toSorted((a, b) => a - b);
  const longest = ordered.at(-1) ?? 0;
  const usual = ordered[Math.floor((ordered.length - 1) * 0.9)] ?? longest;
  const isUnusual = ordered.length >= ENOUGH && usual > 0 && longest > usual * OUTLIER;
  return niceDuration(Math.max(1, isUnusual ? usual * 1.25 : longest));
}

/** Where a duration ends on a scale, from 0 to 1, and whether it runs off it. */
export function placeOnScale(milliseconds: number, scale: number): { share: number; isBeyond: boolean } {
  return { share: Math.min(1, Math.max(0, milliseconds / scale)), isBeyond: milliseconds > scale };
}
