import { useCallback, useMemo } from "react";
import { useRaster } from "../model/use-trace.ts";
import type { Loaded } from "../model/worker-messages.ts";
import { Brush } from "./Brush.tsx";
import { drawRaster } from "./draw-raster.ts";
import { usePalette } from "./palette.ts";
import { isWhole, type TimeWindow } from "./time-window.ts";
import "./minimap.css";
import { useCanvas } from "./use-canvas.ts";

const HEIGHT = 48;

/** The whole trace as a small picture, with a brush that is what the bars show of it. */
export function Minimap({
  loaded,
  extentMs,
  window,
  width,
  onZoom,
}: {
  loaded: Loaded;
  extentMs: number;
  window: TimeWindow;
  width: number;
  onZoom: (window: TimeWindow | undefined) => void;
}) {
  const palette = usePalette();
  const raster = useRaster(loaded, {
    columns: Math.max(1, Math.floor(width)),
    lanes: HEIGHT,
    extentMs,
  });
  const draw = useCallback(
    (ctx: CanvasRenderingContext2D) => {
      if (raster !== undefined) drawRaster(ctx, { raster, palette, width, height: HEIGHT });
    },
    [raster, palette, width],
  );
  const canvas = useCanvas(
    useMemo(() => ({ width, height: HEIGHT }), [width]),
    draw,
  );
  return (
    <div className="minimap" style={{ height: HEIGHT }}>
      <canvas ref={canvas} style={{ width, height: HEIGHT }} />
      <Brush
        window={window}
        extentMs={extentMs}
        width={width}
        onZoom={onZoom}
        isWhole={isWhole(window, extentMs)}
      />
    </div>
  );
}
