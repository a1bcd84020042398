import { type PointerEvent, useRef } from "react";

/** A drag in progress, in CSS pixels from the left edge of what is dragged on. */
export interface Drag {
  fromX: number;
  toX: number;
}

/** Less than this is a click with an unsteady hand. */
const LEAST_DRAG = 4;

/**
 * Dragging sideways: `onDrag` as it goes, `onDrop` when it ends, `onDrag(undefined)` when it is over. `startsAt` says
 * where a press may begin a drag, in pixels; undefined for nowhere.
 */
export function useDrag({
  startsAt,
  onDrag,
  onDrop,
}: {
  startsAt: (event: PointerEvent<HTMLElement>) => number | undefined;
  onDrag: (drag: Drag | undefined) => void;
  onDrop: (drag: Drag) => void;
}) {
  const start = useRef<{ clientX: number; x: number; hasMoved: boolean }>(undefined);
  const dragOf = (event: PointerEvent<HTMLElement>): Drag | undefined => {
    if (start.current === undefined) return undefined;
    const { clientX, x } = start.current;
    return { fromX: x, toX: x + event.clientX - clientX };
  };
  const end = () => {
    start.current = undefined;
    onDrag(undefined);
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      const x = event.button === 0 ? startsAt(event) : undefined;
      if (x !== undefined) start.current = { clientX: event.clientX, x, hasMoved: false };
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const drag = dragOf(event);
      if (drag === undefined || start.current === undefined) return;
      if (!start.current.hasMoved && Math.abs(drag.toX - drag.fromX) < LEAST_DRAG) return;
      // Taken only once it moves: a click must reach the row it was meant for.
      if (!start.current.hasMoved) event.currentTarget.setPointerCapture(event.pointerId);
      start.current.hasMoved = true;
      onDrag(drag);
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const drag = dragOf(event);
      if (drag !== undefined && start.current?.hasMoved) onDrop(drag);
      end();
    },
    onPointerCancel: end,
  };
}
