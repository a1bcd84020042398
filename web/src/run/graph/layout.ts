import type { GraphTask } from "../../../../src/insight/answers/index.ts";
import { orderColumns, passageId, type Slot } from "./order.ts";
import { type Edge, plainEdges, rankNodes } from "./ranks.ts";

export const NODE = { width: 188, height: 50 } as const;
const GAP = { x: 44, y: 18 } as const;
/** Height of the slot where only an edge passes. */
const PASSAGE = 14;
const MARGIN = 16;

export interface PlacedTask {
  task: GraphTask;
  x: number;
  y: number;
}

export interface PlacedEdge extends Edge {
  points: { x: number; y: number }[];
}

export interface GraphLayout {
  width: number;
  height: number;
  tasks: PlacedTask[];
  edges: PlacedEdge[];
  /** Where the tasks that run finally begin; absent where there are none. */
  finallyX?: number;
}

/**
 * Places the tasks of a pipeline in columns from left to right, the edges between them, and the tasks that run finally apart
 * on the right: they wait for everything, so edges to them would say nothing.
 */
export function layOutGraph(tasks: readonly GraphTask[]): GraphLayout {
  const main = tasks.filter(({ isFinally }) => !isFinally);
  const ending = tasks.filter(({ isFinally }) => isFinally);
  const nodes = main.map(({ task, after }) => ({ id: task, after }));
  const ranks = rankNodes(nodes);
  const edges = plainEdges(nodes, ranks);
  const columns = orderColumns({ ids: [...ranks.keys()], ranks, edges });
  const endingColumn = ending.map(({ task }) => ({ id: task, isNode: true }));
  const all = ending.length > 0 ? [...columns, endingColumn] : columns;
  const places = placeColumns(all);
  const height = MARGIN * 2 + Math.max(0, ...all.map(heightOf));
  return {
    width: MARGIN * 2 + all.length * NODE.width + Math.max(0, all.length - 1) * GAP.x,
    height,
    tasks: tasks.flatMap((task) => placed(task, places)),
    edges: edges.map((edge) => ({ ...edge, points: pointsOf(edge, { places, ranks }) })),
    ...(ending.length > 0 && { finallyX: columnX(columns.length) - GAP.x / 2 }),
  };
}

type Places = ReadonlyMap<string, { x: number; y: number }>;

/** Every column is centred on the same height, so that a pipeline without branches is a straight line. */
function placeColumns(columns: readonly Slot[][]): Places {
  const tallest = Math.max(0, ...columns.map(heightOf));
  const places = new Map<string, { x: number; y: number }>();
  for (const [index, column] of columns.entries()) {
    let y = MARGIN + (tallest - heightOf(column)) / 2;
    for (const slot of column) {
      places.set(slot.id, { x: columnX(index), y });
      y += slotHeight(slot) + GAP.y;
    }
  }
  return places;
}

function columnX(column: number): number {
  return MARGIN + column * (NODE.width + GAP.x);
}

function heightOf(column: readonly Slot[]): number {
  return column.reduce((sum, slot) => sum + slotHeight(slot) + GAP.y, -GAP.y);
}

function slotHeight({ isNode }: Slot): number {
  return isNode ? NODE.height : PASSAGE;
}

function placed(task: GraphTask, places: Places): PlacedTask[] {
  const place = places.get(task.task);
  return place === undefined ? [] : [{ task, ...place }];
}

function pointsOf(
  edge: Edge,
  { places, ranks }: { places: Places; ranks: ReadonlyMap<string, number> },
): { x: number; y: number }[] {
  const from = places.get(edge.from);
  const to = places.get(edge.to);
  if (from === undefined || to === undefined) return [];
  const points = [{ x: from.x + NODE.width, y: from.y + NODE.height / 2 }];
  for (let column = (ranks.get(edge.from) ?? 0) + 1; column < (ranks.get(edge.to) ?? 0); column++) {
    const passage = places.get(passageId(edge, column));
    if (passage === undefined) continue;
    const y = passage.y + PASSAGE / 2;
    points.push({ x: passage.x, y }, { x: passage.x + NODE.width, y });
  }
  return [...points, { x: to.x, y: to.y + NODE.height / 2 }];
}

/** An SVG path through points, level at each of them. */
export function curveThrough(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let previous = first;
  let path = `M${first.x} ${first.y}`;
  for (const point of rest) {
    const middle = (previous.x + point.x) / 2;
    path += `C${middle} ${previous.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    previous = point;
  }
  return path;
}
