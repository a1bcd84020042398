import { SPAN_FLAGS } from "../../../../src/insight/answers/index.ts";
import { ROW, type Rows } from "../model/rows.ts";
import { QUIET, SPAN_KINDS, WAITING } from "../model/span-kind.ts";
import { isWaiting, type Trace } from "../model/trace.ts";
import { type Bar, barOf } from "./bar-shape.ts";
import { drawLabel } from "./draw-label.ts";
import { drawPaths } from "./draw-path.ts";
import type { Hatches } from "./hatch.ts";
import type { Palette } from "./palette.ts";
import type { PathPiece } from "./path-line.ts";
import type { RowWindow } from "./row-window.ts";
import { type TimeWindow, xOf } from "./time-window.ts";

/** All there is to draw: rows `shown.first` to `shown.end` of a trace, in a part of its time. */
export interface Scene {
  trace: Trace;
  rows: Rows;
  shown: RowWindow;
  window: TimeWindow;
  /** Where running spans end now. */
  growsToMs: number;
  gridMs: readonly number[];
  /** Empty where the critical path is not to be seen. */
  paths: readonly PathPiece[][];
  rowHeight: number;
  /** Pixels that the part of time takes. */
  width: number;
  /** Pixels to the right of that, for labels. */
  gutter: number;
  palette: Palette;
  hatches: Hatches;
}

const THICK = 12;
/** What is open shows its inside in the rows below; its own bar only embraces them. */
const THIN = 5;
/** Spans looked at to draw the inside of a folded bar. */
const MOST_INSIDE = 300;

/** Draws the bars of the rows that are seen. The context is scaled to CSS pixels and clear. */
export function drawBars(ctx: CanvasRenderingContext2D, scene: Scene): void {
  drawGrid(ctx, scene);
  ctx.font = scene.palette.font;
  ctx.textBaseline = "middle";
  const rows = visibleRows(scene);
  for (const row of rows) drawRow(ctx, scene, row);
  drawPaths(ctx, scene);
  for (const row of rows) drawLabel(ctx, scene, row);
}

/** A row whose bar is in sight. */
export interface DrawnRow {
  index: number;
  bar: Bar;
  isOpen: boolean;
  /** Of the row, in pixels from the top of the canvas. */
  middle: number;
}

function visibleRows(scene: Scene): DrawnRow[] {
  const { rows, shown, rowHeight } = scene;
  const visible: DrawnRow[] = [];
  for (let row = shown.first; row < shown.end; row++) {
    const index = rows.span[row] ?? -1;
    const bar = barOf(scene.trace, index, scene);
    const isOpen = ((rows.state[row] ?? 0) & ROW.isOpen) !== 0;
    if (bar !== undefined)
      visible.push({ index, bar, isOpen, middle: (row - shown.first + 0.5) * rowHeight });
  }
  return visible;
}

function drawGrid(
  ctx: CanvasRenderingContext2D,
  { gridMs, window, width, palette, shown, rowHeight }: Scene,
): void {
  ctx.fillStyle = palette.line;
  const height = (shown.end - shown.first) * rowHeight;
  for (const timeMs of gridMs) ctx.fillRect(Math.round(xOf(timeMs, window, width)), 0, 1, height);
}

function drawRow(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  { index, bar, isOpen, middle }: DrawnRow,
): void {
  const kind = SPAN_KINDS[scene.trace.kind[index] ?? 0] ?? "quiet";
  if (kind === "skipped" || isWaiting(scene.trace, index)) drawTick(ctx, { x: bar.x, middle, scene });
  else drawBar(ctx, { bar, index, middle, thickness: isOpen || QUIET.has(kind) ? THIN : THICK, scene });
  if (!isOpen) drawInside(ctx, { index, middle, scene });
}

function drawTick(
  ctx: CanvasRenderingContext2D,
  { x, middle, scene }: { x: number; middle: number; scene: Scene },
): void {
  ctx.strokeStyle = scene.palette.inkSoft;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, middle - THICK / 2);
  ctx.lineTo(x, middle + THICK / 2);
  ctx.stroke();
}

