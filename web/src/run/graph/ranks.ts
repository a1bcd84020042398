/**
 * Ranks of a graph's nodes: how far right each stands. A node stands one right of the furthest node it comes after.
 *
 *     clone ─┬─ lint ───────────┐
 *            └─ build ── scan ──┴─ deploy          ranks 0 1 2 3
 */
export interface Edge {
  from: string;
  to: string;
}

/** What a graph is made of, in the order in which nodes are to be looked at. */
export interface Node {
  id: string;
  after: readonly string[];
}

/** Ranks by longest path. Names that are not nodes are passed by, and so are edges that would close a circle. */
export function rankNodes(nodes: readonly Node[]): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ranks = new Map<string, number>();
  const entered = new Set<string>();
  for (const { id } of nodes) {
    const stack = [id];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const before = (byId.get(top)?.after ?? []).filter((name) => byId.has(name));
      const waiting = before.filter((name) => !ranks.has(name) && !entered.has(name));
      if (!entered.has(top)) {
        entered.add(top);
        stack.push(...waiting);
        if (waiting.length > 0) continue;
      }
      stack.pop();
      if (!ranks.has(top)) ranks.set(top, 1 + Math.max(-1, ...before.map((name) => ranks.get(name) ?? -1)));
    }
  }
  return ranks;
}

/**
 * The edges worth drawing: forward ones, without those that a longer way says already. Where deploy comes after build and clone,
 * and build after clone, an edge from clone to deploy would only be ink.
 */
export function plainEdges(nodes: readonly Node[], ranks: ReadonlyMap<string, number>): Edge[] {
  const before = forwardEdges(nodes, ranks);
  return nodes.flatMap(({ id }) => {
    const direct = before.get(id) ?? [];
    const implied = reachable(
      direct.flatMap((name) => before.get(name) ?? []),
      before,
    );
    return direct.filter((name) => !implied.has(name)).map((from) => ({ from, to: id }));
  });
}

function forwardEdges(nodes: readonly Node[], ranks: ReadonlyMap<string, number>): Map<string, string[]> {
  const rank = (id: string) => ranks.get(id) ?? -1;
  return new Map(
    nodes.map(({ id, after }) => [
      id,
      [...new Set(after)].filter((name) => ranks.has(name) && rank(name) < rank(id)),
    ]),
  );
}

function reachable(from: readonly string[], before: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...(before.get(next) ?? []));
  }
  return reached;
}
