import type { DecodeLimits } from "./limits.ts";

/** So many spans, data points or log records were not taken, for this reason. */
export interface Rejection {
  count: number;
  reason: string;
}

/**
 * Bytes of a body for each part it may hold, on average. A part (an event, a data point, a log record, an exemplar, an
 * array, a key-value list) takes up to 150 bytes of memory here, and an empty one two bytes on the wire. The smallest
 * that says anything has eight: an array of an array of one integer.
 */
const BYTES_PER_PART = 8;
/** What a small request may hold, however dense. */
const FREE_PARTS = 1_000;

/** Keeps count while one request is decoded: what is taken, what is not and why, and what was made to fit. */
export class Tally {
  readonly limits: DecodeLimits;
  /** Values and names that were cut, and ids, entries and nested values that were left out. */
  shortened = 0;
  readonly #rejected = new Map<string, number>();
  #items = 0;
  /** Apart from the others: there may be millions. */
  #tooMany = 0;
  #partsLeft: number;

  constructor(limits: DecodeLimits, bodyBytes: number) {
    this.limits = limits;
    this.#partsLeft = FREE_PARTS + bodyBytes / BYTES_PER_PART;
  }

  /** True when one more span, data point or log record fits in; one that does not is rejected. */
  takeItem(): boolean {
    this.#items += 1;
    if (this.#items <= this.limits.maxItems) return true;
    this.#tooMany += 1;
    return false;
  }

  /** True when the body is large enough for one more part. One that holds more is made to hurt: it is malformed. */
  takePart(): boolean {
    this.#partsLeft -= 1;
    return this.#partsLeft >= 0;
  }

  reject({ count, reason }: Rejection): void {
    if (count > 0) this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + count);
  }

  /** One entry for each reason. */
  rejected(): Rejection[] {
    const rejected = [...this.#rejected].map(([reason, count]) => ({ count, reason }));
    if (this.#tooMany === 0) return rejected;
    return [
      ...rejected,
      { count: this.#tooMany, reason: `the request holds more than ${this.limits.maxItems}` },
    ];
  }
}

/** What is wrong with a body of too many parts. */
export const TOO_DENSE = "it holds too many empty parts for its length";
