import { SPAN_FLAGS } from "../../../../src/insight/answers/index.ts";
import { formatDuration } from "../../shared/format.ts";
import { isWaiting, NO_EXIT_CODE, type Trace } from "../model/trace.ts";
import { type TimeWindow, xOf } from "./time-window.ts";

/** Where a span's bar is, in pixels from the left edge of the bars; cut to what is seen, with a little beyond. */
export interface Bar {
  x: number;
  width: number;
  /** How far the start and the end may be off, in pixels: a time known to the second may be up to a second later. */
  blurPx: number;
  isProvisional: boolean;
}

/** How far beyond the edge a bar is drawn: enough for its end not to be seen. */
const BEYOND = 8;
/** A span without length is still seen. */
const THINNEST = 2;
const SECOND_MS = 1000;
/** A softer edge than this is not seen as soft. */
const LEAST_BLUR = 3;

/**
 * The bar of a span; undefined where it is out of sight. A provisional span goes on to `growsToMs`; one that has not begun is just
 * there.
 */
export function barOf(
  trace: Trace,
  index: number,
  {
    window,
    width,
    gutter,
    growsToMs,
  }: { window: TimeWindow; width: number; gutter: number; growsToMs: number },
): Bar | undefined {
  const flags = trace.flags[index] ?? 0;
  const isBegun = !isWaiting(trace, index);
  const endMs = endOf(trace, index, growsToMs);
  const left = xOf(isBegun ? (trace.startMs[index] ?? 0) : endMs, window, width);
  const right = xOf(endMs, window, width);
  const farthest = width + gutter + BEYOND;
  if (right < -BEYOND || left > farthest) return undefined;
  const x = Math.max(left, -BEYOND);
  const blur = (SECOND_MS / (window.endMs - window.startMs)) * width;
  return {
    x,
    width: Math.max(THINNEST, Math.min(right, farthest) - x),
    blurPx: (flags & SPAN_FLAGS.coarse) !== 0 && blur >= LEAST_BLUR ? blur : 0,
    isProvisional: isBegun && (flags & SPAN_FLAGS.provisional) !== 0,
  };
}

function endOf(trace: Trace, index: number, growsToMs: number): number {
  const endMs = (trace.startMs[index] ?? 0) + (trace.durationsMs[index] ?? 0);
  return ((trace.flags[index] ?? 0) & SPAN_FLAGS.provisional) === 0 ? endMs : Math.max(endMs, growsToMs);
}

/** What is written at a bar. */
export interface BarLabel {
  /** `exit 2`, `skipped`: said first, and stronger. */
  mark: string;
  text: string;
}

export function labelOf(
  trace: Trace,
  index: number,
  { result, growsToMs }: { result: string; growsToMs: number },
): BarLabel {
  if (result === "skip") return { mark: "", text: "skipped" };
  if (isWaiting(trace, index)) return { mark: "", text: "waiting" };
  const code = trace.exitCode[index] ?? NO_EXIT_CODE;
  const failed = code !== NO_EXIT_CODE && code !== 0;
  return {
    mark: failed ? `exit ${code}` : "",
    text: formatDuration(endOf(trace, index, growsToMs) - (trace.startMs[index] ?? 0)),
  };
}

/** Where a label of a width goes: right of its bar, else left of it, else inside at the right. */
export function labelX(bar: Bar, { labelWidth, width }: { labelWidth: number; width: number }): number {
  const gap = 6;
  const right = bar.x + bar.width + gap;
  if (right + labelWidth <= width) return right;
  const left = bar.x - gap - labelWidth;
  return left >= 0 ? left : Math.max(gap, Math.min(bar.x + bar.width, width) - gap - labelWidth);
}
