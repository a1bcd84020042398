import { openSender, sendUntilKept } from "./otlp-sender.ts";
import type { Period } from "./run-story.ts";
import { SPANS_PER_RUN, traceRequest } from "./spans.ts";

const RUNS_PER_REQUEST = 20;
/** Enough for large batches: the server and this process, which makes the spans, have a core each. */
const CONNECTIONS = 24;

/** Sends all runs of a period over OTLP, in time order as far as several connections keep it; answers how many spans. */
export async function fill(
  period: Period,
  to: { otlpHttp: string; otlpGrpc: string },
): Promise<{ spans: number; elapsedMs: number }> {
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const sender = openSender("http/protobuf", to);
      while (next < period.runs) {
        const from = next;
        next += RUNS_PER_REQUEST;
        const runs = Math.min(RUNS_PER_REQUEST, period.runs - from);
        await sendUntilKept(traceRequest({ from, runs, period, format: "protobuf" }), sender);
      }
      sender.close();
    }),
  );
  return { spans: period.runs * SPANS_PER_RUN, elapsedMs: performance.now() - started };
}
