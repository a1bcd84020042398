import type { Raster } from "../model/minimap.ts";
import type { Palette } from "./palette.ts";

/** Paints a raster over an area, a cell as large as it comes, and marks the columns with failures at the bottom. */
export function drawRaster(
  ctx: CanvasRenderingContext2D,
  { raster, palette, width, height }: { raster: Raster; palette: Palette; width: number; height: number },
): void {
  const picture = pictureOf(raster, palette);
  if (picture !== undefined) {
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(picture, 0, 0, width, height);
  }
  ctx.fillStyle = palette.failureFill;
  const columnWidth = width / raster.columns;
  for (const [column, hasFailed] of raster.failures.entries())
    if (hasFailed === 1) ctx.fillRect(column * columnWidth, height - 4, Math.max(columnWidth, 1.5), 4);
}

function pictureOf({ columns, lanes, cells }: Raster, palette: Palette): OffscreenCanvas | undefined {
  const canvas = new OffscreenCanvas(columns, lanes);
  const ctx = canvas.getContext("2d");
  if (ctx === null) return undefined;
  for (const [kind, colour] of palette.kinds.entries()) {
    ctx.fillStyle = colour;
    for (const { lane, from, to } of runsOf({ columns, lanes, cells }, kind + 1))
      ctx.fillRect(from, lane, to - from, 1);
  }
  return canvas;
}

/** Neighbouring cells of one kind in one lane. */
function runsOf(
  { columns, lanes, cells }: Pick<Raster, "columns" | "lanes" | "cells">,
  wanted: number,
): { lane: number; from: number; to: number }[] {
  const runs: { lane: number; from: number; to: number }[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    let from = -1;
    for (let column = 0; column <= columns; column++) {
      const isWanted = column < columns && cells[lane * columns + column] === wanted;
      if (isWanted && from < 0) from = column;
      if (isWanted || from < 0) continue;
      runs.push({ lane, from, to: column });
      from = -1;
    }
  }
  return runs;
}
