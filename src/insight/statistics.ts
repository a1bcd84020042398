/** Numbers from numbers. */

/** The value below which a share of the sorted values lies, interpolated (type 7 of Hyndman and Fan, 1996); 0 of none. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    const value = values[order[start] ?? 0];
    let end = start;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (let at = start; at < end; at++) ranked[order[at] ?? 0] = (start + 1 + end) / 2;
    start = end;
  }
  return ranked;
}

/** Numbers from 0 up to 1, the same for the same seed (Mulberry32, Tommy Ettinger): for shuffles that repeat. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Puts values into a random order, in place (Fisher and Yates). */
export function shuffle(values: number[], random: () => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const value = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = value;
  }
}

/**
 * How many standard deviations from the mean of a normal distribution a share of it lies below: 1.96 for 0.975. By bisection
 * of {@link normalShare}, to some nine digits.
 */
export function normalQuantile(share: number): number {
  let [low, high] = [-40, 40];
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share of a normal distribution below so many standard deviations (Marsaglia, 2004: a series that ends by itself). */
export function normalShare(deviations: number): number {
  if (deviations < -8) return 0;
  if (deviations > 8) return 1;
  let sum = deviations;
  let term = deviations;
  for (let divisor = 3, before = 0; sum !== before; divisor += 2) {
    before = sum;
    term = (term * deviations * deviations) / divisor;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * deviations * deviations - 0.918_938_533_204_672_8);
}

/** The chance of at most so many heads in so many throws of a coin. */
export function coinShare(heads: number, throws: number): number {
  let logChance = -throws * Math.LN2;
  let sum = Math.exp(logChance);
  for (let count = 1; count <= heads; count++) {
    logChance += Math.log((throws - count + 1) / count);
    sum += Math.exp(logChance);
  }
  return Math.min(1, sum);
}
