import type { ByteWindow } from "./byte-window.ts";
import { countNewlines } from "./json-bytes.ts";
import { CUT_LOOKAHEAD, type Cut, findCut, isIndented, type Layout, leadOf } from "./json-cut.ts";
import { copyHead, type OpenValue, type Search } from "./json-value.ts";

/** What a search needs to know: the text, how far the scanner came, and how values in the same frame begin. */
export interface SearchStart {
  window: ByteWindow;
  scan: { at: number; line: number };
  lead: Buffer | undefined;
  because: Search["because"];
}

/** Begins the search for the next value at the second byte of a damaged one, or as near to it as there still is text. */
export function beginSearch(value: OpenValue, { window, scan, lead, because }: SearchStart): void {
  const from = Math.max(value.start + 1, window.base);
  const line = scan.line - countNewlines(window.slice(from, Math.max(from, scan.at)));
  value.search = { from, line, because };
  if (value.start >= window.base) value.layout = layoutFor(value, { window, lead });
}

/**
 * Whether another value seems to begin before the scanner's place in one that is not valid or exceeds a limit. Then it is
 * damaged, and swallowed its neighbours.
 */
export function swallowsOthers(
  value: OpenValue,
  { window, scan, lead }: Omit<SearchStart, "because">,
): boolean {
  if (value.start < window.base) return false;
  const range = { from: value.start + 1, to: scan.at - 1 };
  return findCut(window, range, layoutFor(value, { window, lead })) !== undefined;
}

function layoutFor(value: OpenValue, { window, lead }: Pick<SearchStart, "window" | "lead">): Layout {
  const itemLead = lead ?? leadOf(window.slice(value.start, window.end));
  const layout = isIndented(window, value) ? value.layout : { indent: -1, startsLine: false };
  return itemLead === undefined ? layout : { ...layout, lead: itemLead };
}

/**
 * Searches what has been read. Without success it remembers how far it came and keeps only the beginning of the damaged
 * value, so that the search may run through any amount of text.
 */
export function continueSearch(
  value: OpenValue,
  search: Search,
  { window, ended }: { window: ByteWindow; ended: boolean },
): Cut | undefined {
  const to = ended ? window.end : window.end - CUT_LOOKAHEAD;
  const cut = to > search.from ? findCut(window, { from: search.from, to }, value.layout) : undefined;
  if (cut === undefined && !ended) skipTo(to - CUT_LOOKAHEAD, { value, search, window });
  return cut;
}

function skipTo(from: number, on: { value: OpenValue; search: Search; window: ByteWindow }): void {
  const { value, search, window } = on;
  value.head ??= copyHead(window.slice(value.start, window.end));
  if (from <= search.from) return;
  search.line += countNewlines(window.slice(search.from, from));
  search.from = from;
}

/** The line a place stands in that a search has found. */
export function lineOf(cut: Cut, { search, window }: { search: Search; window: ByteWindow }): number {
  return search.line + countNewlines(window.slice(search.from, cut.at));
}
