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

/** A place where reading can go on; `indent` is set when it begins its line. Positions are those of the stream. */
export interface Cut {
  at: number;
  indent?: number;
}

/** How far past a candidate {@link findCut} may have to look before it can decide. */
export const CUT_LOOKAHEAD = 4096;

/** The first place from stream position `from` on where reading can go on, when it lies before `to`. */
export function findCut(
  window: ByteWindow,
  range: { from: number; to: number },
  layout: Layout,
): Cut | undefined {
  const line = findLine(window, range, layout);
  if (layout.startsLine || layout.lead === undefined) return line;
  return findLead(window, { from: range.from, to: line?.at ?? range.to }, layout.lead) ?? line;
}

/**
 * The start of an item: its text from the brace to the end of its first key, when that is one that Kubernetes objects
 * begin with. Items in one list are written alike.
 */
export function leadOf(item: Buffer): Buffer | undefined {
  const [lead] = /^\{\s*"(?:apiVersion|kind|metadata)"/.exec(item.toString("latin1", 0, 256)) ?? [];
  return lead === undefined ? undefined : Buffer.from(lead, "latin1");
}

function findLine(window: ByteWindow, range: { from: number; to: number }, layout: Layout): Cut | undefined {
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
 * Whether indentation tells anything about a value: not when its line breaks are followed by keys that are
 * indented no deeper than the value itself (`json.dumps(indent=0)`).
 */
export function isIndented(
  window: ByteWindow,
  { start, layout }: { start: number; layout: Layout },
): boolean {
  const text = window.slice(start, window.end);
  const newline = text.indexOf(NEWLINE);
  const at = skipBlank(text, newline + 1);
  return newline === -1 || at - newline - 1 > layout.indent || text[at] !== QUOTE;
}

function skipBlank(text: Buffer, from: number): number {
  let at = from;
  while (isBlank(text[at])) at++;
  return at;
}

function isBoundary(byte: number | undefined): boolean {
  return byte === OPEN_BRACE || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

function findLead(window: ByteWindow, range: { from: number; to: number }, lead: Buffer): Cut | undefined {
  const { base } = window;
  const text = window.slice(base, window.end);
  const to = range.to - base;
  for (
    let at = text.indexOf(lead, range.from - base);
    at !== -1 && at < to;
    at = text.indexOf(lead, at + 1)
  ) {
    if (followsComma(text, at) && opensObject(text, at + lead.length)) return { at: base + at };
  }
  return undefined;
}

function followsComma(text: Buffer, at: number): boolean {
  let before = at - 1;
  while (isBlank(text[before]) || text[before] === NEWLINE) before--;
  return text[before] === COMMA;
}

/**
 * Tells an object from a reference to one (`ownerReferences`, `childReferences`), which may begin alike: an object has
 * an object in it, its metadata, before any list and before its end.
 */
function opensObject(text: Buffer, at: number): boolean {
  const ahead = text.toString("latin1", at, at + CUT_LOOKAHEAD);
  const [bracket] = /[{}[\]]/.exec(ahead.replace(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"/g, "")) ?? [];
  return bracket === "{";
}
