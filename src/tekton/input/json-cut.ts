/**
 * Where a damaged value ends, told from the layout of the text around it, because its brackets can no longer be trusted:
 *
 *     {                                  indented text (kubectl): the damaged item ends
 *         "items": [                     with the first later line that is indented no
 *             {                          deeper than the item's own first line
 *                 "kind": "Pod, ...
 *             },                     <-
 *
 *     {"kind":"Pod","metadata":{         one object per line: the same rule
 *     {"kind":"Pod", ...             <-
 *
 *     [{"kind":"Pod","metadata":{},{"kind":"Pod", ...       all in one line: where the start of an item, as the first
 *                                 ^                         one of the list has it, comes again behind a comma
 *
 *     {"kind":"List,"items":[{"kind":"Pod", ...             a list damaged before its items: where they begin
 *                            ^
 */
import type { ByteWindow } from "./byte-window.ts";
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, isBlank, NEWLINE, OPEN_BRACE, QUOTE } from "./json-bytes.ts";

/** How the damaged value is laid out. */
export interface Layout {
  /** Width of the white space that begins the line the value starts in. */
  indent: number;
  /** Whether nothing but white space stands before the value in its line. */
  startsLine: boolean;
  /** How items of its list begin, see {@link leadOf}. */
  lead?: Buffer;
}

/** A place where reading can go on. Positions are those of the stream. */
export interface Cut {
  at: number;
  /** Width of the white space before it, when it begins its line. */
  indent?: number;
  /** Whether it is behind the bracket that opens the items of the damaged value. */
  opensItems?: true;
}

/** How far past a candidate {@link findCut} may have to look before it can decide. */
export const CUT_LOOKAHEAD = 4096;

/** A part of the stream, `to` not included. */
interface Range {
  from: number;
  to: number;
}

/**
 * The first place in a range of the stream where reading can go on. Looks at a little first and then at four times as
 * much, since the nearest place is mostly near, and one kind of place may be found only at the far end.
 */
export function findCut(window: ByteWindow, { from, to }: Range, layout: Layout): Cut | undefined {
  let cut: Cut | undefined;
  let end = from;
  for (let width = CUT_LOOKAHEAD; cut === undefined && end < to; width *= 4) {
    end = Math.min(from + width, to);
    cut = findNearest(window, { from, to: end }, layout);
  }
  return cut;
}

function findNearest(window: ByteWindow, { from, to }: Range, layout: Layout): Cut | undefined {
  const line = findLine(window, { from, to }, layout);
  const lead = layout.startsLine ? undefined : findLead(window, { from, to: line?.at ?? to }, layout.lead);
  const next = lead ?? line;
  return findItems(window, { from, to: next?.at ?? to }) ?? next;
}

/**
 * The start of an item: its text from the brace to the end of its first key, when that is one that Kubernetes objects
 * begin with. Items in one list are written alike.
 */
export function leadOf(item: Buffer): Buffer | undefined {
  const [lead] = /^\{\s*"(?:apiVersion|kind|metadata)"/.exec(item.toString("latin1", 0, 256)) ?? [];
  return lead === undefined ? undefined : Buffer.from(lead, "latin1");
}

function findLine(window: ByteWindow, range: Range, layout: Layout): Cut | undefined {
  const { base } = window;
  const text = window.slice(base, range.to);
  for (let newline = text.indexOf(NEWLINE, range.from - base); newline !== -1; ) {
    const at = skipBlank(text, newline + 1);
    const indent = at - newline - 1;
    if (indent <= layout.indent && isBoundary(text[at])) return { at: base + at, indent };
    newline = text.indexOf(NEWLINE, at);
  }
  return undefined;
}

/**
 * Whether indentation tells anything about a value: not when its first key stands in a line of its own that is indented
 * no deeper than the value itself (`json.dumps(indent=0)`).
 */
export function isIndented(
  window: ByteWindow,
  { start, layout }: { start: number; layout: Layout },
): boolean {
  const text = window.slice(start, Math.min(start + CUT_LOOKAHEAD, window.end));
  const lineEnd = skipBlank(text, 1);
  const at = skipBlank(text, lineEnd + 1);
  return text[lineEnd] !== NEWLINE || at - lineEnd - 1 > layout.indent || text[at] !== QUOTE;
}

function skipBlank(text: Buffer, from: number): number {
  let at = from;
  while (isBlank(text[at])) at++;
  return at;
}

function isBoundary(byte: number | undefined): boolean {
  return byte === OPEN_BRACE || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

function findLead(window: ByteWindow, range: Range, lead: Buffer | undefined): Cut | undefined {
  if (lead === undefined) return undefined;
  for (const at of occurrences(window, lead, range)) {
    const behind = window.slice(at + lead.length, Math.min(at + CUT_LOOKAHEAD, window.end));
    if (followsComma(window, at) && opensObject(behind)) return { at };
  }
  return undefined;
}

const ITEMS_KEY = Buffer.from('"items"');

/** Only the items of a list begin like Kubernetes objects; those of a volume in a pod do not. */
const ITEMS_START = /^"items"\s*:\s*\[(?=\s*\{\s*"(?:apiVersion|kind|metadata)")/;

function findItems(window: ByteWindow, range: Range): Cut | undefined {
  for (const at of occurrences(window, ITEMS_KEY, range)) {
    const text = window.slice(at, Math.min(at + CUT_LOOKAHEAD, window.end));
    const [start] = ITEMS_START.exec(text.toString("latin1")) ?? [];
    if (start !== undefined) return { at: at + start.length, opensItems: true };
  }
  return undefined;
}

/** The positions in a range at which a text begins. */
function* occurrences(window: ByteWindow, text: Buffer, { from, to }: Range): Generator<number> {
  const searched = window.slice(from, Math.min(to + text.length - 1, window.end));
  for (let at = searched.indexOf(text); at !== -1; at = searched.indexOf(text, at + 1)) yield from + at;
}

function followsComma(window: ByteWindow, at: number): boolean {
  const text = window.slice(Math.max(window.base, at - CUT_LOOKAHEAD), at);
  let before = text.length - 1;
  while (isBlank(text[before]) || text[before] === NEWLINE) before--;
  return text[before] === COMMA;
}

/**
 * Tells an object from a reference to one (`ownerReferences`, `childReferences`), which may begin alike: an object has
 * an object in it, its metadata, before any list and before its end.
 */
function opensObject(behindKey: Buffer): boolean {
  const withoutStrings = behindKey.toString("latin1").replace(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"?/g, "");
  return /[{}[\]]/.exec(withoutStrings)?.[0] === "{";
}
