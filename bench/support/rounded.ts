/** A number with so many decimal places. */
export function rounded(number: number, places: number): number {
  return Math.round(number * 10 ** places) / 10 ** places;
}
