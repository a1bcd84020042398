/** What collectors write does not come by us: as long as somebody listens, spans or points are counted every few seconds. */

const EVERY_MS = 5_000;

/** How they are counted, and who wants to know. */
export interface ArrivalOptions {
  /** How many there are now. */
  count: () => Promise<number>;
  /** Told how many more there are. */
  tell: (more: number) => void;
}

/** Does nothing between `stop` and the next `start`. */
export class ArrivalWatch {
  readonly #options: ArrivalOptions;
  #timer: NodeJS.Timeout | undefined;
  #last: number | undefined;

  constructor(options: ArrivalOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#last = undefined;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
    this.#timer.unref();
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** So many are told of already. (Where a count is under way meanwhile, they may be told of once more.) */
  leaveOut(known: number): void {
    if (this.#last !== undefined) this.#last += known;
  }

  /** When the count fails, the next one may not; the store's health tells of it meanwhile. */
  async #look(): Promise<void> {
    const count = await this.#options.count().catch(() => undefined);
    if (count === undefined || this.#timer === undefined) return;
    const last = this.#last ?? count;
    this.#last = count;
    // What is no longer kept makes it fewer.
    if (count > last) this.#options.tell(count - last);
  }
}
