import { type RefObject, useEffect, useRef } from "react";
import type { Trace } from "../model/trace.ts";
import type { RunUrl } from "../run-url.ts";
import { clockLabel, niceStep, offsetLabel } from "./ticks.ts";
import { type TimeWindow, timeAt } from "./time-window.ts";

interface CrosshairProps {
  scroller: RefObject<HTMLElement | null>;
  left: number;
  width: number;
  window: TimeWindow;
  trace: Trace;
  clock: RunUrl["clock"];
}

/**
 * A line under the pointer with its time. It is moved past React: drawing a page for each movement would be work for nothing.
 */
export function Crosshair(props: CrosshairProps) {
  const line = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const scroller = latest.current.scroller.current;
    const hide = () => line.current?.setAttribute("data-shown", "false");
    const move = (event: PointerEvent) => {
      if (line.current !== null && event.pointerType !== "touch") place(line.current, event, latest.current);
    };
    scroller?.addEventListener("pointermove", move);
    scroller?.addEventListener("pointerleave", hide);
    return () => {
      scroller?.removeEventListener("pointermove", move);
      scroller?.removeEventListener("pointerleave", hide);
    };
  }, []);
  // What the line said is no longer so; the next movement says it anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are what makes it wrong
  useEffect(() => line.current?.setAttribute("data-shown", "false"), [props.window, props.left, props.width]);
  return (
    <div className="crosshair" ref={line} data-shown="false" aria-hidden="true">
      <span />
    </div>
  );
}

function place(
  line: HTMLDivElement,
  event: PointerEvent,
  { left, width, window, trace, clock, scroller }: CrosshairProps,
): void {
  const box = scroller.current?.getBoundingClientRect();
  const x = event.clientX - (box?.left ?? 0) - left;
  line.dataset["shown"] = String(x >= 0 && x <= width);
  line.style.transform = `translateX(${Math.round(left + x)}px)`;
  line.dataset["side"] = x > width - 90 ? "left" : "right";
  const timeMs = timeAt(x, window, width);
  // As exact as a pixel is.
  const step = niceStep((window.endMs - window.startMs) / Math.max(width, 1));
  const label = line.firstElementChild;
  if (label !== null)
    label.textContent =
      clock === "absolute"
        ? clockLabel(trace.originMs + timeMs, Math.min(step, 1000))
        : offsetLabel(timeMs, step);
}