interface BarToDraw {
  bar: Bar;
  index: number;
  middle: number;
  thickness: number;
  scene: Scene;
}

function drawBar(ctx: CanvasRenderingContext2D, { bar, index, middle, thickness, scene }: BarToDraw): void {
  const { trace, palette } = scene;
  const top = middle - thickness / 2;
  ctx.fillStyle = fillOf(scene, index);
  if (bar.blurPx > 0) fillSoft(ctx, { bar, top, thickness });
  else fillHard(ctx, { bar, top, thickness });
  if (bar.isProvisional) drawGrowingEdge(ctx, { bar, top, thickness, colour: palette.running });
  if (((trace.flags[index] ?? 0) & SPAN_FLAGS.error) !== 0)
    drawFailedEdge(ctx, { bar, top, thickness, palette });
}

interface Box {
  bar: Bar;
  top: number;
  thickness: number;
}

function fillHard(ctx: CanvasRenderingContext2D, { bar, top, thickness }: Box): void {
  ctx.beginPath();
  ctx.roundRect(bar.x, top, bar.width, thickness, Math.min(2, bar.width / 2));
  ctx.fill();
}

const STRIPS = 6;

/** Fades in over the second in which it began, and out over the second in which it ended. */
function fillSoft(ctx: CanvasRenderingContext2D, { bar, top, thickness }: Box): void {
  const strip = bar.blurPx / STRIPS;
  const end = bar.x + bar.width;
  const solidFrom = Math.min(bar.x + bar.blurPx, end);
  ctx.fillRect(solidFrom, top, end - solidFrom, thickness);
  for (let step = 0; step < STRIPS; step++) {
    const x = bar.x + step * strip;
    ctx.globalAlpha = 0.35 + (0.65 * step) / STRIPS;
    if (x < end) ctx.fillRect(x, top, Math.min(strip, end - x), thickness);
    ctx.globalAlpha = 0.6 * (1 - (step + 0.5) / STRIPS);
    ctx.fillRect(end + step * strip, top, strip, thickness);
  }
  ctx.globalAlpha = 1;
}

function drawGrowingEdge(
  ctx: CanvasRenderingContext2D,
  { bar, top, thickness, colour }: Box & { colour: string },
): void {
  ctx.fillStyle = colour;
  ctx.fillRect(bar.x + bar.width - 2, top - 2, 2, thickness + 4);
}

/** A failure ends its bar; on a bar too short for an end it is the whole bar. */
function drawFailedEdge(
  ctx: CanvasRenderingContext2D,
  { bar, top, thickness, palette }: Box & { palette: Palette },
): void {
  const width = Math.min(bar.width, 4);
  ctx.fillStyle = palette.failureFill;
  ctx.fillRect(bar.x + bar.width - width, top, width, thickness);
  ctx.fillRect(bar.x, top + thickness - 2, bar.width, 2);
}

function fillOf({ trace, palette, hatches }: Scene, index: number): string | CanvasPattern {
  const kind = trace.kind[index] ?? 0;
  return hatches[kind] ?? palette.kinds[kind] ?? palette.ink;
}

/** What is inside a folded bar: waiting hatched, steps in their colour, so that folding hides rows and not time. */
function drawInside(
  ctx: CanvasRenderingContext2D,
  { index, middle, scene }: { index: number; middle: number; scene: Scene },
): void {
  const { trace } = scene;
  const end = Math.min(trace.last[index] ?? 0, index + MOST_INSIDE);
  for (let below = index + 1; below < end; below++) {
    const kind = SPAN_KINDS[trace.kind[below] ?? 0] ?? "quiet";
    if ((kind !== "step" && !WAITING.has(kind)) || isWaiting(trace, below)) continue;
    const bar = barOf(trace, below, scene);
    if (bar === undefined) continue;
    ctx.fillStyle = scene.palette.surface;
    ctx.fillRect(bar.x, middle - THICK / 2 + 2, bar.width, THICK - 4);
    drawBar(ctx, { bar: { ...bar, blurPx: 0 }, index: below, middle, thickness: THICK - 4, scene });
  }
}
