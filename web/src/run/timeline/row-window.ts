/** Rows from `first` up to, without, `end`. */
export interface RowWindow {
  first: number;
  end: number;
}

/** Rows are drawn in blocks of this many, so that most scrolling draws nothing: the browser moves what is there. */
const BLOCK = 16;

/** The rows to draw for what is seen: whole blocks, with one block in reserve above and below. */
export function rowsAround({
  scrollTop,
  height,
  rowHeight,
  count,
}: {
  scrollTop: number;
  height: number;
  rowHeight: number;
  count: number;
}): RowWindow {
  const top = Math.floor(scrollTop / rowHeight / BLOCK) - 1;
  const bottom = Math.ceil((scrollTop + height) / rowHeight / BLOCK) + 1;
  const first = Math.max(0, Math.min(top * BLOCK, count));
  return { first, end: Math.max(first, Math.min(bottom * BLOCK, count)) };
}

/** Where to scroll so that a row is seen, leaving things alone where it is already. */
export function scrollTopFor({
  row,
  scrollTop,
  height,
  rowHeight,
}: {
  row: number;
  scrollTop: number;
  height: number;
  rowHeight: number;
}): number {
  const top = row * rowHeight;
  if (top >= scrollTop && top + rowHeight <= scrollTop + height) return scrollTop;
  const isNear = top >= scrollTop - rowHeight * 2 && top <= scrollTop + height + rowHeight;
  if (!isNear) return Math.max(0, top - (height - rowHeight) / 3);
  return top < scrollTop ? top : top + rowHeight - height;
}
