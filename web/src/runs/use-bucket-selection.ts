import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { RunsHistogramAnswer } from "../../../src/insight/answers/index.ts";
import { bucketAt, movedSelection, type Selection, selectedPeriod } from "./histogram-model.ts";

/** Narrowing by the histogram: what is picked, and the handlers for the element that holds the bars. */
export interface BucketSelection {
  /** Picked by dragging or keys. */
  picked: Selection | undefined;
  /** The bucket under the pointer. */
  pointed: number | undefined;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: () => void;
    onPointerCancel: () => void;
    onPointerLeave: () => void;
    onBlur: () => void;
    onKeyDown: (event: KeyboardEvent) => void;
  };
}

/** Picks buckets by dragging, or by the arrow keys with Shift to widen; letting go, or Enter, narrows to them. */
export function useBucketSelection(
  answer: RunsHistogramAnswer,
  onNarrow: (period: { since: string; until: string }) => void,
): BucketSelection {
  const count = answer.buckets.length;
  const [picked, setPicked] = useState<Selection>();
  const [isDragging, setIsDragging] = useState(false);
  const [pointed, setPointed] = useState<number>();

  const drop = () => {
    setPicked(undefined);
    setIsDragging(false);
  };
  const narrow = () => {
    drop();
    if (picked !== undefined) onNarrow(selectedPeriod(answer, picked));
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const bucket = bucketUnder(event, count);
    setPicked({ from: bucket, to: bucket });
    setIsDragging(true);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const bucket = bucketUnder(event, count);
    setPointed(bucket);
    if (isDragging) setPicked((current) => current && { ...current, to: bucket });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) setPicked(movedSelection(picked, { step, isWidening: event.shiftKey, count }));
    else if (event.key === "Enter") narrow();
    else if (event.key === "Escape") drop();
    else return;
    event.preventDefault();
  };
  return {
    picked,
    pointed,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp: () => isDragging && narrow(),
      onPointerCancel: drop,
      onPointerLeave: () => setPointed(undefined),
      onBlur: drop,
      onKeyDown,
    },
  };
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

function bucketUnder(event: PointerEvent<HTMLElement>, count: number): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return bucketAt((event.clientX - left) / width, count);
}
