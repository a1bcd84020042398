/** Packed repeated fields: one length, then values without tags (protobuf.dev, "Packed Repeated Fields"). */
import type { Source } from "./protobuf-values.ts";

/** Reads packed `fixed64` into a list. */
export function readFixed64s({ cursor }: Source, into: bigint[]): void {
  const outer = cursor.open();
  while (cursor.hasMore()) into.push(cursor.fixed64());
  cursor.close(outer);
}

/** Reads packed `uint64` into a list. */
export function readVarint64s({ cursor }: Source, into: bigint[]): void {
  const outer = cursor.open();
  while (cursor.hasMore()) into.push(cursor.uint64());
  cursor.close(outer);
}

/** Reads packed `double` into a list. */
export function readDoubles({ cursor }: Source, into: number[]): void {
  const outer = cursor.open();
  while (cursor.hasMore()) into.push(cursor.double());
  cursor.close(outer);
}
