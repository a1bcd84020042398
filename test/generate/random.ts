/** Random numbers that a seed repeats. */
export interface Random {
  /** A whole number from `from` to `to`, both included. */
  integer(range: Range): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** A UUID of version 4. */
  uuid(): string;
  /** Five characters such as the API server appends to `generateName`. */
  nameSuffix(): string;
}

export interface Range {
  from: number;
  to: number;
}

/** The API server leaves out vowels, and digits that look like letters, so that no words come about. */
const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const HEX = "0123456789abcdef";

export function seededRandom(seed: number): Random {
  const next = xorshift(seed);
  const integer = ({ from, to }: Range) => from + Math.floor(next() * (to - from + 1));
  const text = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[integer({ from: 0, to: alphabet.length - 1 })]).join("");
  return {
    integer,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[integer({ from: 0, to: choices.length - 1 })] ?? choices[0],
    uuid() {
      const variant = HEX[integer({ from: 8, to: 11 })];
      return `${text(HEX, 8)}-${text(HEX, 4)}-4${text(HEX, 3)}-${variant}${text(HEX, 3)}-${text(HEX, 12)}`;
    },
    nameSuffix: () => text(SUFFIX_ALPHABET, 5),
  };
}

/** Marsaglia's xorshift with 32 bits ("Xorshift RNGs", 2003): numbers in [0, 1). */
function xorshift(seed: number): () => number {
  // Neighbouring seeds start far apart; zero is the one state the generator never leaves.
  let state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
