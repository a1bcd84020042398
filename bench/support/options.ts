/** A whole number from 1, as an option gives it. Throws where it is something else. */
export function whole(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: give a whole number from 1`);
  return Number(text);
}
