/** A number of things in words: `1 run`, `1,234 spans`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** `toLocaleString` would do the same, and load the locales of the world for it: 17 ms of a run that takes 300. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
