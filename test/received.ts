import { decodeTraces, encodeProtobuf, type ReceivedSpan } from "../src/otlp/index.ts";
import type { ResourceSpans } from "../src/trace/index.ts";

/** Spans as a server gets them: over the wire, as OTLP. */
export function received(resourceSpans: readonly ResourceSpans[]): ReceivedSpan[] {
  return receivedRequest(encodeProtobuf(resourceSpans));
}

/** The spans of an encoded `ExportTraceServiceRequest`. */
export function receivedRequest(request: Uint8Array): ReceivedSpan[] {
  const decoded = decodeTraces(request, "application/x-protobuf");
  if (decoded.kind === "malformed") throw new Error(decoded.reason);
  return decoded.spans;
}
