/** The six wire types of protobuf (protobuf.dev, "Encoding"): the low three bits of a tag. */
export const WireType = {
  varint: 0,
  fixed64: 1,
  lengthDelimited: 2,
  startGroup: 3,
  endGroup: 4,
  fixed32: 5,
} as const;
export type WireType = (typeof WireType)[keyof typeof WireType];

/** What stands before a field on the wire: its number and the wire type of what follows. */
export function tagOf(field: number, wireType: WireType): number {
  return field * 8 + wireType;
}

/** 64 bits in groups of seven (protobuf.dev, "Base 128 Varints"). */
const MAX_VARINT_BYTES = 10;
/** Groups are long deprecated; protobuf's own readers stop at a hundred levels too. */
const MAX_GROUP_DEPTH = 100;
/** What fits into a varint of one byte: made once, so that a list of a million zeros needs no million objects. */
const SMALL_INTEGERS = Array.from({ length: 128 }, (_, value) => BigInt(value));
/** A field number has 29 bits, the wire type three. */
const MAX_TAG = 2 ** 32 - 1;

/**
 * Walks over the bytes of a protobuf message without copying them. Made for speed: values are read where they stand.
 *
 * It never throws. Once something is wrong, {@link fault} says what, {@link hasMore} is false for good and every read
 * answers a zero, so loops end by themselves and nobody has to check but the one who started.
 *
 * @example
 * while (cursor.hasMore()) {
 *   switch (cursor.tag()) {
 *     case tagOf(1, WireType.lengthDelimited): …
 *     default: cursor.skip();
 *   }
 * }
 */
export class Cursor {
  readonly bytes: Buffer;
  /** Where the next read begins. */
  position = 0;
  /** Why the bytes are not protobuf; undefined as long as they are. */
  fault: string | undefined;
  readonly #view: DataView;
  /** Where the message that is being read ends. */
  #end: number;
  #tag = 0;

