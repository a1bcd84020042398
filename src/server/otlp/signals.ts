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
  type Rejection,
} from "../../otlp/index.ts";
import { type Added, StoreError, type TraceStore } from "../../store/index.ts";
import { type Refusal, refuse } from "./refusal.ts";

export interface Signal {
  /** Over HTTP. */
  path: string;
  /** Over gRPC, its method is `Export`. */
  service: string;
  /** Reads an unpacked body. The answer holds nothing of the body. */
  read(body: Uint8Array, contentType: string | undefined): Batch | Refusal;
}

/** What a request brought. */
export interface Batch {
  kind: "batch";
  /** Puts it into the store; durable when it answers. Never throws. */
  keep(store: TraceStore): Promise<Kept | Refusal>;
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

interface Handling<Item> extends Pick<Signal, "path" | "service"> {
  decode(
    body: Uint8Array,
    contentType: string | undefined,
  ): Decoded<Item> | { kind: "malformed"; reason: string };
  add(store: TraceStore, items: readonly Item[]): Promise<Added>;
  encodeResponse(partialSuccess: PartialSuccess, encoding: Encoding): Uint8Array;
}

export const SIGNALS: readonly Signal[] = [
  signal({
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
    path: handling.path,
    service: handling.service,
    read: (body, contentType) => {
      const decoded = handling.decode(body, contentType);
      if (decoded.kind === "malformed") return refuse("malformed", decoded.reason);
      return { kind: "batch", keep: (store) => keep(store, decoded, handling) };
    },
  };
}

async function keep<Item>(
  store: TraceStore,
  { items, rejected }: Decoded<Item>,
  { add, encodeResponse }: Handling<Item>,
): Promise<Kept | Refusal> {
  const added = items.length === 0 ? NOTHING : await tryToAdd(() => add(store, items));
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
async function tryToAdd(add: () => Promise<Added>): Promise<Added | Refusal> {
  try {
    return await add();
  } catch (fault) {
    if (fault instanceof StoreError) return refuse("unavailable", fault.message);
    return refuse("fault", "the server failed to keep this; the request is not to blame");
  }
}
