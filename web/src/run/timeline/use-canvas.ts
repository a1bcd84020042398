import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * A canvas that is drawn again when `draw` is another function (make it with `useCallback`), sharp at the screen's resolution.
 * `draw` gets a clear context in CSS pixels, and how many pixels of the screen each of them is.
 */
export function useCanvas(
  { width, height }: { width: number; height: number },
  draw: (ctx: CanvasRenderingContext2D, ratio: number) => void,
): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = ref.current;
    const ctx = canvas?.getContext("2d");
    if (!canvas || !ctx || width === 0) return;
    const ratio = devicePixelRatio;
    fit(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    draw(ctx, ratio);
  }, [width, height, draw]);
  return ref;
}

/** Setting a size, even the same, lets go of the canvas's memory and takes new. */
function fit(canvas: HTMLCanvasElement, { width, height }: { width: number; height: number }): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
