/** The part of a trace's time that is seen: milliseconds from the trace's start. */
export interface TimeWindow {
  startMs: number;
  endMs: number;
}

/** Nothing is known to less than this, and it keeps pixels per millisecond finite. */
const SHORTEST_MS = 0.05;

/** Keeps a window inside the trace, as long as it was where that is possible. */
export function clampWindow({ startMs, endMs }: TimeWindow, extentMs: number): TimeWindow {
  const lengthMs = Math.min(Math.max(endMs - startMs, SHORTEST_MS), Math.max(extentMs, SHORTEST_MS));
  const start = Math.max(0, Math.min(startMs, extentMs - lengthMs));
  return { startMs: start, endMs: start + lengthMs };
}

/** Zooms by a factor (2 shows half the time) so that one moment stays where it is. */
export function zoomWindow(
  { startMs, endMs }: TimeWindow,
  { factor, atMs, extentMs }: { factor: number; atMs: number; extentMs: number },
): TimeWindow {
  const lengthMs = Math.min(Math.max((endMs - startMs) / factor, SHORTEST_MS), extentMs);
  const share = (atMs - startMs) / Math.max(endMs - startMs, SHORTEST_MS);
  const start = atMs - share * lengthMs;
  return clampWindow({ startMs: start, endMs: start + lengthMs }, extentMs);
}

export function panWindow(
  { startMs, endMs }: TimeWindow,
  { byMs, extentMs }: { byMs: number; extentMs: number },
): TimeWindow {
  return clampWindow({ startMs: startMs + byMs, endMs: endMs + byMs }, extentMs);
}

/** A span with some air on both sides; around a span without length, enough to see what is near. */
export function fitWindow(
  { startMs, durationMs }: { startMs: number; durationMs: number },
  extentMs: number,
): TimeWindow {
  const airMs = durationMs > 0 ? durationMs * 0.06 : extentMs * 0.01;
  return clampWindow({ startMs: startMs - airMs, endMs: startMs + durationMs + airMs }, extentMs);
}

/** True where nothing is zoomed. */
export function isWhole({ startMs, endMs }: TimeWindow, extentMs: number): boolean {
  return startMs <= 0 && endMs >= extentMs;
}

/** Pixels from the left edge of the bars. */
export function xOf(timeMs: number, { startMs, endMs }: TimeWindow, width: number): number {
  return ((timeMs - startMs) / (endMs - startMs)) * width;
}

/** The inverse of {@link xOf}. */
export function timeAt(x: number, { startMs, endMs }: TimeWindow, width: number): number {
  return startMs + (x / Math.max(width, 1)) * (endMs - startMs);
}
