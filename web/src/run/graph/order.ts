import type { Edge } from "./ranks.ts";

/** A place in a column: a node, or the point where a long edge passes. */
export interface Slot {
  id: string;
  isNode: boolean;
}

/** Sweeps to the right and back. Pipelines are small: more changes nothing. */
const SWEEPS = 6;

/**
 * The columns of a graph from left to right, each in order from top to bottom: every slot near the middle of what it is
 * joined to (its barycentre), so that edges cross little. An edge over several ranks gets a slot in each column it passes.
 */
export function orderColumns({
  ids,
  ranks,
  edges,
}: {
  ids: readonly string[];
  ranks: ReadonlyMap<string, number>;
  edges: readonly Edge[];
}): Slot[][] {
  const { columns, links } = withPassages({ ids, ranks, edges });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForward = sweep % 2 === 0;
    const sequence = isForward ? columns.keys() : [...columns.keys()].reverse();
    for (const column of sequence) {
      const beside = columns[isForward ? column - 1 : column + 1];
      if (beside !== undefined) columns[column] = sortedBy(columns[column] ?? [], { beside, links });
    }
  }
  return columns;
}

/** Name of the slot where an edge passes a column. */
export function passageId({ from, to }: Edge, column: number): string {
  return JSON.stringify([from, to, column]);
}

function withPassages({
  ids,
  ranks,
  edges,
}: {
  ids: readonly string[];
  ranks: ReadonlyMap<string, number>;
  edges: readonly Edge[];
}): { columns: Slot[][]; links: Map<string, string[]> } {
  const count = Math.max(-1, ...ranks.values()) + 1;
  const columns: Slot[][] = Array.from({ length: count }, () => []);
  const links = new Map<string, string[]>();
  for (const id of ids) columns[ranks.get(id) ?? 0]?.push({ id, isNode: true });
  for (const edge of edges) {
    let previous = edge.from;
    for (let column = (ranks.get(edge.from) ?? 0) + 1; column < (ranks.get(edge.to) ?? 0); column++) {
      const id = passageId(edge, column);
      columns[column]?.push({ id, isNode: false });
      join(links, previous, id);
      previous = id;
    }
    join(links, previous, edge.to);
  }
  return { columns, links };
}

function join(links: Map<string, string[]>, one: string, other: string): void {
  links.set(one, [...(links.get(one) ?? []), other]);
  links.set(other, [...(links.get(other) ?? []), one]);
}

function sortedBy(
  slots: readonly Slot[],
  { beside, links }: { beside: readonly Slot[]; links: ReadonlyMap<string, readonly string[]> },
): Slot[] {
  const places = new Map(beside.map(({ id }, place) => [id, place]));
  const weight = ({ id }: Slot, own: number) => {
    const joined = (links.get(id) ?? []).flatMap((other) => places.get(other) ?? []);
    return joined.length === 0 ? own : joined.reduce((sum, place) => sum + place, 0) / joined.length;
  };
  return slots
    .map((slot, own) => ({ slot, own, weight: weight(slot, own) }))
    .sort((a, b) => a.weight - b.weight || a.own - b.own)
    .map(({ slot }) => slot);
}
