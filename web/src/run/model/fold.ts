import type { Folding } from "./rows.ts";
import { ancestorsOf, childrenOf, type Trace } from "./trace.ts";

/** Opens or folds one span. */
export function setOpen(folding: Folding, { id, isOpen }: { id: string; isOpen: boolean }): Folding {
  return { ...folding, byHand: new Map(folding.byHand).set(id, isOpen) };
}

/** Opens whatever hides a span: the spans above it, and quiet ones where it is one of them. */
export function reveal(folding: Folding, { trace, index }: { trace: Trace; index: number }): Folding {
  const byHand = new Map(folding.byHand);
  for (const above of ancestorsOf(trace, index)) byHand.set(trace.id[above] ?? "", true);
  return { ...folding, byHand, isQuietShown: folding.isQuietShown || trace.isQuiet[index] === 1 };
}

/** Opens a span with all its siblings, as `*` does in a tree. */
export function openSiblings(folding: Folding, { trace, index }: { trace: Trace; index: number }): Folding {
  const above = trace.parent[index] ?? -1;
  const siblings = above < 0 ? rootsOf(trace) : childrenOf(trace, above);
  const byHand = new Map(folding.byHand);
  for (const sibling of siblings) byHand.set(trace.id[sibling] ?? "", true);
  return { ...folding, byHand };
}

function rootsOf(trace: Trace): number[] {
  const roots: number[] = [];
  for (let root = 0; root < trace.count; root = trace.last[root] ?? trace.count) roots.push(root);
  return roots;
}
