import { ROW, type Rows } from "../model/rows.ts";
import type { Trace } from "../model/trace.ts";

/** What a key does in the tree. Rows are by their number from the top. */
export type TreeMove =
  | { kind: "select"; row: number }
  | { kind: "open" | "fold" | "openSiblings"; row: number };

const PAGE = 12;

/**
 * What a key does in a tree, as https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ has it: up and down go through the rows, right
 * opens or goes to the first child, left folds or goes to the parent, home and end go to the ends, `*` opens all siblings.
 * Undefined for other keys. `row` is -1 where nothing is selected.
 */
export function treeMove(
  key: string,
  { trace, rows, row }: { trace: Trace; rows: Rows; row: number },
): TreeMove | undefined {
  const count = rows.span.length;
  const select = (to: number): TreeMove => ({ kind: "select", row: Math.max(0, Math.min(count - 1, to)) });
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return select(row + 1);
    case "ArrowUp":
      return select(row - 1);
    case "PageDown":
      return select(row + PAGE);
    case "PageUp":
      return select(row - PAGE);
    case "Home":
      return select(0);
    case "End":
      return select(count - 1);
    case "ArrowRight":
      return rightward(rows, row);
    case "ArrowLeft":
      return leftward({ trace, rows, row });
    case "*":
      return row < 0 ? undefined : { kind: "openSiblings", row };
    default:
      return undefined;
  }
}

function rightward(rows: Rows, row: number): TreeMove | undefined {
  const state = rows.state[row] ?? 0;
  if ((state & ROW.hasChildren) === 0) return undefined;
  return (state & ROW.isOpen) === 0 ? { kind: "open", row } : { kind: "select", row: row + 1 };
}

function leftward({ trace, rows, row }: { trace: Trace; rows: Rows; row: number }): TreeMove | undefined {
  if (((rows.state[row] ?? 0) & ROW.isOpen) !== 0) return { kind: "fold", row };
  const above = trace.parent[rows.span[row] ?? -1] ?? -1;
  return above < 0 ? undefined : { kind: "select", row: rows.rowOf[above] ?? 0 };
}
