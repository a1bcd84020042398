import type { ResourceSpans } from "../trace/index.ts";
import { encodeJson } from "./json.ts";
import { encodeProtobuf } from "./protobuf.ts";
import type { Encoding } from "./response.ts";

/** Few enough that a collector's answer, and a retry, come soon; typical spans of ours stay far below the byte limit. */
const MAX_SPANS = 2_000;
/** The largest message a gRPC server takes unless told otherwise. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The body of one request, an encoded `ExportTraceServiceRequest`, and how many spans it holds. */
export interface TraceRequest {
  body: Uint8Array;
  spans: number;
}

/**
 * Packs spans into requests, in their order: at most 2,000 spans and 4 MiB each, made as they are asked for. Spans of
 * one resource may end up in several requests. A single span is never split, so one that is larger goes alone.
 */
export function* traceRequests(
  resourceSpans: readonly ResourceSpans[],
  encoding: Encoding,
): Generator<TraceRequest, void, undefined> {
  for (const batch of split(resourceSpans, MAX_SPANS)) yield* withinSize(batch, encoding);
}

/** The number of spans in all resources. */
export function countSpans(resourceSpans: readonly ResourceSpans[]): number {
  return resourceSpans.reduce((sum, { spans }) => sum + spans.length, 0);
}

/** Encodes first and halves what came out too large: exact for every encoding, and the usual batch is encoded once. */
function* withinSize(batch: ResourceSpans[], encoding: Encoding): Generator<TraceRequest, void, undefined> {
  const spans = countSpans(batch);
  const body = encode(batch, encoding);
  if (body.length <= MAX_BYTES || spans === 1) return yield { body, spans };
  for (const half of split(batch, Math.ceil(spans / 2))) yield* withinSize(half, encoding);
}

function encode(batch: readonly ResourceSpans[], encoding: Encoding): Uint8Array {
  return encoding === "json" ? Buffer.from(encodeJson(batch)) : encodeProtobuf(batch);
}

function* split(
  resourceSpans: readonly ResourceSpans[],
  maxSpans: number,
): Generator<ResourceSpans[], void, undefined> {
  let batch: ResourceSpans[] = [];
  let room = maxSpans;
  for (const { resource, scope, spans } of resourceSpans) {
    for (let from = 0; from < spans.length; ) {
      const part = spans.slice(from, from + room);
      batch.push({ resource, scope, spans: part });
      from += part.length;
      room -= part.length;
      if (room > 0) continue;
      yield batch;
      batch = [];
      room = maxSpans;
    }
  }
  if (batch.length > 0) yield batch;
}
