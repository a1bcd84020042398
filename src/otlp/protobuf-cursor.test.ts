import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { Cursor, tagOf, WireType } from "./protobuf-cursor.ts";

const cursorOver = (...bytes: number[]) => new Cursor(Uint8Array.from(bytes));

/** Reads the first field and passes over it. */
function skipFirst(...bytes: number[]): Cursor {
  const cursor = cursorOver(...bytes);
  cursor.tag();
  cursor.skip();
  return cursor;
}

const START = tagOf(1, WireType.startGroup);
const END = tagOf(1, WireType.endGroup);
const INNER_START = tagOf(2, WireType.startGroup);
const INNER_END = tagOf(2, WireType.endGroup);

describe("a field nobody knows", () => {
  it.each([
    ["a varint", [tagOf(1, WireType.varint), 0x80, 0x80, 0x01]],
    ["a varint of ten bytes", [tagOf(1, WireType.varint), ...Array<number>(9).fill(0xff), 0x01]],
    ["eight bytes", [tagOf(1, WireType.fixed64), 1, 2, 3, 4, 5, 6, 7, 8]],
    ["four bytes", [tagOf(1, WireType.fixed32), 1, 2, 3, 4]],
    ["a string", [tagOf(1, WireType.lengthDelimited), 2, 65, 66]],
    ["an empty group", [START, END]],
    [
      "a group with fields",
      [START, tagOf(9, WireType.lengthDelimited), 1, END, tagOf(9, WireType.varint), 7, END],
    ],
    ["groups in groups", [START, INNER_START, START, END, INNER_END, END]],
  ])("is passed over: %s", (_, bytes) => {
    const cursor = skipFirst(...bytes);
    expect(cursor.fault).toBeUndefined();
    expect(cursor.hasMore()).toBe(false);
  });
});

describe("bytes that are not protobuf", () => {
  it.each([
    ["a varint that does not end", [tagOf(1, WireType.varint), 0x80]],
    ["a varint of eleven bytes", [tagOf(1, WireType.varint), ...Array<number>(10).fill(0x80), 0x01]],
    ["a length beyond the end", [tagOf(1, WireType.lengthDelimited), 2, 65]],
    ["an enormous length", [tagOf(1, WireType.lengthDelimited), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ["a fixed value cut off", [tagOf(1, WireType.fixed64), 1, 2, 3]],
    ["a wire type there is none of", [0x0e]],
    ["field number zero", [0x00, 1]],
    ["a field number beyond 29 bits", [0x80, 0x80, 0x80, 0x80, 0x10, 1]],
    ["a group that does not end", [START, INNER_START, INNER_END]],
    ["a group that ends as another", [START, INNER_END]],
    ["a group that never began", [END]],
    ["very many groups", Array<number>(1_000).fill(START)],
  ])("are found out: %s", (_, bytes) => {
    const cursor = skipFirst(...bytes);
    expect(cursor.fault).toBeDefined();
    expect(cursor.hasMore()).toBe(false);
  });

  it("give nothing but zeros from then on", () => {
    const cursor = skipFirst(tagOf(1, WireType.varint), 0x80);
    const outer = cursor.open();
    expect([cursor.tag(), cursor.int32(), cursor.fixed64(), cursor.uint64(), cursor.double()]).toEqual([
      0,
      0,
      0n,
      0n,
      0,
    ]);
    cursor.rewind(0);
    cursor.close(outer);
    expect(cursor.hasMore()).toBe(false);
  });
});

describe("a nested message", () => {
  it("ends where it ends, even if what is in it says otherwise", () => {
    const cursor = cursorOver(2, tagOf(1, WireType.lengthDelimited), 2, 65, 66);
    cursor.open();
    cursor.tag();
    cursor.skip();
    expect(cursor.fault).toBe("a length goes beyond the end");
  });

  it("may be left before it is read", () => {
    const cursor = cursorOver(3, 0xff, 0xff, 0xff, tagOf(5, WireType.varint));
    cursor.close(cursor.open());
    expect(cursor.tag()).toBe(tagOf(5, WireType.varint));
    expect(cursor.fault).toBeUndefined();
  });
});

describe("numbers", () => {
  const roundTrip = <Value>(
    values: fc.Arbitrary<Value>,
    write: (writer: protobuf.Writer, value: Value) => void,
    read: (cursor: Cursor) => Value,
  ) =>
    fc.assert(
      fc.property(values, (value) => {
        const writer = protobuf.Writer.create();
        write(writer, value);
        const cursor = new Cursor(writer.finish());
        expect(read(cursor)).toBe(value);
        expect(cursor.hasMore()).toBe(false);
        expect(cursor.fault).toBeUndefined();
      }),
    );
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

  it("are what an independent library wrote", () => {
    roundTrip(
      fc.integer(),
      (writer, value) => writer.int32(value),
      (cursor) => cursor.int32(),
    );
    roundTrip(
      fc.nat(2 ** 32 - 1),
      (writer, value) => writer.uint32(value),
      (cursor) => cursor.uint32(),
    );
    roundTrip(
      fc.integer(),
      (writer, value) => writer.sint32(value),
      (cursor) => cursor.sint32(),
    );
    roundTrip(
      fc.boolean(),
      (writer, value) => writer.bool(value),
      (cursor) => cursor.bool(),
    );
    roundTrip(
      int64,
      (writer, value) => writer.int64(value.toString()),
      (cursor) => cursor.int64(),
    );
    roundTrip(
      uint64,
      (writer, value) => writer.uint64(value.toString()),
      (cursor) => cursor.uint64(),
    );
    roundTrip(
      uint64,
      (writer, value) => writer.fixed64(value.toString()),
      (cursor) => cursor.fixed64(),
    );
    roundTrip(
      int64,
      (writer, value) => writer.sfixed64(value.toString()),
      (cursor) => cursor.sfixed64(),
    );
    roundTrip(
      fc.double(),
      (writer, value) => writer.double(value),
      (cursor) => cursor.double(),
    );
    roundTrip(
      fc.nat(2 ** 32 - 1),
      (writer, value) => writer.fixed32(value),
      (cursor) => cursor.fixed32(),
    );
  });

  it("may have more bytes than they need", () => {
    expect(cursorOver(0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00).uint64()).toBe(1n);
    expect(cursorOver(0x80, 0x80, 0x01).bool()).toBe(true);
    expect(cursorOver(0x80, 0x00).bool()).toBe(false);
    expect(cursorOver(0x8a, 0x80, 0x80, 0x80, 0x80, 0x00).tag()).toBe(tagOf(1, WireType.lengthDelimited));
  });
});
