import type { Trace } from "./trace.ts";

/**
 * Which rows the tree has: the spans that are neither inside a folded one nor quiet, in order of the tree.
 *
 *     run            row 0, open
 *       clone        row 1, folded
 *         step a       –  (its row is that of clone)
 *       lint         row 2
 */
export interface Rows {
  /** Span of each row. */
  span: Int32Array;
  /** Row of each span; that of the nearest span above it that has one; -1 where there is none. */
  rowOf: Int32Array;
  /** Bits of {@link ROW}, by row. */
  state: Uint8Array;
  /** How many quiet spans there are, shown or not. */
  quiet: number;
}

export const ROW = { hasChildren: 1, isOpen: 2 } as const;

export interface Folding {
  /** `auto` opens as many levels as fit into some hundred rows. */
  base: "auto" | "open" | "closed";
  /** What was opened (true) and folded (false) by hand, by span id. */
  byHand: ReadonlyMap<string, boolean>;
  isQuietShown: boolean;
}

export const UNTOUCHED: Folding = { base: "auto", byHand: new Map(), isQuietShown: false };

/** More rows than this are read by nobody from top to bottom: deeper levels begin folded. */
const AUTO_ROWS = 400;

/** Lays the tree out in rows. One pass over the spans, skipping what is folded. */
export function layOutRows(trace: Trace, folding: Folding): Rows {
  const isOpen = openness(trace, folding);
  const rows: number[] = [];
  const state: number[] = [];
  const rowOf = new Int32Array(trace.count).fill(-1);
  let foldedUntil = 0;
  for (let index = 0; index < trace.count; index++) {
    const above = trace.parent[index] ?? -1;
    if (index < foldedUntil || isHidden(trace, index, folding)) {
      rowOf[index] = above < 0 ? -1 : (rowOf[above] ?? -1);
      continue;
    }
    rowOf[index] = rows.length;
    const hasChildren = hasVisibleChildren(trace, index, folding);
    const open = hasChildren && isOpen(index);
    rows.push(index);
    state.push((hasChildren ? ROW.hasChildren : 0) | (open ? ROW.isOpen : 0));
    if (!open) foldedUntil = trace.last[index] ?? 0;
  }
  const quiet = trace.isQuiet.reduce((sum, isQuiet) => sum + isQuiet, 0);
  return { span: Int32Array.from(rows), rowOf, state: Uint8Array.from(state), quiet };
}

function isHidden(trace: Trace, index: number, { isQuietShown }: Folding): boolean {
  return !isQuietShown && trace.isQuiet[index] === 1;
}

function hasVisibleChildren(trace: Trace, index: number, folding: Folding): boolean {
  const end = trace.last[index] ?? 0;
  for (let child = index + 1; child < end; child = trace.last[child] ?? end)
    if (!isHidden(trace, child, folding)) return true;
  return false;
}

function openness(trace: Trace, folding: Folding): (index: number) => boolean {
  const closedFrom = { open: Number.POSITIVE_INFINITY, closed: 1, auto: autoDepth(trace, folding) }[
    folding.base
  ];
  return (index) => folding.byHand.get(trace.id[index] ?? "") ?? (trace.depth[index] ?? 0) < closedFrom;
}

/** The depth from which spans begin folded. The first level below the roots is always open. */
function autoDepth(trace: Trace, folding: Folding): number {
  const perDepth: number[] = [];
  for (let index = 0; index < trace.count; index++) {
    const depth = trace.depth[index] ?? 0;
    if (!isHidden(trace, index, folding)) perDepth[depth] = (perDepth[depth] ?? 0) + 1;
  }
  let rows = 0;
  for (let depth = 0; depth < perDepth.length; depth++) {
    rows += perDepth[depth] ?? 0;
    if (rows > AUTO_ROWS) return Math.max(1, depth - 1);
  }
  return Number.POSITIVE_INFINITY;
}
