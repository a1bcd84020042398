/**
 * ClickHouse's RowBinary: values of one row after another, in the order of the columns and without names.
 * Text is a varint of its UTF-8 length and the bytes; an array or map is a varint of its size and the entries
 * (ClickHouse documentation, "Formats", "RowBinary").
 */

const FIRST_BYTES = 64 * 1024;
/** Up to here, copying characters one by one is quicker than calling into the encoder. */
const SHORT_TEXT = 48;

export class RowWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.#shortAscii(value)) return;
    const bytes = Buffer.byteLength(value);
    this.size(bytes);
    this.#reserve(bytes);
    this.#bytes.write(value, this.#length, bytes, "utf8");
    this.#length += bytes;
  }

  /** A varint: of a length, or of a number of entries. */
  size(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** `UInt64`, `Int64` and `DateTime64(9)`. */
  int64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#bytes.writeInt32LE(value, this.#length);
    this.#length += 4;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#bytes.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }

  /** Bytes that were written by another writer. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What was written; good until the next write. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written after the first so many bytes, and keeps its memory. */
  rewind(length: number): void {
    this.#length = length;
  }

  #shortAscii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
