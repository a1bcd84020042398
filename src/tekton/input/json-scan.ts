/**
 * The hot path: finds where one JSON value ends, without judging what is in it (JSON.parse does that afterwards).
 *
 * It follows strings and brackets only. Four things no JSON has tell early that the text is damaged, before the value
 * swallows its neighbours: a bracket closed by the other kind, a bracket where a key or a comma must stand (this is how
 * a missing closing brace shows), a byte that is foreign outside strings (a missing quote), and a newline in a string,
 * which ends the string.
 */
import type { ByteWindow } from "./byte-window.ts";
import {
  BACKSLASH,
  COLON,
  COMMA,
  isBlank,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  ROLES,
  Role,
  SPACE,
  STRING_STOPS,
} from "./json-bytes.ts";
import { MAX_DEPTH } from "./limits.ts";

/** How far into a value the scanner is. Positions are those of the stream. */
export interface Scan {
  at: number;
  /** Line number of `at`, from 1. */
  line: number;
  depth: number;
  inString: boolean;
  tooDeep: boolean;
  /** Whether to stop at the items of a list. */
  findItems: boolean;
  /** The opening byte of each level, from 1 to MAX_DEPTH. */
  nesting: Uint8Array;
}

/**
 * `more`: the window ends within the value. `end`: `at` is behind the value. `items`: `at` is behind the bracket that
 * opens the `items` of the value. `deep`: the nesting has just become too deep; the scan can go on, trusting all brackets
 * from here on. `broken`: at `at` stands something that cannot be there.
 */
export type ScanOutcome = "more" | "end" | "items" | "deep" | "broken";

/** A scan of nothing yet; {@link restartScan} gives it a value. */
export function newScan(): Scan {
  const nesting = new Uint8Array(MAX_DEPTH + 1);
  return { at: 0, line: 1, depth: 0, inString: false, tooDeep: false, findItems: false, nesting };
}

/** Sets the scan behind the first byte of a value: a bracket, or the quote of a string. */
export function restartScan(scan: Scan, value: { first: number; at: number; findItems: boolean }): void {
  scan.at = value.at;
  scan.inString = value.first === QUOTE;
  scan.depth = scan.inString ? 0 : 1;
  scan.tooDeep = false;
  scan.findItems = value.findItems;
  scan.nesting[1] = value.first;
}

/**
 * Advances the scan to the end of the value or of the window. One long loop over local variables, since a call or a
 * property access per byte would halve its speed.
 */
export function scanValue(scan: Scan, window: ByteWindow, start: number): ScanOutcome {
  const { bytes, base, length } = window;
  const { nesting, findItems } = scan;
  const roles = ROLES;
  const stringStops = STRING_STOPS;
  const first = Math.max(0, start - base);
  let at = scan.at - base;
  let { line, depth, inString } = scan;
  let outcome: ScanOutcome = "more";

  while (at < length) {
    if (inString) {
      while (at < length && stringStops[bytes[at] as number] === 0) at++;
      if (at >= length) break;
      const stop = bytes[at] as number;
      if (stop === BACKSLASH) {
        // An escape cut by the end of the window is looked at again when the rest is there.
        if (at + 1 >= length) break;
        at += bytes[at + 1] === NEWLINE ? 1 : 2;
        continue;
      }
      at++;
      inString = false;
      if (stop === NEWLINE) line++;
      if (depth > 0) continue;
      outcome = "end";
      break;
    }

    while (at < length && roles[bytes[at] as number] === 0) at++;
    if (at >= length) break;
    const byte = bytes[at] as number;
    const role = roles[byte];

    if (role === Role.quote) {
      inString = true;
      at++;
    } else if (role === Role.newline) {
      line++;
      at++;
      while (at < length && bytes[at] === SPACE) at++;
    } else if (role === Role.opens) {
      if (!mayOpen(bytes, { at, first, within: nesting[depth] })) {
        outcome = "broken";
        break;
      }
      at++;
      if (findItems && depth === 1 && byte === OPEN_BRACKET && isItems(bytes, { at: at - 1, first })) {
        outcome = "items";
        break;
      }
      depth++;
      if (depth <= MAX_DEPTH) nesting[depth] = byte;
      else if (!scan.tooDeep) {
        scan.tooDeep = true;
        outcome = "deep";
        break;
      }
    } else if (role === Role.closes && (depth > MAX_DEPTH || nesting[depth] === byte - 2)) {
      // In ASCII each closing bracket is two behind its opening one.
      at++;
      depth--;
      if (depth > 0) continue;
      outcome = "end";
      break;
    } else {
      outcome = "broken";
      break;
    }
  }

  scan.at = base + at;
  scan.line = line;
  scan.depth = depth;
  scan.inString = inString;
  return outcome;
}

/**
 * Whether a value may stand at `at`: behind a colon in an object, behind a comma or the bracket in an array. What stands
 * before the window, or opened a level too deep to be kept, is taken on trust.
 */
function mayOpen(bytes: Buffer, place: { at: number; first: number; within: number | undefined }): boolean {
  const before = lastBefore(bytes, place);
  if (before < place.first || place.within === undefined) return true;
  const byte = bytes[before];
  return place.within === OPEN_BRACE ? byte === COLON : byte === COMMA || byte === OPEN_BRACKET;
}

const ITEMS_KEY = Buffer.from('"items"');

/** Whether the bracket at `at` is the value of a key `items`. */
function isItems(bytes: Buffer, { at, first }: { at: number; first: number }): boolean {
  const colon = lastBefore(bytes, { at, first });
  const end = lastBefore(bytes, { at: colon, first }) + 1;
  const start = end - ITEMS_KEY.length;
  if (start <= first || bytes[start - 1] === BACKSLASH) return false;
  return bytes[colon] === COLON && ITEMS_KEY.equals(bytes.subarray(start, end));
}

/** Position of the last byte before `at` that is not white space; before `first` when there is none. */
function lastBefore(bytes: Buffer, { at, first }: { at: number; first: number }): number {
  let before = at - 1;
  while (before >= first && (isBlank(bytes[before]) || bytes[before] === NEWLINE)) before--;
  return before;
}
