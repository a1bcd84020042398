import { SPAN_KINDS, WAITING } from "../model/span-kind.ts";
import type { Palette } from "./palette.ts";

/** Patterns by number of the kind; undefined where a kind is filled plainly. */
export type Hatches = readonly (CanvasPattern | undefined)[];

/** Distance of the strokes in CSS pixels, as in `--hatch` of the theme. */
const PITCH = 5;

/** Hatching in the colour of each kind that waits, sharp at the screen's resolution. */
export function makeHatches(
  ctx: CanvasRenderingContext2D,
  { palette, ratio }: { palette: Palette; ratio: number },
): Hatches {
  return SPAN_KINDS.map((kind, number) =>
    WAITING.has(kind) ? hatch(ctx, { colour: palette.kinds[number] ?? palette.ink, ratio }) : undefined,
  );
}

function hatch(
  ctx: CanvasRenderingContext2D,
  { colour, ratio }: { colour: string; ratio: number },
): CanvasPattern | undefined {
  const size = Math.round(PITCH * ratio);
  const tile = new OffscreenCanvas(size, size);
  const paint = tile.getContext("2d");
  if (paint === null) return undefined;
  paint.fillStyle = colour;
  paint.globalAlpha = 0.3;
  paint.fillRect(0, 0, size, size);
  paint.globalAlpha = 1;
  paint.strokeStyle = colour;
  paint.lineWidth = size * 0.32;
  paint.beginPath();
  // The corners are drawn twice so that strokes meet in the next tile.
  for (const shift of [-size, 0, size]) {
    paint.moveTo(shift - 1, size + 1);
    paint.lineTo(shift + size + 1, -1);
  }
  paint.stroke();
  const pattern = ctx.createPattern(tile, "repeat");
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern ?? undefined;
}
