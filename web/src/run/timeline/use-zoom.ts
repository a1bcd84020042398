import { type RefObject, useEffect, useRef } from "react";
import { panWindow, type TimeWindow, timeAt, zoomWindow } from "./time-window.ts";

/** One notch of a common wheel is 100: it zooms by a fifth. */
const ZOOM_PER_PIXEL = 1.2 ** (1 / 100);

/**
 * Zooms with Ctrl (or Cmd) and the wheel, which is also what pinching on a touchpad arrives as, at the pointer; moves along with Shift and
 * the wheel or a sideways swipe. The wheel alone is left to scrolling: a page that zooms when one wants to read on is a trap.
 */
export function useWheel(
  element: RefObject<HTMLElement | null>,
  state: {
    window: TimeWindow;
    extentMs: number;
    left: number;
    width: number;
    onZoom: (window: TimeWindow) => void;
  },
): void {
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => {
    const target = element.current;
    const onWheel = (event: WheelEvent) => {
      const next = wheelMove(event, latest.current);
      if (next === undefined) return;
      event.preventDefault();
      latest.current.onZoom(next);
    };
    // React listens passively, and then the browser would zoom the whole page as well.
    target?.addEventListener("wheel", onWheel, { passive: false });
    return () => target?.removeEventListener("wheel", onWheel);
  }, [element]);
}

function wheelMove(
  event: WheelEvent,
  { window, extentMs, left, width }: { window: TimeWindow; extentMs: number; left: number; width: number },
): TimeWindow | undefined {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const atMs = timeAt(event.clientX - box.left - left, window, width);
  if (event.ctrlKey || event.metaKey)
    return zoomWindow(window, { factor: ZOOM_PER_PIXEL ** -event.deltaY, atMs, extentMs });
  const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (sideways === 0 || Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return undefined;
  return panWindow(window, {
    byMs: (sideways / Math.max(width, 1)) * (window.endMs - window.startMs),
    extentMs,
  });
}
