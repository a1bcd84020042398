/**
 * Writes protobuf's wire format (protobuf.dev, "Encoding") front to back into one growing buffer.
 *
 * The length of a nested message stands before it but is known only after it. One byte is kept for it, which is
 * enough below 128 bytes; a longer message is moved up to make room, and copying a span's few hundred bytes is
 * cheaper than measuring them first:
 *
 *     tag | ?  | content ...        tag | length (2 bytes) | content ...
 */
import { WireType } from "./protobuf-cursor.ts";

/** A tag (at most two bytes for the fields OTLP has) and the longest scalar, a ten-byte varint. */
const SCALAR_BYTES = 12;
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const UTF8_BYTES_PER_UNIT = 3;

/**
 * One protobuf message in the making. Every method writes a field, default or not: leaving fields out is the
 * caller's decision.
 */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  /** The finished message: a view, so write no more after it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** `bool`, `enum` and unsigned integers below 2^31. */
  uint32(field: number, value: number): void {
    this.#scalar(field, WireType.varint);
    this.#varint(value);
  }

  /** `int64`: two's complement, so that a negative number takes ten bytes. */
  int64(field: number, value: bigint): void {
    this.#scalar(field, WireType.varint);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fffffffn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#varint(Number(rest));
  }

  /** `fixed64`, from 0 to 2^64 - 1. */
  fixed64(field: number, value: bigint): void {
    this.#scalar(field, WireType.fixed64);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
  }

  /** `fixed32`, from 0 to 2^32 - 1. */
  fixed32(field: number, value: number): void {
    this.#scalar(field, WireType.fixed32);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  double(field: number, value: number): void {
    this.#scalar(field, WireType.fixed64);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** `string`, as UTF-8; half a surrogate pair becomes U+FFFD. */
  string(field: number, text: string): void {
    this.#text(field, text, "utf8");
  }

  /** `bytes`, given as hex digits. */
  hexBytes(field: number, digits: string): void {
    this.#text(field, digits, "hex");
  }

  /** A nested message: whatever `write` writes. */
  message<Content>(
    field: number,
    content: Content,
    write: (writer: ProtobufWriter, content: Content) => void,
  ): void {
    const start = this.#open(field);
    write(this, content);
    this.#close(start);
  }

  #text(field: number, text: string, encoding: "utf8" | "hex"): void {
    const start = this.#open(field);
    this.#reserve(text.length * UTF8_BYTES_PER_UNIT);
    this.#length += this.#bytes.write(text, start, encoding);
    this.#close(start);
  }

  #open(field: number): number {
    this.#scalar(field, WireType.lengthDelimited);
    this.#length += 1;
    return this.#length;
  }

  #close(start: number): void {
    const size = this.#length - start;
    const contentStart = start - 1 + varintBytes(size);
    if (contentStart > start) this.#moveContent(start, contentStart);
    this.#length = start - 1;
    this.#varint(size);
    this.#length = contentStart + size;
  }

  #moveContent(from: number, to: number): void {
    this.#reserve(to - from);
    this.#bytes.copyWithin(to, from, this.#length);
  }

  #scalar(field: number, wireType: WireType): void {
    this.#reserve(SCALAR_BYTES);
    this.#varint((field << 3) | wireType);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) count += 1;
  return count;
}
