/** Remembers the last so many of what it saw. */
export class Seen {
  readonly #most: number;
  readonly #keys = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Answers whether this was seen lately, and has seen it from now on. */
  again(key: string): boolean {
    if (this.#keys.has(key)) return true;
    this.#keys.add(key);
    if (this.#keys.size > this.#most) {
      const [oldest = ""] = this.#keys;
      this.#keys.delete(oldest);
    }
    return false;
  }
}
