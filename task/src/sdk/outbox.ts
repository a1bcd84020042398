/** What has been recorded on its way out of the process: into the spool of the step, or to an OTLP/HTTP endpoint. */
import { setMaxListeners } from "node:events";
import type { HttpDestination } from "../wire/endpoint.ts";

/** One request of one signal. */
export interface Parcel {
  to: HttpDestination;
  contentType: "application/json" | "application/x-protobuf";
  body: Uint8Array;
  /** How many spans or metrics are in it, for the words about what was lost. */
  count: number;
}

/** What became of a parcel: `retry` is what another attempt may mend (OTLP specification, "Retryable Response Codes"). */
export type Outcome =
  | { kind: "taken" }
  | { kind: "retry"; reason: string }
  | { kind: "lost"; reason: string };

/** How parcels travel; the two ways are arguments, since the second is for a process that can wait no more. */
export interface Carriers {
  /** Resolves when the receiver has answered, or the signal aborts. Never rejects. */
  post(parcel: Parcel, signal: AbortSignal): Promise<Outcome>;
  /** Returns when all are delivered or the time is over. Never throws. */
  postNow(parcels: readonly Parcel[], withinMs: number): Outcome[];
}

/** More than this is not held for a receiver that is slow: some 100,000 spans. */
const MAXIMUM_BYTES = 32 * 1024 * 1024;

/**
 * Holds parcels until somebody has taken them. The first attempt starts at once and nobody waits for it; what failed for a
 * passing reason gets one more when the outbox is drained. What is lost is counted, by `lose`.
 */
export class Outbox {
  readonly #carriers: Carriers;
  readonly #lose: (count: number, reason: string) => void;
  readonly #underway = new Map<Parcel, Promise<void>>();
  #abort = abortController();
  readonly #waiting: Parcel[] = [];
  #bytes = 0;
  #isEnding = false;

  constructor(carriers: Carriers, lose: (count: number, reason: string) => void) {
    this.#carriers = carriers;
    this.#lose = lose;
  }

  /** Takes the parcel over. Returns at once. */
  accept(parcel: Parcel): void {
    if (this.#bytes + parcel.body.length > MAXIMUM_BYTES) {
      this.#lose(parcel.count, "the receiver is too slow");
      return;
    }
    this.#bytes += parcel.body.length;
    if (this.#isEnding) this.#waiting.push(parcel);
    else this.#attempt(parcel, () => this.#waiting.push(parcel));
  }

  /** Resolves when nothing is left, or the time is over: what is on its way then is lost, and what waits. */
  async drain(withinMs: number): Promise<void> {
    const late = setTimeout(() => this.#abort.abort(), withinMs);
    await Promise.all(this.#underway.values());
    for (const parcel of this.#waiting.splice(0))
      this.#attempt(parcel, (reason) => this.#release(parcel, reason));
    await Promise.all(this.#underway.values());
    clearTimeout(late);
    if (this.#abort.signal.aborted) this.#abort = abortController();
  }

  /** As `drain`, for the end of the process: what has no answer yet is sent once more, since it may never have left. */
  drainNow(withinMs: number): void {
    const parcels = [...this.#underway.keys(), ...this.#waiting.splice(0)];
    this.#isEnding = true;
    this.#underway.clear();
    if (parcels.length === 0) return;
    for (const [index, outcome] of this.#carriers.postNow(parcels, withinMs).entries()) {
      if (outcome.kind !== "taken") this.#lose(parcels[index]?.count ?? 0, outcome.reason);
    }
  }

  /** From now on parcels are only kept, for `drainNow`. */
  end(): void {
    this.#isEnding = true;
  }

  #attempt(parcel: Parcel, again: (reason: string) => void): void {
    const settled = this.#carriers.post(parcel, this.#abort.signal).then((outcome) => {
      this.#underway.delete(parcel);
      if (outcome.kind === "retry") again(outcome.reason);
      else this.#release(parcel, outcome.kind === "lost" ? outcome.reason : undefined);
    });
    this.#underway.set(parcel, settled);
  }

  #release(parcel: Parcel, lostBecause: string | undefined): void {
    this.#bytes -= parcel.body.length;
    if (lostBecause !== undefined) this.#lose(parcel.count, lostBecause);
  }
}

/** Every parcel that is underway listens, and they are many at times: that is no leak to warn of. */
function abortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
