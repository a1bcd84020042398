import { Cursor, WireType } from "./protobuf-cursor.ts";

/** One field off the wire: a varint as a number modulo 2^64, fixed-width and length-delimited ones as their bytes. */
export interface ProtobufField {
  number: number;
  value: bigint | Uint8Array;
}

/**
 * Reads the fields of one protobuf message, nested messages unread. For the few small messages a collector answers
 * with; `undefined` when the bytes are not protobuf.
 */
export function readProtobuf(bytes: Uint8Array): ProtobufField[] | undefined {
  const cursor = new Cursor(bytes);
  const fields: ProtobufField[] = [];
  while (cursor.hasMore()) {
    const tag = cursor.tag();
    fields.push({ number: tag >>> 3, value: readValue(cursor, tag & 7) });
  }
  return cursor.fault === undefined ? fields : undefined;
}

/** The last value of a field, as protobuf says a repeated singular field is to be read. */
export function lastValue(
  fields: readonly ProtobufField[],
  number: number,
): ProtobufField["value"] | undefined {
  return fields.findLast((field) => field.number === number)?.value;
}

/** The text of a `string` field; empty when it is absent or something else, as a default is not on the wire. */
export function textValue(fields: readonly ProtobufField[], number: number): string {
  const value = lastValue(fields, number);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
}

/** The number in an `int64` or `int32` field; zero when it is absent or something else. */
export function integerValue(fields: readonly ProtobufField[], number: number): number {
  const value = lastValue(fields, number);
  return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
}

/** The fields of a nested message; empty when it is absent, `undefined` when it is not a message. */
export function messageValue(fields: readonly ProtobufField[], number: number): ProtobufField[] | undefined {
  const value = lastValue(fields, number);
  if (value === undefined) return [];
  return value instanceof Uint8Array ? readProtobuf(value) : undefined;
}

function readValue(cursor: Cursor, wireType: number): bigint | Uint8Array {
  if (wireType === WireType.varint) return cursor.uint64();
  if (wireType === WireType.lengthDelimited) return cursor.bytes.subarray(cursor.pass(), cursor.position);
  const start = cursor.position;
  cursor.skip();
  return cursor.bytes.subarray(start, cursor.position);
}
