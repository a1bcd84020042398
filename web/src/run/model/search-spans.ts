import type { Trace } from "./trace.ts";

const NOTHING = new Int32Array();

/**
 * The spans whose name or service has the words in it, or what a reconciler decided, upper and lower case alike, or whose id
 * begins with them; in order of the tree. Each different text is looked at once, however many spans carry it.
 */
export function searchSpans(trace: Trace, words: string): Int32Array {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return NOTHING;
  const matches = Uint8Array.from(trace.texts, (text) => (text.toLowerCase().includes(wanted) ? 1 : 0));
  const found: number[] = [];
  for (let index = 0; index < trace.count; index++) {
    const isNamed = matches[trace.name[index] ?? -1] === 1 || matches[trace.service[index] ?? -1] === 1;
    if (isNamed || trace.id[index]?.startsWith(wanted) || hasDecided(trace, index, wanted)) found.push(index);
  }
  return Int32Array.from(found);
}

function hasDecided({ decisions }: Trace, index: number, wanted: string): boolean {
  return decisions.get(index)?.toLowerCase().includes(wanted) ?? false;
}

/** The match after (or before) a span in order of the tree, round the end; -1 where nothing matches. */
export function stepMatch(matches: Int32Array, { from, by }: { from: number; by: 1 | -1 }): number {
  if (matches.length === 0) return -1;
  const position =
    by === 1 ? matches.findIndex((match) => match > from) : matches.findLastIndex((match) => match < from);
  const round = by === 1 ? 0 : matches.length - 1;
  return matches[position === -1 ? round : position] ?? -1;
}
