import { setTimeout as sleep } from "node:timers/promises";
import type { Encoding } from "./response.ts";

/** What became of one attempt to send a request. */
export type Attempt =
  /** The collector took the request; what it says about the spans is in the body. */
  | { kind: "answered"; body: Uint8Array }
  /** It may work later. `isUnreachable`: there was no connection, so no other request will fare better. */
  | { kind: "retryable"; reason: string; isUnreachable: boolean; waitMillis?: number }
  /** The same request will never be taken. */
  | { kind: "refused"; reason: string };

/** A way to one collector: sends requests one after the other, each with its retries. */
export interface Sender {
  readonly encoding: Encoding;
  send(body: Uint8Array): Promise<Attempt>;
  close(): void;
}

const FIRST_BACKOFF_MILLIS = 1_000;
const MAX_BACKOFF_MILLIS = 5_000;
const BACKOFF_FACTOR = 1.5;
/** A fifth up or down, so that clients a collector turned away together do not come back together. */
const JITTER = 0.2;

/**
 * Tries until the request is answered or refused, or until no time is left for another try; then answers the last
 * attempt. The wait in between grows (1 s, 1.5 s … 5 s) and is never shorter than the collector asks for: a
 * `Retry-After: 0` does not become a busy loop. `attempt` is given the milliseconds that are left.
 */
export async function retryUntil(
  timeoutMillis: number,
  attempt: (remainingMillis: number) => Promise<Attempt>,
): Promise<Attempt> {
  const deadline = performance.now() + timeoutMillis;
  const remaining = () => Math.ceil(deadline - performance.now());
  for (
    let backoff = FIRST_BACKOFF_MILLIS;
    ;
    backoff = Math.min(backoff * BACKOFF_FACTOR, MAX_BACKOFF_MILLIS)
  ) {
    const outcome = await attempt(Math.max(remaining(), 1));
    if (outcome.kind !== "retryable") return outcome;
    const wait = Math.max(jittered(backoff), outcome.waitMillis ?? 0);
    if (wait >= remaining()) return gaveUp(outcome, timeoutMillis);
    await sleep(wait);
  }
}

function gaveUp(outcome: Extract<Attempt, { kind: "retryable" }>, timeoutMillis: number): Attempt {
  return { ...outcome, reason: `${outcome.reason} (time limit ${timeoutMillis} ms)` };
}

function jittered(millis: number): number {
  return millis * (1 + JITTER * (2 * Math.random() - 1));
}
