import { textAt } from "../model/trace.ts";
import { labelOf, labelX } from "./bar-shape.ts";
import type { DrawnRow, Scene } from "./draw-bars.ts";

/** Writes how long a span took beside its bar, after its exit code; on a plate of paper, so that it is read on every colour. */
export function drawLabel(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  { bar, index, middle }: DrawnRow,
): void {
  const { trace, palette, width, gutter, growsToMs } = scene;
  const { mark, text } = labelOf(trace, index, { result: textAt(trace, trace.result, index), growsToMs });
  const markWidth = mark === "" ? 0 : widthOf(ctx, mark) + 6;
  const labelWidth = markWidth + widthOf(ctx, text);
  const x = labelX(bar, { labelWidth, width: width + gutter });
  ctx.fillStyle = palette.surface;
  ctx.globalAlpha = 0.82;
  ctx.beginPath();
  ctx.roundRect(x - 3, middle - 7, labelWidth + 6, 14, 3);
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.failure;
  ctx.fillText(mark, x, middle + 0.5);
  ctx.fillStyle = palette.inkSoft;
  ctx.fillText(text, x + markWidth, middle + 0.5);
}

const widths = new Map<string, number>();
const MOST_WIDTHS = 5000;

/** Measuring text costs more than drawing it; most labels come again. */
function widthOf(ctx: CanvasRenderingContext2D, text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size >= MOST_WIDTHS) widths.clear();
  const { width } = ctx.measureText(text);
  widths.set(text, width);
  return width;
}
