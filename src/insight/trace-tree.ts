/**
 * The order in which a trace is drawn: a parent before its children, siblings by start.
 *
 * Spans come from anywhere, so a parent may be missing, and parents may even run in a circle. Nothing here calls itself, and
 * each span is visited once: a trace of a hundred thousand spans below one another is like any other.
 */

/** Spans in columns: index i of each list is one span. */
export interface Spans {
  spanIds: readonly string[];
  /** Empty for a root. */
  parentSpanIds: readonly string[];
  /** In any unit, from any zero. */
  starts: readonly number[];
  durations: readonly number[];
}

/** Index i of each list is the i-th span to be drawn. */
export interface TraceTree {
  /** Which of the given spans it is. */
  source: number[];
  /** Where its parent is drawn, -1 for a root. */
  parent: number[];
  /** 0 for roots. */
  depth: number[];
  /** Behind the last span below it. */
  end: number[];
  /** It names a parent that is not among the spans, or one below itself. */
  isOrphan: boolean[];
}

const NONE = -1;

export function treeOf(spans: Spans): TraceTree {
  const family = familyOf(spans);
  const tree: TraceTree = { source: [], parent: [], depth: [], end: [], isOrphan: [] };
  const isDrawn = new Uint8Array(spans.spanIds.length);
  for (const root of family.roots)
    draw(root, { family, tree, isDrawn, isOrphan: spans.parentSpanIds[root] !== "" });
  // What no root leads to goes round in a circle: it is opened where it is first met.
  for (const span of family.byStart) {
    if (isDrawn[span] === 0) draw(span, { family, tree, isDrawn, isOrphan: true });
  }
  return { ...tree, end: endsOf(tree.depth) };
}

interface Family {
  /** Indexes of all spans by start. */
  byStart: readonly number[];
  roots: readonly number[];
  /** For each span its first child and the sibling behind it, or -1: lists of lists would cost ten times the memory. */
  firstChild: Int32Array;
  nextSibling: Int32Array;
}

function familyOf({ spanIds, parentSpanIds, starts, durations }: Spans): Family {
  const indexes = new Map(spanIds.map((id, index) => [id, index]));
  const endOf = (index: number) => (starts[index] ?? 0) + (durations[index] ?? 0);
  const byStart = [...spanIds.keys()].sort(
    (a, b) =>
      (starts[a] ?? 0) - (starts[b] ?? 0) || endOf(a) - endOf(b) || compareText(spanIds[a], spanIds[b]),
  );
  const firstChild = new Int32Array(spanIds.length).fill(NONE);
  const nextSibling = new Int32Array(spanIds.length).fill(NONE);
  const roots: number[] = [];
  // Backwards, as each child is put in front of those that are there.
  for (const index of byStart.toReversed()) {
    const parent = indexes.get(parentSpanIds[index] ?? "");
    if (parent === undefined) {
      roots.push(index);
      continue;
    }
    nextSibling[index] = firstChild[parent] ?? NONE;
    firstChild[parent] = index;
  }
  return { byStart, roots: roots.reverse(), firstChild, nextSibling };
}

interface Drawing {
  family: Family;
  tree: TraceTree;
  isDrawn: Uint8Array;
  isOrphan: boolean;
}

/** Draws a span and all below it. */
function draw(root: number, { family, tree, isDrawn, isOrphan }: Drawing): void {
  const { firstChild, nextSibling } = family;
  /** Spans still to draw, each with where its parent was drawn. */
  const waiting: [span: number, parent: number][] = [[root, NONE]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [span, parent] = next;
    if (span !== root) pushUnlessNone(waiting, nextSibling[span], parent);
    if (isDrawn[span] === 1) continue;
    isDrawn[span] = 1;
    const place = tree.source.push(span) - 1;
    tree.parent.push(parent);
    tree.depth.push(parent === NONE ? 0 : (tree.depth[parent] ?? 0) + 1);
    tree.isOrphan.push(parent === NONE && isOrphan);
    pushUnlessNone(waiting, firstChild[span], place);
  }
}

function pushUnlessNone(waiting: [number, number][], span: number | undefined, parent: number): void {
  if (span !== undefined && span !== NONE) waiting.push([span, parent]);
}

/** In this order all that is below a span follows it; it ends where something as high as it comes. */
function endsOf(depth: readonly number[]): number[] {
  const ends = new Array<number>(depth.length).fill(depth.length);
  const open: number[] = [];
  for (const [place, level] of depth.entries()) {
    for (let last = open.at(-1); last !== undefined && (depth[last] ?? 0) >= level; last = open.at(-1)) {
      ends[last] = place;
      open.pop();
    }
    open.push(place);
  }
  return ends;
}

function compareText(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
