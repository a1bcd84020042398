import { createHash } from "node:crypto";

/** Enough for the ids and the choices of one run. */
const BYTES = 2_048;

/** What a seed decides: the same seed, the same throws, in the order they are asked for. */
export interface Dice {
  /** From 0 up to but not including 1. */
  share(): number;
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Lower-case hex digits, two for each byte. */
  hex(bytes: number): string;
  /** A UUID of version 4. */
  uuid(): string;
  /** Five characters such as the API server appends to `generateName`. */
  nameSuffix(): string;
}

/** The API server leaves out vowels, and digits that look like letters, so that no words come about. */
export const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** All throws are read off one long digest of the seed: cheap, and without the patterns of a small generator. */
export function seededDice(seed: string): Dice {
  const bytes = createHash("shake256", { outputLength: BYTES }).update(seed).digest();
  let used = 0;
  const take = (count: number) => {
    if (used + count > BYTES) throw new Error(`dice ${seed}: more than ${BYTES} bytes were asked for`);
    used += count;
    return used - count;
  };
  const hex = (count: number) => {
    const start = take(count);
    return bytes.toString("hex", start, start + count);
  };
  const share = () => bytes.readUInt32LE(take(4)) / 0x1_0000_0000;
  const below = (limit: number) => Math.floor(share() * limit);
  return {
    share,
    below,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    hex,
    uuid: () => `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-a${hex(2).slice(1)}-${hex(6)}`,
    nameSuffix: () =>
      Array.from({ length: 5 }, () => SUFFIX_ALPHABET[below(SUFFIX_ALPHABET.length)]).join(""),
  };
}
