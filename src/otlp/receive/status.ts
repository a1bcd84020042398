/** What a sender of OTLP is answered when its request was not taken. */
import { ProtobufWriter } from "../protobuf-writer.ts";
import type { Encoding } from "../response.ts";

/** Why a request was not taken. */
export interface Status {
  /** A number of `google.rpc.Code`, which are gRPC's. */
  code: number;
  message: string;
  /** Present where the same request may be taken after so long. */
  retryAfterSeconds?: number;
}

/** Of `google.rpc.Status`, `google.protobuf.Any`, `google.rpc.RetryInfo` and `google.protobuf.Duration`. */
const Field = { code: 1, message: 2, details: 3, typeUrl: 1, value: 2, retryDelay: 1, seconds: 1 } as const;
const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

/**
 * A `google.rpc.Status`: the body of a failure over HTTP, and the trailer `grpc-status-details-bin` over gRPC (OTLP
 * specification, "Failures").
 */
export function encodeStatus(status: Status, encoding: Encoding): Uint8Array {
  return encoding === "json" ? Buffer.from(JSON.stringify(jsonStatus(status))) : protobufStatus(status);
}

function jsonStatus({ code, message, retryAfterSeconds }: Status): object {
  if (retryAfterSeconds === undefined) return { code, message };
  return { code, message, details: [{ "@type": RETRY_INFO, retryDelay: `${retryAfterSeconds}s` }] };
}

function protobufStatus({ code, message, retryAfterSeconds }: Status): Uint8Array {
  const writer = new ProtobufWriter();
  writer.uint32(Field.code, code);
  writer.string(Field.message, message);
  if (retryAfterSeconds !== undefined) writer.message(Field.details, retryAfterSeconds, writeRetryInfo);
  return writer.finish();
}

function writeRetryInfo(any: ProtobufWriter, seconds: number): void {
  any.string(Field.typeUrl, RETRY_INFO);
  any.message(Field.value, seconds, (retryInfo) =>
    retryInfo.message(Field.retryDelay, seconds, (duration) => duration.uint32(Field.seconds, seconds)),
  );
}