  constructor(body: Uint8Array) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#end = body.byteLength;
  }

  /** True while the message that is being read has another field. */
  hasMore(): boolean {
    return this.position < this.#end;
  }

  /** Gives up: for what only the caller can see to be wrong, too. The first fault is the one that counts. */
  fail(fault: string): void {
    this.fault ??= fault;
    this.position = this.bytes.length;
  }

  /** Goes back to a position of the message that is being read; not when there is a fault, which is final. */
  rewind(position: number): void {
    if (this.fault === undefined) this.position = position;
  }

  /** The tag of the next field, to be compared with {@link tagOf}. */
  tag(): number {
    const tag = this.#number();
    this.#tag = tag;
    if (tag < 8 || tag > MAX_TAG) this.fail("a field has a number that protobuf does not know");
    return tag;
  }

  /** Enters a nested message; answers what {@link close} wants. */
  open(): number {
    const length = this.#length();
    const outer = this.#end;
    this.#end = this.position + length;
    return outer;
  }

  /** Leaves a nested message, wherever in it the cursor is. */
  close(outer: number): void {
    if (this.fault === undefined) this.position = this.#end;
    this.#end = outer;
  }

  /** Passes over a `string` or over `bytes`, which end where the cursor then is; answers where they begin. */
  pass(): number {
    const length = this.#length();
    const start = this.position;
    this.position = start + length;
    return start;
  }

  /** A `bool`. */
  bool(): boolean {
    const position = this.position;
    this.#skipVarint();
    if (this.fault !== undefined) return false;
    // Any bit of any byte but the marks of continuation.
    for (let at = position; at < this.position; at += 1) if ((this.#byteAt(at) & 0x7f) !== 0) return true;
    return false;
  }

  /** An `int32` or an enum, whose negative values take ten bytes. */
  int32(): number {
    const byte = this.position < this.#end ? this.#byteAt(this.position) : 0x80;
    if (byte < 0x80) {
      this.position += 1;
      return byte;
    }
    return Number(BigInt.asIntN(32, this.uint64()));
  }

  /** A `uint32`. */
  uint32(): number {
    return this.int32() >>> 0;
  }

  /** A `sint32`, in zigzag. */
  sint32(): number {
    const zigzag = this.uint32();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /** An `int64`. */
  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  /** A `uint64`; bits above the 64th are ignored. */
  uint64(): bigint {
    const start = this.position;
    this.#skipVarint();
    const count = this.position - start;
    if (this.fault !== undefined) return 0n;
    if (count === 1) return SMALL_INTEGERS[this.#byteAt(start)] as bigint;
    if (count <= 4) return BigInt(this.#smallVarint(start, count));
    const low = BigInt(this.#smallVarint(start, 4));
    const middle = BigInt(this.#smallVarint(start + 4, Math.min(count - 4, 4)));
    const high = BigInt(this.#smallVarint(start + 8, Math.max(count - 8, 0)));
    return BigInt.asUintN(64, low | (middle << 28n) | (high << 56n));
  }

  /** A `fixed32`. */
  fixed32(): number {
    const start = this.#take(4);
    return start < 0 ? 0 : this.#view.getUint32(start, true);
  }

  /** A `fixed64`. */
  fixed64(): bigint {
    const start = this.#take(8);
    return start < 0 ? 0n : this.#view.getBigUint64(start, true);
  }

  /** An `sfixed64`. */
  sfixed64(): bigint {
    const start = this.#take(8);
    return start < 0 ? 0n : this.#view.getBigInt64(start, true);
  }

  /** A `double`. */
  double(): number {
    const start = this.#take(8);
    return start < 0 ? 0 : this.#view.getFloat64(start, true);
  }

  /** Passes over the value of the tag read last, whatever it is: how fields nobody knows are ignored. */
  skip(): void {
    if ((this.#tag & 7) === WireType.startGroup) this.#skipGroup();
    else this.#skipValue();
  }

  #length(): number {
    const length = this.#number();
    if (length <= this.#end - this.position) return length;
    this.fail("a length goes beyond the end");
    return 0;
  }

  #skipValue(): void {
    switch (this.#tag & 7) {
      case WireType.varint:
        this.#skipVarint();
        break;
      case WireType.fixed64:
        this.#take(8);
        break;
      case WireType.lengthDelimited:
        this.pass();
        break;
      case WireType.fixed32:
        this.#take(4);
        break;
      default:
        this.fail("a field has a wire type that protobuf does not know, or ends a group that never began");
    }
  }

  /** Groups nest, and each ends with the number it began with. */
  #skipGroup(): void {
    const open = [this.#tag >>> 3];
    while (open.length > 0 && this.hasMore()) {
      const field = this.tag() >>> 3;
      if ((this.#tag & 7) === WireType.startGroup) open.push(field);
      else if ((this.#tag & 7) !== WireType.endGroup) this.#skipValue();
      else if (open.pop() !== field) this.fail("a group ends that never began");
      if (open.length > MAX_GROUP_DEPTH) this.fail("groups are nested too deeply");
    }
    if (open.length > 0) this.fail("a group does not end");
  }

  /** Where the next `count` bytes begin, which are then behind the cursor; negative when there are not so many. */
  #take(count: number): number {
    const start = this.position;
    if (count <= this.#end - start) {
      this.position = start + count;
      return start;
    }
    this.fail("a value goes beyond the end");
    return -1;
  }

  /** A varint that is to be small, as a double: exact as far as anyone compares it. */
  #number(): number {
    const start = this.position;
    if (start < this.#end) {
      const byte = this.#byteAt(start);
      if (byte < 0x80) {
        this.position = start + 1;
        return byte;
      }
    }
    this.#skipVarint();
    if (this.fault !== undefined) return 0;
    const count = this.position - start;
    if (count <= 4) return this.#smallVarint(start, count);
    let value = 0;
    for (let at = this.position - 1; at >= start; at -= 1) value = value * 128 + (this.#byteAt(at) & 0x7f);
    return value;
  }

  /** At most four bytes, which make 28 bits. */
  #smallVarint(start: number, count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      value |= (this.#byteAt(start + index) & 0x7f) << (7 * index);
    }
    return value;
  }

  #skipVarint(): void {
    const last = Math.min(this.#end, this.position + MAX_VARINT_BYTES);
    for (let at = this.position; at < last; at += 1) {
      if (this.#byteAt(at) >= 0x80) continue;
      this.position = at + 1;
      return;
    }
    this.fail("a varint does not end");
  }

  /** Only for positions that were compared with the end. */
  #byteAt(position: number): number {
    return this.bytes[position] as number;
  }
}
