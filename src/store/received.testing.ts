/** Spans of runs as a server gets them: over the wire, as OTLP. */
import { decodeTraces, encodeProtobuf, type ReceivedSpan } from "../otlp/index.ts";
import type { ResourceSpans } from "../trace/index.ts";

export function received(resourceSpans: readonly ResourceSpans[]): ReceivedSpan[] {
  const decoded = decodeTraces(encodeProtobuf(resourceSpans), "application/x-protobuf");
  if (decoded.kind === "malformed") throw new Error(decoded.reason);
  return decoded.spans;
}
