import { startAlarms } from "./alarms.ts";
import { isApiError } from "./api.ts";

/** Keys to be worked on, one at a time each (client-go, util/workqueue). */
export interface WorkQueue {
  /** Once more, as soon as may be. A key that is waiting already stays where it is; one that is being worked on comes again after. */
  add(key: string): void;
  /** The same, not before so long from now. An earlier time wins. */
  addAfter(key: string, millis: number): void;
  /** Takes no more; settles when what is being worked on is done. A second call answers the same promise. */
  stop(): Promise<void>;
}

/** What is to become of a key after it was worked on. A fault that is thrown means: again, with growing pauses. */
export type Outcome = { requeueAfterMillis?: number };

/** How much of the time the passes over one key may take. */
export interface Share {
  /** Of every second, say: 0.25 is a quarter of it. */
  ofTime: number;
  /** So much at once is free: a key that changes now and then never rests. */
  burstMillis: number;
}

export interface WorkQueueOptions {
  handle: (key: string) => Promise<Outcome>;
  /** How many keys at once. */
  workers: number;
  onFault: (fault: unknown, key: string) => void;
  /** Keeps a key that changes all the time from taking more than its share; what comes while it rests is one pass. */
  share?: Share;
}

/** client-go starts there too (workqueue.DefaultTypedControllerRateLimiter); a minute is as long as a person waits. */
const FIRST_PAUSE_MILLIS = 5;
const MOST_PAUSE_MILLIS = 60_000;
/** A pass made on an old copy is refused; by the time it is made again the copy may be new. */
const CONFLICTS_FORGIVEN = 3;

/** Nobody notices that a change is seen so much later. */
const LONGEST_REST_MILLIS = 50;

/** Forgetting them all costs each key no more than a burst. */
const MOST_BUCKETS = 1_000;

/** Works on keys as they are added, none twice at the same time, and on those that fail again after growing pauses. */
export function startWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new Queue(options);
}

class Queue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  /** Keys to be worked on, first come first served. */
  readonly #waiting = new Set<string>();
  readonly #active = new Set<string>();
  /** Worked on a moment ago, and left alone for another. */
  readonly #resting = new Set<string>();
  /** Milliseconds that passes over a key have taken of its share. */
  readonly #taken = new Map<string, { level: number; at: number }>();
  /** Added while they were being worked on, or resting. */
  readonly #again = new Set<string>();
  readonly #alarms = startAlarms((key) => this.add(key));
  /** Failures in a row. */
  readonly #failures = new Map<string, number>();
  #isPumping = false;
  #stopping: Promise<void> | undefined;
  #onIdle = () => {};

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#stopping !== undefined) return;
    if (this.#active.has(key) || this.#resting.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#pumpSoon();
  }

  addAfter(key: string, millis: number): void {
    if (this.#stopping !== undefined) return;
    if (millis <= 0) this.add(key);
    else this.#alarms.set(key, millis);
  }

  stop(): Promise<void> {
    this.#stopping ??= new Promise((resolve) => {
      this.#alarms.clear();
      this.#waiting.clear();
      this.#again.clear();
      this.#onIdle = resolve;
      if (this.#active.size === 0) resolve();
    });
    return this.#stopping;
  }

  /** Not at once: whoever adds a key finishes what he is doing first. */
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (const key of this.#waiting) {
      if (this.#active.size >= this.#options.workers) return;
      this.#waiting.delete(key);
      this.#active.add(key);
      void this.#work(key);
    }
  }

  async #work(key: string): Promise<void> {
    const started = performance.now();
    try {
      const { requeueAfterMillis } = await this.#options.handle(key);
      this.#failures.delete(key);
      if (requeueAfterMillis !== undefined) this.addAfter(key, requeueAfterMillis);
    } catch (fault) {
      this.#tryAgain(key, fault);
    }
    this.#active.delete(key);
    this.#rest(key, performance.now() - started);
    if (this.#active.size === 0 && this.#stopping !== undefined) this.#onIdle();
    this.#pumpSoon();
  }

  #rest(key: string, passMillis: number): void {
    const millis = this.#restAfter(key, passMillis);
    if (millis < 1) this.#wake(key);
    else {
      this.#resting.add(key);
      setTimeout(() => this.#wake(key), millis).unref();
    }
  }

  /** A leaking bucket: passes fill it with their time, its share of all time drains it, and a rest waits until it holds the burst. */
  #restAfter(key: string, passMillis: number): number {
    const { share } = this.#options;
    if (share === undefined) return 0;
    const now = performance.now();
    const { level, at } = this.#taken.get(key) ?? { level: 0, at: now };
    const drained = Math.max(0, level - (now - at) * share.ofTime);
    // A pass is as long as what it waits for, too: a bucket is never fuller than the longest rest empties it.
    const most = share.burstMillis + LONGEST_REST_MILLIS * share.ofTime;
    const taken = Math.min(most, drained + passMillis);
    if (this.#taken.size > MOST_BUCKETS) this.#taken.clear();
    this.#taken.set(key, { level: taken, at: now });
    return (taken - share.burstMillis) / share.ofTime;
  }

  #wake(key: string): void {
    this.#resting.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  #tryAgain(key: string, fault: unknown): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    if (isApiError(fault, 409) && failures < CONFLICTS_FORGIVEN) {
      this.add(key);
      return;
    }
    this.#options.onFault(fault, key);
    this.addAfter(key, Math.min(MOST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS * 2 ** Math.min(failures, 30)));
  }
}
