import { setTimeout as sleep } from "node:timers/promises";
import type { ReceivedSpan } from "../otlp/index.ts";
import type { TraceStore } from "../store/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { receivedSpans } from "./received-spans.ts";

export interface KeptSpans {
  kept: number;
  /** Those the store cannot keep, and why it cannot keep the first. */
  rejected: number;
  reason: string;
}

/** Large enough that the engine is at its best, small enough that the next one is made meanwhile. */
const BATCH_SPANS = 20_000;
const BATCHES_ON_THE_WAY = 2;

/** Puts spans into a store as they are made. They are durable when it answers. */
export async function keepSpans(
  store: TraceStore,
  resourceSpans: Iterable<ResourceSpans>,
): Promise<KeptSpans> {
  const sum: KeptSpans = { kept: 0, rejected: 0, reason: "" };
  const onTheWay: Promise<void>[] = [];
  for (const batch of batches(receivedSpans(resourceSpans))) {
    const keeping = keepBatch(store, batch, sum);
    // A fault is thrown where it is awaited; until then it is nobody's.
    keeping.catch(() => {});
    onTheWay.push(keeping);
    if (onTheWay.length >= BATCHES_ON_THE_WAY) await onTheWay.shift();
  }
  await Promise.all(onTheWay);
  return sum;
}

function* batches(spans: Iterable<ReceivedSpan>): Generator<ReceivedSpan[]> {
  let batch: ReceivedSpan[] = [];
  for (const span of spans) {
    batch.push(span);
    if (batch.length < BATCH_SPANS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function keepBatch(store: TraceStore, batch: ReceivedSpan[], sum: KeptSpans): Promise<void> {
  const added = await store.addSpans(batch);
  if (added.kind === "busy") {
    await sleep(added.retryAfterSeconds * 1_000);
    return keepBatch(store, batch, sum);
  }
  sum.kept += batch.length - added.rejected;
  sum.rejected += added.rejected;
  sum.reason ||= added.reason;
}
