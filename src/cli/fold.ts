/**
 * What to show of a trace that is longer than anybody reads. Phases that were over at once are left out, and counted in one
 * line at the end. Of the rest, rows are chosen until there are enough: what is on the critical path or failed first, then
 * reconcilers that decided something, then what is further out, then what took longest. A row is shown with all rows above it;
 * what is left out is one line at its place.
 */
import { isBriefPhase, toMillis } from "../insight/index.ts";
import { compareTimes } from "../tekton/index.ts";
import type { Bar } from "./bar.ts";

/** A line of a waterfall: a bar, how many bars below one are left out here, or how many brief phases are left out in all. */
export type Row =
  | { kind: "bar"; bar: Bar; depth: number }
  | { kind: "left out" | "brief"; bars: number; depth: number };

interface Node {
  bar: Bar;
  depth: number;
  parent: Node | undefined;
}

/** At most about `most` rows, in the order of the tree; without `most` every one of them. */
export function rowsOf(roots: readonly Bar[], most = Number.POSITIVE_INFINITY): Row[] {
  const nodes = flatten(roots);
  if (most === Number.POSITIVE_INFINITY) return nodes.map(rowOf);
  const told = nodes.filter(({ bar }) => !isBrief(bar));
  const rows = told.length <= most ? told.map(rowOf) : withGaps(told, choose(told, most));
  const brief = nodes.length - told.length;
  return brief === 0 ? rows : [...rows, { kind: "brief", bars: brief, depth: 0 }];
}

function rowOf({ bar, depth }: Node): Row {
  return { kind: "bar", bar, depth };
}

function isBrief(bar: Bar): boolean {
  return bar.children.length === 0 && isBriefPhase({ ...bar, durationMs: toMillis(lengthOf(bar)) });
}

/** Depth first. A bar is on the path when anything below it is. */
function flatten(roots: readonly Bar[]): Node[] {
  const nodes: Node[] = [];
  // A stack of our own: traces may be deeper than the one of the engine.
  const stack: Node[] = [...roots].reverse().map((bar) => nodeOf(bar, undefined));
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    nodes.push(node);
    for (const child of [...node.bar.children].reverse()) stack.push(nodeOf(child, node));
  }
  for (const { bar, parent } of [...nodes].reverse()) {
    if (bar.isOnPath && parent !== undefined) parent.bar.isOnPath = true;
  }
  return nodes;
}

function nodeOf(bar: Bar, parent: Node | undefined): Node {
  return { bar, parent, depth: parent === undefined ? 0 : parent.depth + 1 };
}

function choose(nodes: readonly Node[], most: number): Set<Node> {
  const chosen = new Set<Node>();
  for (const node of [...nodes].sort(byInterest)) {
    if (chosen.size >= most) break;
    for (let each: Node | undefined = node; each !== undefined && !chosen.has(each); each = each.parent) {
      chosen.add(each);
    }
  }
  return chosen;
}

function byInterest(a: Node, b: Node): number {
  const urgency = urgencyOf(b.bar) - urgencyOf(a.bar);
  return urgency || a.depth - b.depth || compareTimes(lengthOf(b.bar), lengthOf(a.bar));
}

function urgencyOf({ isOnPath, isError, note }: Bar): number {
  if (isOnPath || isError) return 2;
  return note === undefined ? 0 : 1;
}

function lengthOf({ startNs, endNs }: Bar): bigint {
  return endNs - startNs;
}

function withGaps(nodes: readonly Node[], chosen: ReadonlySet<Node>): Row[] {
  const rows: Row[] = [];
  for (const node of nodes) {
    const last = rows.at(-1);
    if (chosen.has(node)) rows.push(rowOf(node));
    else if (last?.kind !== "left out") rows.push({ kind: "left out", bars: 1, depth: node.depth });
    else rows[rows.length - 1] = { ...last, bars: last.bars + 1, depth: Math.min(last.depth, node.depth) };
  }
  return rows;
}
