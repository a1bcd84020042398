import { SPAN_FLAGS } from "../../../../src/insight/answers/index.ts";
import { isWaiting, type Trace } from "./trace.ts";

/**
 * A picture of the whole trace, some hundred columns wide and some dozen lanes high: time goes right, the tree goes down.
 * Each cell holds 0 for nothing, else the number of a kind of span plus one, so that colours stay a matter of the theme.
 */
export interface Raster {
  columns: number;
  lanes: number;
  cells: Uint8Array;
  /** 1 for each column in which something failed. */
  failures: Uint8Array;
}

/** Lanes that one span takes at most; else a trace of two spans would be two blocks. */
const SPAN_LANES = 3;

export function rasterise(
  trace: Trace,
  { columns, lanes, extentMs }: { columns: number; lanes: number; extentMs: number },
): Raster {
  const cells = new Uint8Array(columns * lanes);
  const failures = new Uint8Array(columns);
  const shown = shownSpans(trace);
  const lanesEach = Math.min(SPAN_LANES, lanes / Math.max(1, shown.length));
  const perMs = columns / Math.max(extentMs, 1e-9);
  for (const [position, index] of shown.entries()) {
    const startMs = trace.startMs[index] ?? 0;
    const from = clampCell(startMs * perMs, columns);
    if (isWaiting(trace, index)) continue;
    const isGrowing = ((trace.flags[index] ?? 0) & SPAN_FLAGS.provisional) !== 0;
    const endMs = isGrowing ? extentMs : startMs + (trace.durationsMs[index] ?? 0);
    const to = clampCell(endMs * perMs, columns);
    const isLeaf = trace.last[index] === index + 1;
    if (isLeaf && ((trace.flags[index] ?? 0) & SPAN_FLAGS.error) !== 0) failures.fill(1, from, to + 1);
    const kind = (trace.kind[index] ?? 0) + 1;
    const top = Math.floor(position * lanesEach);
    const bottom = Math.max(top + 1, Math.floor((position + 1) * lanesEach));
    for (let lane = top; lane < bottom && lane < lanes; lane++)
      paint(cells, { from: lane * columns + from, to: lane * columns + to, kind });
  }
  return { columns, lanes, cells, failures };
}

function shownSpans(trace: Trace): number[] {
  const shown: number[] = [];
  for (let index = 0; index < trace.count; index++) if (trace.isQuiet[index] === 0) shown.push(index);
  return shown;
}

function clampCell(position: number, columns: number): number {
  return Math.max(0, Math.min(columns - 1, Math.floor(position)));
}

function paint(cells: Uint8Array, { from, to, kind }: { from: number; to: number; kind: number }): void {
  for (let cell = from; cell <= to; cell++) if ((cells[cell] ?? 0) < kind) cells[cell] = kind;
}
