import type { Added, TraceStore } from "../../store/index.ts";
import type { SignalItems } from "../otlp/signals.ts";
import type { ReceivedMetrics } from "./received-metrics.ts";
import type { RunMetrics } from "./run-metrics.ts";

/** Who is told of what comes in. */
export interface Listeners {
  metrics: ReceivedMetrics;
  runs: RunMetrics;
  /** What became of so many items; `why` where they were not kept. */
  count(
    items: SignalItems,
    outcome: { kept: number; lost: number; why: "rejected" | "busy" | "failed" },
  ): void;
}

/** The store, with everything that is given to it counted once it is kept. */
export function tapped(store: TraceStore, { metrics: received, runs, count }: Listeners): TraceStore {
  const settle = async (
    adding: Promise<Added>,
    { items, all, onKept }: { items: SignalItems; all: number; onKept: () => void },
  ): Promise<Added> => {
    const added = await adding.catch((fault: unknown) => {
      count(items, { kept: 0, lost: all, why: "failed" });
      throw fault;
    });
    if (added.kind === "busy") count(items, { kept: 0, lost: all, why: "busy" });
    else {
      count(items, { kept: Math.max(0, all - added.rejected), lost: added.rejected, why: "rejected" });
      onKept();
    }
    return added;
  };
  // What is read out of a request is little: nothing else of it is held while the store writes.
  return {
    addSpans: (spans) => {
      const onKept = runs.read(spans);
      return settle(store.addSpans(spans), { items: "spans", all: spans.length, onKept });
    },
    addMetrics: (metrics) => {
      const all = metrics.reduce((sum, { data }) => sum + data.points.length, 0);
      const onKept = received.read(metrics);
      return settle(store.addMetrics(metrics), { items: "points", all, onKept });
    },
    addLogs: (logs) => settle(store.addLogs(logs), { items: "logs", all: logs.length, onKept: () => {} }),
    select: (query) => store.select(query),
    health: () => store.health(),
    statistics: () => store.statistics(),
    onKept: (listener) => store.onKept(listener),
    close: () => store.close(),
  };
}
