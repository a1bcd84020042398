/** Median and 95th percentile of times in milliseconds, to a tenth; null of none. */
export function quantiles(millis: readonly number[]): { p50Ms: number | null; p95Ms: number | null } {
  const sorted = millis.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const found = sorted[Math.ceil(share * sorted.length) - 1];
    return found === undefined ? null : Math.round(found * 10) / 10;
  };
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
