import { type RefObject, useEffect, useRef } from "react";
import type { Rows } from "../model/rows.ts";
import { scrollTopFor } from "./row-window.ts";

/** Scrolls to the selected span when it becomes another one, as soon as it has a row of its own. */
export function useScrolledTo({
  scroller,
  rows,
  selected,
  height,
  rowHeight,
}: {
  scroller: RefObject<HTMLElement | null>;
  rows: Rows;
  /** -1 where nothing is. */
  selected: number;
  height: number;
  rowHeight: number;
}): void {
  const last = useRef(-1);
  useEffect(() => {
    const row = rows.rowOf[selected] ?? -1;
    const element = scroller.current;
    if (element === null || height === 0 || last.current === selected) return;
    if (selected >= 0 && rows.span[row] !== selected) return;
    last.current = selected;
    if (row >= 0) element.scrollTop = scrollTopFor({ row, scrollTop: element.scrollTop, height, rowHeight });
  }, [scroller, rows, selected, height, rowHeight]);
}
