import type { TimeWindow } from "./time-window.ts";

export interface Tick {
  /** Milliseconds from the trace's start. */
  timeMs: number;
  label: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances people count in. Below a second powers of ten do, above a day as well. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  DAY,
];

/** The shortest distance people count in that is not below the one given. */
export function niceStep(atLeastMs: number): number {
  if (atLeastMs > DAY) return DAY * niceDecimal(atLeastMs / DAY);
  if (atLeastMs <= SECOND / 2) return niceDecimal(atLeastMs);
  return STEPS.find((step) => step >= atLeastMs) ?? DAY;
}

function niceDecimal(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const lead = [1, 2, 5].find((digit) => digit * power >= atLeast * (1 - 1e-9));
  return lead === undefined ? 10 * power : lead * power;
}

/** Marks for a time axis, none nearer to each other than `gapPx`. */
export function relativeTicks(
  window: TimeWindow,
  { width, gapPx }: { width: number; gapPx: number },
): Tick[] {
  const step = stepFor(window, { width, gapPx });
  return multiples(window, { step, offset: 0 }).map((timeMs) => ({
    timeMs,
    label: offsetLabel(timeMs, step),
  }));
}

/** As {@link relativeTicks}, at round times of the clock on the wall. */
export function clockTicks(
  window: TimeWindow,
  { width, gapPx, originMs }: { width: number; gapPx: number; originMs: number },
): Tick[] {
  const step = stepFor(window, { width, gapPx });
  const localMs = originMs - new Date(originMs).getTimezoneOffset() * MINUTE;
  return multiples(window, { step, offset: localMs }).map((timeMs) => ({
    timeMs,
    label: clockLabel(originMs + timeMs, step),
  }));
}

function stepFor({ startMs, endMs }: TimeWindow, { width, gapPx }: { width: number; gapPx: number }): number {
  return niceStep(((endMs - startMs) * gapPx) / Math.max(width, gapPx));
}

function multiples(
  { startMs, endMs }: TimeWindow,
  { step, offset }: { step: number; offset: number },
): number[] {
  const first = Math.ceil((startMs + offset) / step - 1e-9);
  const count = Math.floor((endMs + offset) / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step - offset);
}

/** `0`, `250ms`, `1.5s`, `1m 30s`, `2h 05m`: as exact as the distance of the marks asks for. */
export function offsetLabel(timeMs: number, step: number): string {
  if (Math.abs(timeMs) < step / 1000) return "0";
  if (step < 1) return `${trimmed(timeMs, decimalsOf(step))}ms`;
  if (timeMs < SECOND) return `${Math.round(timeMs)}ms`;
  if (timeMs < MINUTE) return `${trimmed(timeMs / SECOND, decimalsOf(step / SECOND))}s`;
  if (timeMs < HOUR) return minutesLabel(timeMs, step);
  if (timeMs < DAY) return hoursLabel(timeMs, step);
  return step >= DAY
    ? `${Math.round(timeMs / DAY)}d`
    : `${Math.floor(timeMs / DAY)}d ${hoursLabel(timeMs % DAY, step)}`;
}

function minutesLabel(timeMs: number, step: number): string {
  const decimals = decimalsOf(step / SECOND);
  const seconds = trimmed((timeMs % MINUTE) / SECOND, decimals).padStart(
    decimals > 0 ? decimals + 3 : 2,
    "0",
  );
  return step % MINUTE === 0
    ? `${Math.round(timeMs / MINUTE)}m`
    : `${Math.floor(timeMs / MINUTE)}m ${seconds}s`;
}

function hoursLabel(timeMs: number, step: number): string {
  const hours = Math.floor(timeMs / HOUR);
  const minutes = `${Math.floor((timeMs % HOUR) / MINUTE)}`.padStart(2, "0");
  if (step % HOUR === 0) return `${hours}h`;
  if (step % MINUTE === 0) return `${hours}h ${minutes}m`;
  return `${hours}h ${minutes}m ${trimmed((timeMs % MINUTE) / SECOND, decimalsOf(step / SECOND)).padStart(2, "0")}s`;
}

function decimalsOf(step: number): number {
  return step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
}

function trimmed(value: number, decimals: number): string {
  return value.toFixed(Math.min(decimals, 6));
}

/** `10:12`, `10:12:30`, `10:12:30.250` in the reader's own time zone; dates where the marks are days. */
export function clockLabel(timeMs: number, step: number): string {
  const date = new Date(timeMs);
  const two = (value: number) => `${value}`.padStart(2, "0");
  if (step >= DAY) return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (step >= MINUTE) return minutes;
  const seconds = `${minutes}:${two(date.getSeconds())}`;
  return step >= SECOND ? seconds : `${seconds}.${`${date.getMilliseconds()}`.padStart(3, "0")}`;
}
