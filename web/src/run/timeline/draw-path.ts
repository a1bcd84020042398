import type { Scene } from "./draw-bars.ts";
import type { PathPiece } from "./path-line.ts";
import { xOf } from "./time-window.ts";

/** Draws the critical paths as lines through the bars, with an edge of paper so that they are seen on every colour. */
export function drawPaths(ctx: CanvasRenderingContext2D, scene: Scene): void {
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  for (const pieces of scene.paths) {
    const line = lineOf(pieces, scene);
    ctx.strokeStyle = scene.palette.surface;
    ctx.lineWidth = 4.5;
    ctx.stroke(line);
    ctx.strokeStyle = scene.palette.criticalPath;
    ctx.lineWidth = 2;
    ctx.stroke(line);
  }
}

function lineOf(pieces: readonly PathPiece[], { window, width, rowHeight, shown }: Scene): Path2D {
  const line = new Path2D();
  const x = (timeMs: number) => Math.max(-20, Math.min(width + 20, xOf(timeMs, window, width)));
  const y = (row: number) => (row - shown.first + 0.5) * rowHeight;
  for (const [position, { row, startMs, endMs }] of pieces.entries()) {
    const above = pieces[position - 1];
    if (above === undefined) line.moveTo(x(startMs), y(row));
    else {
      line.lineTo(x(startMs), y(above.row));
      line.lineTo(x(startMs), y(row));
    }
    line.lineTo(x(endMs), y(row));
  }
  return line;
}
