import { type RefObject, useCallback, useLayoutEffect, useMemo, useState } from "react";
import { type RowWindow, rowsAround } from "./row-window.ts";

/** The rows to draw of a list that scrolls; changes by whole blocks, so that most scrolling renders nothing. */
export function useRowWindow({
  scroller,
  height,
  rowHeight,
  count,
}: {
  scroller: RefObject<HTMLElement | null>;
  height: number;
  rowHeight: number;
  count: number;
}): { shown: RowWindow; onScroll: () => void } {
  const [shown, setShown] = useState<RowWindow>({ first: 0, end: 0 });
  const onScroll = useCallback(() => {
    const scrollTop = scroller.current?.scrollTop ?? 0;
    const next = rowsAround({ scrollTop, height, rowHeight, count });
    setShown((last) => (last.first === next.first && last.end === next.end ? last : next));
  }, [scroller, height, rowHeight, count]);
  useLayoutEffect(onScroll, [onScroll]);
  // The list may have become shorter since.
  const { first, end } = { first: Math.min(shown.first, count), end: Math.min(shown.end, count) };
  return { shown: useMemo(() => ({ first, end }), [first, end]), onScroll };
}
