import { groupBy } from "../../insight/index.ts";
import { type StoredSpan, spansOfTraces, type TraceStore } from "../../store/index.ts";

/**
 * Spans of one answer. A search for the most traces there may be, of 50 spans each, has fewer; a client that asks for more
 * gets what fits, and is told what is missing.
 */
const MAX_SPANS = 100_000;

/** A trace that was read. */
export interface FoundTrace {
  traceId: string;
  /** By start. */
  spans: StoredSpan[];
  /** There are more spans than these. */
  isCut: boolean;
}

/** Of the traces that were asked for, those that are there, and why others are not. */
export interface FoundTraces {
  /** In the order they were asked for. */
  traces: FoundTrace[];
  /** The store has nothing of them… */
  unknown: string[];
  /** …or too much was asked for at once. */
  leftOut: string[];
}

/** Reads these traces, whole as far as `maxSpans` go. Throws what the store throws. */
export async function readTraces(
  store: TraceStore,
  traceIds: readonly string[],
  maxSpans = MAX_SPANS,
): Promise<FoundTraces> {
  const spans = traceIds.length === 0 ? [] : await store.select(spansOfTraces(traceIds, maxSpans + 1));
  const isFull = spans.length > maxSpans;
  if (isFull) spans.pop();
  const lastRead = spans.at(-1)?.traceId ?? "";
  const byTrace = groupBy(spans, ({ traceId }) => traceId);
  const missing = traceIds.filter((traceId) => !byTrace.has(traceId));
  // The store answers by trace id, so what it had no room for has a higher one.
  const isLeftOut = (traceId: string) => isFull && traceId > lastRead;
  return {
    traces: traceIds.flatMap((traceId) => {
      const ofTrace = byTrace.get(traceId);
      return ofTrace === undefined
        ? []
        : [{ traceId, spans: ofTrace, isCut: isFull && traceId === lastRead }];
    }),
    unknown: missing.filter((traceId) => !isLeftOut(traceId)),
    leftOut: missing.filter(isLeftOut),
  };
}

/** What a reader of a cut trace is told. */
export const CUT = "the trace has more spans; only the first are shown";

/** What a reader is told of a trace that was left out. */
export const LEFT_OUT = "left out: the answer would have too many spans; ask for fewer traces";
