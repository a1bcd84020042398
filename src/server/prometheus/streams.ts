/**
 * Points that count since a start, each made into what it adds. A stream is one sender's series from one start on: another
 * start is another stream, and counts from zero.
 */
import { rebucket } from "./buckets.ts";
import type { Amount } from "./series-store.ts";

/** A stream is some 200 bytes, with its buckets. */
const MOST_STREAMS = 10_000;

interface StreamPoint {
  /** Names the stream. */
  key: string;
  /** Zero when nobody told. */
  startNs: bigint;
  timeNs: bigint;
  amount: Amount;
}

export class Streams {
  /** The last point of each, those that came last at the end. */
  readonly #last = new Map<string, StreamPoint>();
  /** Of what started before, a first point may have been counted already: by an earlier process, or before it was forgotten. */
  #knownSinceNs: bigint;

  constructor(beganNs: bigint) {
    this.#knownSinceNs = beganNs;
  }

  /** What the point adds to the one before of its stream; undefined for the first of a stream that started before we looked. */
  added(point: StreamPoint): Amount | undefined {
    const last = this.#last.get(point.key);
    if (last !== undefined && last.timeNs >= point.timeNs) return undefined;
    this.#last.delete(point.key);
    this.#last.set(point.key, point);
    this.#forgetOldest();
    if (last !== undefined) return difference(point.amount, last.amount);
    return point.startNs >= this.#knownSinceNs ? point.amount : undefined;
  }

  #forgetOldest(): void {
    if (this.#last.size <= MOST_STREAMS) return;
    const [oldest] = this.#last.values();
    if (oldest === undefined) return;
    this.#last.delete(oldest.key);
    // Nothing starts in the future, whatever is told.
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const behindNs = oldest.startNs < nowNs ? oldest.startNs + 1n : nowNs;
    if (behindNs > this.#knownSinceNs) this.#knownSinceNs = behindNs;
  }
}

/** What went down began anew (OpenTelemetry metrics data model, "Cumulative Streams: handling unknown start time"). */
function difference(now: Amount, before: Amount): Amount {
  if (now.buckets === undefined || before.buckets === undefined)
    return now.value < before.value ? now : { value: now.value - before.value };
  const { bounds, counts } = now.buckets;
  const had = rebucket(before.buckets, bounds);
  if (counts.some((count, index) => count < (had[index] ?? 0))) return now;
  return {
    value: now.value - before.value,
    buckets: { bounds, counts: counts.map((count, index) => count - (had[index] ?? 0)) },
  };
}
