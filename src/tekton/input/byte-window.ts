import { isBlank, NEWLINE } from "./json-bytes.ts";

const INITIAL_BYTES = 1024 * 1024;

/**
 * The part of a byte stream that is still needed, in one piece: `bytes[0]` is the stream's byte number `base`,
 * and `length` bytes are valid. A chunk is copied once when it arrives; what lies before is dropped then.
 */
export class ByteWindow {
  bytes: Buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  base = 0;
  length = 0;

  /** The stream position behind the last byte. */
  get end(): number {
    return this.base + this.length;
  }

  /** Appends a chunk. Bytes before stream position `keepFrom` are no longer needed. */
  append(chunk: Uint8Array, keepFrom: number): void {
    const drop = Math.min(keepFrom - this.base, this.length);
    const kept = this.length - drop;
    const target = this.#capacityFor(kept + chunk.length);
    if (drop > 0 || target !== this.bytes) this.bytes.copy(target, 0, drop, this.length);
    target.set(chunk, kept);
    this.bytes = target;
    this.base += drop;
    this.length = kept + chunk.length;
  }

  /** The present buffer when it fits, a larger one when it does not, a smaller one after a giant has gone by. */
  #capacityFor(needed: number): Buffer {
    const capacity = this.bytes.length;
    // Fourfold growth keeps the sum of outgrown buffers, which wait for the garbage collector, at a third.
    if (needed > capacity) return Buffer.allocUnsafe(Math.max(needed, Math.min(capacity * 4, 2 * needed)));
    const oversized = capacity > 8 * INITIAL_BYTES && needed < capacity / 8;
    return oversized ? Buffer.allocUnsafe(Math.max(needed, INITIAL_BYTES)) : this.bytes;
  }

  /** The bytes between two stream positions, shared with the window and valid until the next append. */
  slice(start: number, end: number): Buffer {
    return this.bytes.subarray(start - this.base, end - this.base);
  }

  /** The byte at a stream position. */
  byteAt(position: number): number | undefined {
    return this.slice(position, position + 1)[0];
  }

  /** Width of the white space that begins the line the byte before a stream position stands in. */
  indentAt(position: number): number {
    const text = this.slice(this.base, position);
    const start = text.lastIndexOf(NEWLINE) + 1;
    let at = start;
    while (isBlank(text[at])) at++;
    return at - start;
  }
}
