import { CUT_LOOKAHEAD, type Layout } from "./json-cut.ts";
import { LABEL_BYTES } from "./limits.ts";
import type { ListItems } from "./list-items.ts";

/** A list whose items are being read: `{"kind":"PodList","items":[`. */
export interface OpenList {
  /** `dump.json: items` */
  where: string;
  items: ListItems;
  /** Its text up to the bracket of the items. */
  textBefore: string;
}

/** A value that is being read. Positions are those of the stream. */
export interface OpenValue {
  /** What becomes of it: an object is handed on, a header ends its list, loose ones are passed by. */
  fate: "object" | "header" | "loose";
  start: number;
  /** Number of the line it starts in, from 1. */
  line: number;
  layout: Layout;
  /** Its place as a prefix for what it contains: empty for the first in the file, else `line 17`, `items[3]`. */
  path: string;
  /** Its whole place: `dump.jsonl: line 17`. */
  where: string;
  /** Its first bytes, kept when it has outgrown the window. */
  head?: Buffer;
  search?: Search;
  /** The list whose header it is. */
  list?: OpenList;
}

/** The search for the next value behind one that is broken, or within which the text ended. */
export interface Search {
  from: number;
  line: number;
  because: "broken" | "unfinished";
}

/** The first stream position that reading a value still needs; `at` is where the scanner is. */
export function firstNeeded(value: OpenValue, at: number): number {
  if (value.head === undefined) return value.start;
  return Math.max(value.start, (value.search?.from ?? at) - CUT_LOOKAHEAD);
}

/** A copy of as much of a text as is needed to tell whose it is. */
export function copyHead(text: Buffer): Buffer {
  return Buffer.from(text.subarray(0, LABEL_BYTES));
}
