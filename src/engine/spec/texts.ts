/** How deep a document is searched: far beyond any that means something. */
const MAX_DEPTH = 64;

/** All texts within a value, list or object, in order. */
export function textsIn(tree: unknown): string[] {
  const texts: string[] = [];
  collect(tree, { texts, depth: 0 });
  return texts;
}

function collect(tree: unknown, { texts, depth }: { texts: string[]; depth: number }): void {
  if (typeof tree === "string") texts.push(tree);
  if (typeof tree !== "object" || tree === null || depth === MAX_DEPTH) return;
  for (const child of Object.values(tree)) collect(child, { texts, depth: depth + 1 });
}
