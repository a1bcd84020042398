import { type KeyboardEvent, useState } from "react";
import { formatDuration } from "../../shared/format.ts";
import { type BrushPart, brushed, brushPartAt, nudged } from "./brush-move.ts";
import { type TimeWindow, xOf } from "./time-window.ts";
import { useDrag } from "./use-drag.ts";

interface BrushProps {
  window: TimeWindow;
  extentMs: number;
  width: number;
  isWhole: boolean;
  onZoom: (window: TimeWindow | undefined) => void;
}

/**
 * The window over the minimap. Drag it to move it, an edge to change it, the space beside it to draw another; a double click shows
 * everything. Its edges are sliders for the keyboard.
 */
export function Brush({ window, extentMs, width, isWhole, onZoom }: BrushProps) {
  const [grip, setGrip] = useState<{ part: BrushPart; window: TimeWindow }>();
  const whole = { startMs: 0, endMs: extentMs };
  const drag = useDrag({
    startsAt: (event) => {
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
      setGrip({ part: brushPartAt(x, { window, whole, width, isWhole }), window });
      return x;
    },
    onDrag: (moved) => {
      if (moved !== undefined && grip !== undefined) onZoom(brushed({ ...grip, drag: moved, whole, width }));
    },
    onDrop: () => setGrip(undefined),
  });
  const left = xOf(window.startMs, whole, width);
  const right = xOf(window.endMs, whole, width);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the edges are sliders; the rest says the same again to a pointer
    <div className="brush" {...drag} onDoubleClick={() => onZoom(undefined)}>
      <div className="brush-shade" style={{ left: 0, width: Math.max(0, left) }} />
      <div className="brush-shade" style={{ left: right, right: 0 }} />
      <div className="brush-window" data-whole={isWhole} style={{ left, width: Math.max(2, right - left) }}>
        {(["start", "end"] as const).map((edge) => (
          <Edge key={edge} edge={edge} window={window} extentMs={extentMs} onZoom={onZoom} />
        ))}
      </div>
    </div>
  );
}

function Edge({
  edge,
  window,
  extentMs,
  onZoom,
}: Pick<BrushProps, "window" | "extentMs" | "onZoom"> & { edge: "start" | "end" }) {
  const valueMs = edge === "start" ? window.startMs : window.endMs;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nudged({ key: event.key, edge, window, extentMs });
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onZoom(next);
  };
  return (
    <div
      className="brush-edge"
      data-edge={edge}
      role="slider"
      tabIndex={0}
      aria-label={edge === "start" ? "Start of what is shown" : "End of what is shown"}
      aria-valuemin={0}
      aria-valuemax={Math.round(extentMs)}
      aria-valuenow={Math.round(valueMs)}
      aria-valuetext={formatDuration(valueMs)}
      onKeyDown={onKeyDown}
    />
  );
}
