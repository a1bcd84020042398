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
  const fields: ProtobufField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const field = readValue(bytes, tag.end, Number(tag.value & 7n));
    if (field === undefined) return undefined;
    fields.push({ number: Number(tag.value >> 3n), value: field.value });
    at = field.end;
  }
  return fields;
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

interface Read<Value> {
  value: Value;
  end: number;
}

function readValue(bytes: Uint8Array, at: number, wireType: number): Read<bigint | Uint8Array> | undefined {
  switch (wireType) {
    case 0:
      return readVarint(bytes, at);
    case 1:
      return readBytes(bytes, at, 8);
    case 2: {
      const length = readVarint(bytes, at);
      return length && readBytes(bytes, length.end, Number(length.value));
    }
    case 5:
      return readBytes(bytes, at, 4);
    default:
      return undefined;
  }
}

function readBytes(bytes: Uint8Array, at: number, length: number): Read<Uint8Array> | undefined {
  const end = at + length;
  return end > bytes.length ? undefined : { value: bytes.subarray(at, end), end };
}

/** At most ten bytes of seven bits each. */
function readVarint(bytes: Uint8Array, at: number): Read<bigint> | undefined {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + index + 1 };
  }
  return undefined;
}
