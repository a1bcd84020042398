/** What resolvers found already. A run of two hundred tasks asks for the same definition two hundred times, at once. */
import type { Clock } from "../clock.ts";
import type { Content, ResolverParams } from "./resolution.ts";

interface Entry {
  content: Promise<Content>;
  /** Nanoseconds since the epoch; absent while it is being fetched, and for what cannot change. */
  expiresNs?: bigint;
}

/**
 * A branch or a tag may move: long enough for the passes at a run's start, short enough for somebody who has just pushed and
 * starts another run.
 */
const MOVABLE_NS = 30_000_000_000n;

/** Definitions are small; most projects have fewer. */
const MAX_ENTRIES = 500;

export class ContentCache {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Fetches what is not there. What fails is forgotten: the next one to ask tries again. */
  get(
    { resolver, params }: { resolver: string; params: ResolverParams },
    fetch: () => Promise<Content>,
  ): { isHit: boolean; content: Promise<Content> } {
    const key = JSON.stringify([resolver, Object.entries(params).sort()]);
    const known = this.#entries.get(key);
    if (known !== undefined && !this.#isExpired(known)) return { isHit: true, content: known.content };
    const entry: Entry = { content: fetch() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#dropOldest();
    entry.content.then(
      ({ isImmutable }) => {
        if (!isImmutable) entry.expiresNs = this.#clock.now() + MOVABLE_NS;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return { isHit: false, content: entry.content };
  }

  #isExpired({ expiresNs }: Entry): boolean {
    return expiresNs !== undefined && expiresNs <= this.#clock.now();
  }

  #dropOldest(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
  }
}
