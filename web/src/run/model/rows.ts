import { SPAN_KINDS } from "./span-kind.ts";
import type { Trace } from "./trace.ts";

const RECONCILE = SPAN_KINDS.indexOf("reconcile");

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
  /** How many spans are below that of each row, but for quiet ones that are not shown. */
  below: Int32Array;
  /** How many quiet spans there are, shown or not, and how many of these tell of reconciling. */
  quiet: number;
  reconciles: number;
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
  const hidden = hiddenBefore(trace, folding);
  const below: number[] = [];
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
    const end = trace.last[index] ?? 0;
    below.push(end - index - 1 - ((hidden[end] ?? 0) - (hidden[index + 1] ?? 0)));
    state.push((hasChildren ? ROW.hasChildren : 0) | (open ? ROW.isOpen : 0));
    if (!open) foldedUntil = end;
  }
  return {
    span: Int32Array.from(rows),
    rowOf,
    state: Uint8Array.from(state),
    below: Int32Array.from(below),
    ...countQuiet(trace),
  };
}

/** How many hidden spans come before each span, and at the end how many there are. */
function hiddenBefore(trace: Trace, folding: Folding): Int32Array {
  const before = new Int32Array(trace.count + 1);
  for (let index = 0; index < trace.count; index++)
    before[index + 1] = (before[index] ?? 0) + (isHidden(trace, index, folding) ? 1 : 0);
  return before;
}

function countQuiet({ isQuiet, kind }: Trace): Pick<Rows, "quiet" | "reconciles"> {
  const counts = { quiet: 0, reconciles: 0 };
  for (let index = 0; index < isQuiet.length; index++) {
    if (isQuiet[index] === 0) continue;
    counts.quiet++;
    if (kind[index] === RECONCILE) counts.reconciles++;
  }
  return counts;
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
