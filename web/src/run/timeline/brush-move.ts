import { clampWindow, panWindow, type TimeWindow, timeAt, xOf } from "./time-window.ts";
import type { Drag } from "./use-drag.ts";

/** What of a brush is held: an edge, all of it, or the space beside it, where a new one begins. */
export type BrushPart = "start" | "end" | "middle" | "new";

/** How near to an edge a press takes hold of it, in pixels. */
const GRIP = 6;

interface Ground {
  /** All of the trace's time. */
  whole: TimeWindow;
  width: number;
}

export function brushPartAt(
  x: number,
  { window, whole, width, isWhole }: Ground & { window: TimeWindow; isWhole: boolean },
): BrushPart {
  const left = xOf(window.startMs, whole, width);
  const right = xOf(window.endMs, whole, width);
  if (Math.abs(x - left) <= GRIP) return "start";
  if (Math.abs(x - right) <= GRIP) return "end";
  return !isWhole && x > left && x < right ? "middle" : "new";
}

/** The window after a drag that took hold of a part of it. */
export function brushed({
  part,
  window,
  drag,
  whole,
  width,
}: Ground & { part: BrushPart; window: TimeWindow; drag: Drag }): TimeWindow {
  const extentMs = whole.endMs;
  const fromMs = timeAt(drag.fromX, whole, width);
  const toMs = Math.max(0, Math.min(extentMs, timeAt(drag.toX, whole, width)));
  if (part === "middle") return panWindow(window, { byMs: toMs - fromMs, extentMs });
  const fixedMs = { start: window.endMs, end: window.startMs, new: fromMs }[part];
  return clampWindow({ startMs: Math.min(fixedMs, toMs), endMs: Math.max(fixedMs, toMs) }, extentMs);
}

/** The window after a key on one of its edges; undefined for keys that do nothing there. */
export function nudged({
  key,
  edge,
  window,
  extentMs,
}: {
  key: string;
  edge: "start" | "end";
  window: TimeWindow;
  extentMs: number;
}): TimeWindow | undefined {
  const stepMs = extentMs / 100;
  const valueMs = edge === "start" ? window.startMs : window.endMs;
  const to: Record<string, number> = {
    ArrowLeft: valueMs - stepMs,
    ArrowRight: valueMs + stepMs,
    PageDown: valueMs - 10 * stepMs,
    PageUp: valueMs + 10 * stepMs,
    Home: 0,
    End: extentMs,
  };
  const next = to[key];
  if (next === undefined) return undefined;
  const bounded = Math.max(0, Math.min(extentMs, next));
  return edge === "start"
    ? clampWindow({ startMs: Math.min(bounded, window.endMs - stepMs / 10), endMs: window.endMs }, extentMs)
    : clampWindow(
        { startMs: window.startMs, endMs: Math.max(bounded, window.startMs + stepMs / 10) },
        extentMs,
      );
}
