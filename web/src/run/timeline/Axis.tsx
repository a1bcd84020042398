import type { Tick } from "./ticks.ts";
import { type TimeWindow, xOf } from "./time-window.ts";

/** The marks of the time axis, as text. The last is left out where it would stick out. */
export function Axis({
  ticks,
  window,
  width,
}: {
  ticks: readonly Tick[];
  window: TimeWindow;
  width: number;
}) {
  return (
    <div className="axis">
      {ticks
        .map((tick) => ({ ...tick, x: xOf(tick.timeMs, window, width) }))
        .filter(({ x }) => x < width - 16)
        .map(({ x, timeMs, label }) => (
          <span key={timeMs} style={{ transform: `translateX(${Math.round(x)}px)` }}>
            {label}
          </span>
        ))}
    </div>
  );
}
