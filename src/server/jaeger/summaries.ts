/** What a list of traces shows of each, without its spans: `TraceSummary` of Jaeger's query service, version 3. */
import { groupBy } from "../../insight/index.ts";
import type { ServiceShare } from "../../store/index.ts";

/** Times are decimal nanoseconds, as 64-bit integers are in ProtoJSON. */
export interface TraceSummary {
  traceId: string;
  /** Of the first span without a parent; absent where there is none. */
  rootServiceName?: string;
  rootOperationName?: string;
  minStartTimeUnixNano: string;
  maxEndTimeUnixNano: string;
  spanCount: number;
  errorSpanCount: number;
  services: { name: string; spanCount: number; errorSpanCount: number }[];
}

/** Summaries of these traces, in their order, from what each service has in them. */
export function summaries(traceIds: readonly string[], shares: readonly ServiceShare[]): TraceSummary[] {
  const byTrace = groupBy(shares, ({ traceId }) => traceId);
  return traceIds.flatMap((traceId) => {
    const ofTrace = byTrace.get(traceId);
    return ofTrace === undefined ? [] : [summary(traceId, ofTrace)];
  });
}

function summary(traceId: string, shares: readonly ServiceShare[]): TraceSummary {
  const root = rootOf(shares);
  return {
    traceId,
    ...(root !== undefined && { rootServiceName: root.service, rootOperationName: root.name }),
    minStartTimeUnixNano: String(shares.map(({ startNs }) => startNs).reduce((a, b) => (a < b ? a : b))),
    maxEndTimeUnixNano: String(shares.map(({ endNs }) => endNs).reduce((a, b) => (a > b ? a : b))),
    spanCount: shares.reduce((sum, { spans }) => sum + spans, 0),
    errorSpanCount: shares.reduce((sum, { errors }) => sum + errors, 0),
    services: shares.map(({ service, spans, errors }) => ({
      name: service,
      spanCount: spans,
      errorSpanCount: errors,
    })),
  };
}

function rootOf(shares: readonly ServiceShare[]): { service: string; name: string } | undefined {
  const roots = shares.flatMap(({ service, root }) => (root === undefined ? [] : [{ service, ...root }]));
  return roots.toSorted((a, b) => (a.startNs < b.startNs ? -1 : 1))[0];
}
