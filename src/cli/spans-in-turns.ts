import type { ResourceSpans } from "../trace/index.ts";

const TURN_MILLIS = 250;
const MAX_WAITING_SPANS = 50_000;

/**
 * Reconcilers make few spans at a time, often; what takes them takes many at a time, now and then. Above a bound, and when they
 * are not taken, spans are left out, which is said: reconciling never waits for them.
 */
export class SpansInTurns {
  readonly #sink: (spans: readonly ResourceSpans[]) => Promise<void>;
  readonly #log: (line: string) => void;
  #waiting: ResourceSpans[] = [];
  #count = 0;
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(sink: (spans: readonly ResourceSpans[]) => Promise<void>, log: (line: string) => void) {
    this.#sink = sink;
    this.#log = log;
  }

  add = (spans: ResourceSpans): void => {
    if (this.#count >= MAX_WAITING_SPANS) {
      this.#leftOut += spans.spans.length;
      return;
    }
    this.#waiting.push(spans);
    this.#count += spans.spans.length;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#turn = this.#turn.then(() => this.#hand());
    }, TURN_MILLIS);
  };

  async #hand(): Promise<void> {
    const [batch, leftOut] = [this.#waiting, this.#leftOut];
    [this.#waiting, this.#count, this.#leftOut] = [[], 0, 0];
    if (leftOut > 0) this.#log(`${leftOut} spans of reconcilers left out: they are not taken fast enough`);
    if (batch.length === 0) return;
    try {
      await this.#sink(batch);
    } catch (fault) {
      this.#log(`spans of reconcilers lost: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }

  /** Answers when everything that was added has been handed over. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn = this.#turn.then(() => this.#hand());
    await this.#turn;
  }
}
