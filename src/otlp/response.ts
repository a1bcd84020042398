/** Reads what a collector says about a request it took, and about one it did not. */
import { integerValue, messageValue, readProtobuf, textValue } from "./protobuf-reader.ts";

/**
 * An `ExportTraceServiceResponse`. No rejected spans and no message: everything was taken. A message without rejected
 * spans is a warning (OTLP specification, "Partial Success").
 */
export interface TraceResponse {
  rejectedSpans: number;
  message: string;
}

/** How a message is encoded, in a request and in its response. */
export type Encoding = "protobuf" | "json";

/** Reads the body of a response that says "taken"; `undefined` when it is something else than it should be. */
export function readTraceResponse(body: Uint8Array, encoding: Encoding): TraceResponse | undefined {
  return encoding === "json" ? readJsonResponse(body) : readProtobufResponse(body);
}

// ExportTraceServiceResponse { partial_success = 1 }, ExportTracePartialSuccess { rejected_spans = 1, error_message = 2 }
function readProtobufResponse(body: Uint8Array): TraceResponse | undefined {
  const response = readProtobuf(body);
  const partialSuccess = response && messageValue(response, 1);
  if (partialSuccess === undefined) return undefined;
  return { rejectedSpans: integerValue(partialSuccess, 1), message: textValue(partialSuccess, 2) };
}

/** An empty body is what some collectors answer in place of `{}`. */
function readJsonResponse(body: Uint8Array): TraceResponse | undefined {
  const response = body.length === 0 ? {} : parseJson(body);
  if (!isObject(response)) return undefined;
  const { partialSuccess = {} } = response;
  if (!isObject(partialSuccess)) return undefined;
  const rejectedSpans = Number(partialSuccess.rejectedSpans ?? 0);
  if (!Number.isSafeInteger(rejectedSpans)) return undefined;
  return { rejectedSpans, message: String(partialSuccess.errorMessage ?? "") };
}

/**
 * What the body of an error answer says. It is a `google.rpc.Status` in the encoding of the request (OTLP
 * specification, "Failures"), or whatever a proxy on the way wrote.
 */
export function errorText(body: Uint8Array, encoding: Encoding): string {
  return statusMessage(body, encoding) || new TextDecoder().decode(body);
}

// google.rpc.Status { code = 1, message = 2, details = 3 }
function statusMessage(body: Uint8Array, encoding: Encoding): string {
  if (encoding === "protobuf") return textValue(readProtobuf(body) ?? [], 2);
  const status = parseJson(body);
  return isObject(status) && typeof status.message === "string" ? status.message : "";
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
