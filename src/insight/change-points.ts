/**
 * Where a series changed its level for good.
 *
 *   ms         ·  · ·  ·               the middle has another level: two changes
 *               ·  ·
 *       ·  ·              · ·  ·
 *         ·  ·  ·       ·    ·
 *              ^       ^
 *
 * Of every cut in two, the Mann-Whitney statistic says how much the ranks of one side differ from those of the other; the cut
 * for which that is largest is the candidate (Hawkins and Deng, 2010). Whether noise explains it is told by shuffling: it
 * counts when at most one in a hundred shuffles of the same values has a cut as far off. Where there is none, every stretch
 * in the middle is weighed against the rest in the same way, because a level that comes back hides each of its two changes
 * from the other (circular binary segmentation: Olshen, Venkatraman, Lucito and Wigler, 2004). What lies between changes is
 * then searched again.
 *
 * Ranks do not care how far out an outlier lies, and nothing is assumed about the shape of the noise. A change by less than a
 * twentieth is no news even where it is certain.
 */
import { median, ranks, seededRandom, shuffle } from "./statistics.ts";

export interface ChangePoint {
  /** Of the first value after the change. */
  index: number;
  /** Medians of the values on either side, up to the changes next to it. */
  before: number;
  after: number;
}

/** Fewer values are an episode, not a level. */
const SHORTEST = 3;
const SHUFFLES = 999;
const CHANCE = 0.01;
const SMALLEST_CHANGE = 0.05;
const SEED = 20_261_120;

/** Stretches grow with the square of the length, and old changes are no news: older values are not looked at. */
const MOST_VALUES = 200;

/** Changes in order. The same values always give the same answer. */
export function changePoints(all: readonly number[]): ChangePoint[] {
  const left = Math.max(0, all.length - MOST_VALUES);
  return changesIn(all.slice(left)).map((change) => ({ ...change, index: change.index + left }));
}

function changesIn(values: readonly number[]): ChangePoint[] {
  const cuts = cutsOf(values, { start: 0, end: values.length }).sort((a, b) => a - b);
  const bounds = [0, ...cuts, values.length];
  return cuts.flatMap((index, at) => {
    const before = median(values.slice(bounds[at], index));
    const after = median(values.slice(index, bounds[at + 2]));
    return isNews(before, after) ? [{ index, before, after }] : [];
  });
}

interface Section {
  start: number;
  end: number;
}

function cutsOf(values: readonly number[], { start, end }: Section): number[] {
  const found: number[] = [];
  const open: Section[] = [{ start, end }];
  for (let section = open.pop(); section !== undefined; section = open.pop()) {
    const { start, end } = section;
    const between = values.slice(start, end);
    const stretch = oddStretch(between, { anywhere: false }) ?? oddStretch(between, { anywhere: true });
    if (stretch === undefined) continue;
    const cuts = [start + stretch.start, start + stretch.end].filter((cut) => cut > start && cut < end);
    const bounds = [start, ...cuts, end];
    for (const [at, cut] of cuts.entries()) {
      found.push(cut);
      open.push({ start: bounds[at] ?? start, end: cut });
    }
    open.push({ start: cuts.at(-1) ?? start, end });
  }
  return found;
}

/** The stretch that noise does not explain; not `anywhere`, only those from the first value on. */
function oddStretch(values: readonly number[], where: { anywhere: boolean }): Section | undefined {
  if (values.length < 2 * SHORTEST) return undefined;
  const ranked = ranks(values);
  const best = farthestStretch(ranked, where);
  const random = seededRandom(SEED);
  const shuffled = [...ranked];
  const allowed = CHANCE * (SHUFFLES + 1) - 1;
  for (let round = 0, larger = 0; round < SHUFFLES; round++) {
    shuffle(shuffled, random);
    if (farthestStretch(shuffled, where).distance >= best.distance) larger++;
    if (larger > allowed) return undefined;
  }
  return best;
}

/** The stretch with the largest Mann-Whitney statistic, in standard deviations. No side of a change is too short. */
function farthestStretch(
  ranked: readonly number[],
  { anywhere }: { anywhere: boolean },
): Section & { distance: number } {
  const count = ranked.length;
  const lastStart = anywhere ? count - SHORTEST : 0;
  const sums = [0];
  for (const rank of ranked) sums.push((sums.at(-1) ?? 0) + rank);
  let best = { start: 0, end: 0, distance: 0 };
  for (let start = 0; start <= lastStart; start = start === 0 ? SHORTEST : start + 1) {
    for (let end = start + SHORTEST; end <= count; end++) {
      const length = end - start;
      if (length === count || (end < count && count - end < SHORTEST)) continue;
      const expected = (length * (count + 1)) / 2;
      const off = Math.abs((sums[end] ?? 0) - (sums[start] ?? 0) - expected);
      const distance = off / Math.sqrt((expected * (count - length)) / 6);
      if (distance > best.distance + 1e-9) best = { start, end, distance };
    }
  }
  return best;
}

function isNews(before: number, after: number): boolean {
  return Math.abs(after - before) >= SMALLEST_CHANGE * Math.max(before, 1);
}
