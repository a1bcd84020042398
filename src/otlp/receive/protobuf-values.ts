/** Texts, ids, attributes and values out of protobuf (opentelemetry-proto `common/v1/common.proto`). */
import { Cursor, tagOf, WireType } from "../protobuf-cursor.ts";
import { AttributeSet } from "./attributes.ts";
import type { ReceivedValue } from "./received.ts";
import { type Tally, TOO_DENSE } from "./tally.ts";
import { characterStart, Texts } from "./texts.ts";

/** A body that is being read. */
export interface Source {
  readonly cursor: Cursor;
  readonly texts: Texts;
  readonly tally: Tally;
}

/** Opens a body. */
export function openSource(body: Uint8Array, tally: Tally): Source {
  const cursor = new Cursor(body);
  return { cursor, texts: new Texts(cursor.bytes), tally };
}

const KeyValueTag = {
  key: tagOf(1, WireType.lengthDelimited),
  value: tagOf(2, WireType.lengthDelimited),
} as const;
const AnyValueTag = {
  string: tagOf(1, WireType.lengthDelimited),
  bool: tagOf(2, WireType.varint),
  int: tagOf(3, WireType.varint),
  double: tagOf(4, WireType.fixed64),
  array: tagOf(5, WireType.lengthDelimited),
  keyValueList: tagOf(6, WireType.lengthDelimited),
  bytes: tagOf(7, WireType.lengthDelimited),
} as const;
/** Of `ArrayValue` and of `KeyValueList`. */
const VALUES_TAG = tagOf(1, WireType.lengthDelimited);

/** A `string` that is to be short. */
export function readName(source: Source): string {
  return readCut(source, source.tally.limits.maxNameBytes);
}

/** A `string` that may be long. */
export function readText(source: Source): string {
  return readCut(source, source.tally.limits.maxValueBytes);
}

/** One more than the longest has. */
const MAX_ID_BYTES = 17;

/** An id as lower-case hex; one that is far too long is cut, as no more is needed to see it. */
export function readId({ cursor }: Source): string {
  const start = cursor.pass();
  return cursor.bytes.toString("hex", start, Math.min(cursor.position, start + MAX_ID_BYTES));
}

/** A `KeyValue`, put into the attributes it belongs to unless they are full. */
export function readAttribute(source: Source, attributes: AttributeSet): void {
  readEntry(source, attributes, source.tally.limits.maxDepth);
}

/** An `AnyValue`. */
export function readValue(source: Source): ReceivedValue {
  return readNested(source, source.tally.limits.maxDepth);
}

function readEntry(source: Source, attributes: AttributeSet, depth: number): void {
  const { cursor } = source;
  const outer = cursor.open();
  let key: string | undefined = "";
  let value: ReceivedValue = null;
  while (!attributes.isFull && cursor.hasMore()) {
    switch (cursor.tag()) {
      case KeyValueTag.key:
        key = readKey(source);
        break;
      case KeyValueTag.value:
        value = readNested(source, depth);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  attributes.put(key, value);
}

/** Undefined for one that is too long: half a key would be another key. */
function readKey({ cursor, texts, tally }: Source): string | undefined {
  const start = cursor.pass();
  const end = cursor.position;
  return end - start > tally.limits.maxNameBytes ? undefined : texts.read(start, end);
}

/** `depth` is how many more arrays and lists may be entered. */
function readNested(source: Source, depth: number): ReceivedValue {
  const { cursor } = source;
  const outer = cursor.open();
  let value: ReceivedValue = null;
  while (cursor.hasMore()) {
    switch (cursor.tag()) {
      case AnyValueTag.string:
        value = readText(source);
        break;
      case AnyValueTag.bool:
        value = cursor.bool();
        break;
      case AnyValueTag.int:
        value = cursor.int64();
        break;
      case AnyValueTag.double:
        value = cursor.double();
        break;
      case AnyValueTag.array:
        value = isEnterable(source, depth) ? readArray(source, depth - 1) : skipped(source);
        break;
      case AnyValueTag.keyValueList:
        value = isEnterable(source, depth) ? readKeyValueList(source, depth - 1) : skipped(source);
        break;
      case AnyValueTag.bytes:
        value = readBytes(source);
        break;
      default:
        cursor.skip();
    }
  }
  cursor.close(outer);
  return value;
}

function isEnterable({ cursor, tally }: Source, depth: number): boolean {
  if (!tally.takePart()) cursor.fail(TOO_DENSE);
  return depth > 0;
}

function skipped({ cursor, tally }: Source): null {
  cursor.skip();
  tally.shortened += 1;
  return null;
}

function readArray(source: Source, depth: number): ReceivedValue[] {
  const { cursor } = source;
  const outer = cursor.open();
  const values: ReceivedValue[] = [];
  while (cursor.hasMore()) {
    if (cursor.tag() === VALUES_TAG) values.push(readNested(source, depth));
    else cursor.skip();
  }
  cursor.close(outer);
  return values;
}

function readKeyValueList(source: Source, depth: number): ReceivedValue {
  const { cursor, tally } = source;
  const outer = cursor.open();
  const list = new AttributeSet(tally);
  while (cursor.hasMore()) {
    if (cursor.tag() === VALUES_TAG) readEntry(source, list, depth);
    else cursor.skip();
  }
  cursor.close(outer);
  tally.shortened += list.dropped;
  return list.values;
}

/** Copied, so that a span does not keep the whole body in memory. */
function readBytes({ cursor, tally }: Source): Uint8Array {
  const start = cursor.pass();
  const end = Math.min(cursor.position, start + tally.limits.maxValueBytes);
  if (end < cursor.position) tally.shortened += 1;
  return new Uint8Array(cursor.bytes.subarray(start, end));
}

function readCut({ cursor, texts, tally }: Source, maxBytes: number): string {
  const start = cursor.pass();
  const end = cursor.position;
  if (end - start <= maxBytes) return texts.read(start, end);
  tally.shortened += 1;
  return texts.read(start, characterStart(cursor.bytes, start + maxBytes));
}
