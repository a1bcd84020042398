/** What a sender of OTLP is answered when its request was taken, as a whole or in part. */
import { ProtobufWriter } from "../protobuf-writer.ts";
import type { Encoding } from "../response.ts";
import type { Rejection } from "./tally.ts";

/**
 * How many spans, data points or log records were not taken, and why. None and no message: everything was. A message
 * alone is a warning (OTLP specification, "Partial Success").
 */
export interface PartialSuccess {
  rejected: number;
  message: string;
}

/** Sums up what was rejected while a request was decoded, in one line. */
export function partialSuccessOf(rejections: readonly Rejection[]): PartialSuccess {
  const rejected = rejections.reduce((sum, { count }) => sum + count, 0);
  return { rejected, message: rejections.map(({ count, reason }) => `${count}: ${reason}`).join("; ") };
}

/** An `ExportTraceServiceResponse`. */
export function encodeTraceResponse(partialSuccess: PartialSuccess, encoding: Encoding): Uint8Array {
  return encodeResponse(partialSuccess, encoding, "rejectedSpans");
}

/** An `ExportMetricsServiceResponse`; what it counts are data points. */
export function encodeMetricsResponse(partialSuccess: PartialSuccess, encoding: Encoding): Uint8Array {
  return encodeResponse(partialSuccess, encoding, "rejectedDataPoints");
}

/** An `ExportLogsServiceResponse`. */
export function encodeLogsResponse(partialSuccess: PartialSuccess, encoding: Encoding): Uint8Array {
  return encodeResponse(partialSuccess, encoding, "rejectedLogRecords");
}

/** Of `Export…ServiceResponse` and of the `Export…PartialSuccess` in it: the same for all three. */
const Field = { partialSuccess: 1, rejected: 1, errorMessage: 2 } as const;

/** When everything was taken, the partial success must not be there ("Full Success"). */
function encodeResponse(partialSuccess: PartialSuccess, encoding: Encoding, counted: string): Uint8Array {
  const { rejected, message } = partialSuccess;
  const isFull = rejected === 0 && message === "";
  if (encoding === "protobuf") return isFull ? new Uint8Array() : protobufResponse(partialSuccess);
  const said = { [counted]: String(rejected), errorMessage: message };
  return Buffer.from(JSON.stringify(isFull ? {} : { partialSuccess: said }));
}

function protobufResponse(partialSuccess: PartialSuccess): Uint8Array {
  const writer = new ProtobufWriter();
  writer.message(Field.partialSuccess, partialSuccess, (nested, { rejected, message }) => {
    nested.int64(Field.rejected, BigInt(rejected));
    nested.string(Field.errorMessage, message);
  });
  return writer.finish();
}
