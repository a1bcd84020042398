/** The three signals of OTLP: where they arrive, and how they get from bytes into the store. */
import {
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  type Encoding,
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeTraceResponse,
  type PartialSuccess,
  partialSuccessOf,
  type RefusedRequest,
  type Rejection,
  refuse,
} from "../../otlp/index.ts";
import { type Added, StoreError, type TraceStore } from "../../store/index.ts";

export type SignalItems = "spans" | "points" | "logs";

export interface Signal {
  /** What is in it. */
  items: SignalItems;
  /** Over HTTP. */
  path: string;
  /** Over gRPC, its method is `Export`. */
  service: string;
  /** Reads an unpacked body into the store. Never throws. */
  take(unpacked: { body: Uint8Array; contentType: string | undefined }, store: TraceStore): Taken;
}

/**
 * What was read on its way into the store; it is durable when the outcome is "kept". Nothing of the body, and nothing that was
 * read out of it, is held while the outcome is awaited: with many requests waiting, that would be most of the memory, and a
 * sixth of the time would go into collecting it.
 */
export interface Taken {
  /** How many items were not even given to the store, because something is wrong with them. */
  rejected: number;
  outcome: Promise<Kept | RefusedRequest>;
}

export interface Kept {
  kind: "kept";
  /** The body of the answer. */
  response(encoding: Encoding): Uint8Array;
}

interface Decoded<Item> {
  kind: "decoded";
  items: readonly Item[];
  rejected: readonly Rejection[];
}

interface Handling<Item> extends Pick<Signal, "items" | "path" | "service"> {
  decode(
    body: Uint8Array,
    contentType: string | undefined,
  ): Decoded<Item> | { kind: "malformed"; reason: string };
  add(store: TraceStore, items: readonly Item[]): Promise<Added>;
  encodeResponse(partialSuccess: PartialSuccess, encoding: Encoding): Uint8Array;
}

export const SIGNALS: readonly Signal[] = [
  signal({
    items: "spans",
    path: "/v1/traces",
    service: "opentelemetry.proto.collector.trace.v1.TraceService",
    decode: (body, contentType) => {
      const decoded = decodeTraces(body, contentType);
      return decoded.kind === "malformed" ? decoded : { ...decoded, items: decoded.spans };
    },
    add: (store, spans) => store.addSpans(spans),
    encodeResponse: encodeTraceResponse,
  }),
  signal({
    items: "points",
    path: "/v1/metrics",
    service: "opentelemetry.proto.collector.metrics.v1.MetricsService",
    decode: (body, contentType) => {
      const decoded = decodeMetrics(body, contentType);
      return decoded.kind === "malformed" ? decoded : { ...decoded, items: decoded.metrics };
    },
    add: (store, metrics) => store.addMetrics(metrics),
    encodeResponse: encodeMetricsResponse,
  }),
  signal({
    items: "logs",
    path: "/v1/logs",
    service: "opentelemetry.proto.collector.logs.v1.LogsService",
    decode: (body, contentType) => {
      const decoded = decodeLogs(body, contentType);
      return decoded.kind === "malformed" ? decoded : { ...decoded, items: decoded.logs };
    },
    add: (store, logs) => store.addLogs(logs),
    encodeResponse: encodeLogsResponse,
  }),
];

function signal<Item>(handling: Handling<Item>): Signal {
  return {
    items: handling.items,
    path: handling.path,
    service: handling.service,
    take: ({ body, contentType }, store) => {
      const decoded = handling.decode(body, contentType);
      if (decoded.kind === "malformed") {
        return { rejected: 0, outcome: Promise.resolve(refuse("malformed", decoded.reason)) };
      }
      const { items, rejected } = decoded;
      const added = items.length === 0 ? Promise.resolve(NOTHING) : handling.add(store, items);
      return {
        rejected: rejected.reduce((sum, { count }) => sum + count, 0),
        outcome: outcomeOf(added, { rejected, encodeResponse: handling.encodeResponse }),
      };
    },
  };
}

async function outcomeOf(
  adding: Promise<Added>,
  {
    rejected,
    encodeResponse,
  }: { rejected: readonly Rejection[]; encodeResponse: Handling<unknown>["encodeResponse"] },
): Promise<Kept | RefusedRequest> {
  const added = await adding.catch(refusalOf);
  if (added.kind === "busy") return refuse("busy", added.reason, added);
  if (added.kind !== "kept") return added;
  const partialSuccess = partialSuccessOf([...rejected, ...rejectionOf(added)]);
  return { kind: "kept", response: (encoding) => encodeResponse(partialSuccess, encoding) };
}

const NOTHING: Added = { kind: "kept", rejected: 0, reason: "" };

function rejectionOf({ rejected, reason }: Extract<Added, { kind: "kept" }>): Rejection[] {
  return rejected === 0 ? [] : [{ count: rejected, reason }];
}

/** The sender may try again after anything the store says of itself; what it does not expect is a fault of ours. */
function refusalOf(fault: unknown): RefusedRequest {
  if (fault instanceof StoreError) return refuse("unavailable", fault.message);
  return refuse("fault", "the server failed to keep this; the request is not to blame");
}
