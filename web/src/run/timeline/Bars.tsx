import { useCallback, useRef } from "react";
import { drawBars, type Scene } from "./draw-bars.ts";
import { type Hatches, makeHatches } from "./hatch.ts";
import type { Palette } from "./palette.ts";
import { useCanvas } from "./use-canvas.ts";

/** The bars of the rows that are seen, on one canvas that scrolls with the rows. What it shows, the tree says in words. */
export function Bars({ scene }: { scene: Omit<Scene, "hatches"> }) {
  const hatchesOf = useHatches();
  const draw = useCallback(
    (ctx: CanvasRenderingContext2D, ratio: number) => {
      drawBars(ctx, { ...scene, hatches: hatchesOf(ctx, { palette: scene.palette, ratio }) });
      markFirstBars();
    },
    [scene, hatchesOf],
  );
  const width = scene.width + scene.gutter;
  const height = (scene.shown.end - scene.shown.first) * scene.rowHeight;
  const canvas = useCanvas({ width, height }, draw);
  return (
    <canvas
      ref={canvas}
      className="bars"
      style={{ top: scene.shown.first * scene.rowHeight, width, height }}
    />
  );
}

/** Patterns are made once for each theme and resolution. */
function useHatches() {
  const made = useRef<{ palette: Palette; ratio: number; hatches: Hatches }>(undefined);
  return useCallback(
    (ctx: CanvasRenderingContext2D, { palette, ratio }: { palette: Palette; ratio: number }) => {
      if (made.current?.palette !== palette || made.current.ratio !== ratio)
        made.current = { palette, ratio, hatches: makeHatches(ctx, { palette, ratio }) };
      return made.current.hatches;
    },
    [],
  );
}

/** So that anyone can measure how long a trace takes to open: `performance.getEntriesByName("throughline.bars")`. */
function markFirstBars(): void {
  if (performance.getEntriesByName("throughline.bars").length === 0) performance.mark("throughline.bars");
}
