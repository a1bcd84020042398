import stringWidth from "string-width";
import { type Colour, pad, painter, printable, type Terminal } from "./terminal.ts";

export interface TableColumn {
  title: string;
  align?: "left" | "right";
  /** It may be cut to this many columns where the terminal is narrow. */
  shrinksTo?: number;
  /** Where even that is not enough, columns are left out, those with the highest rank first. Without one it stays. */
  rank?: number;
}

export interface Cell {
  text: string;
  colour?: Colour;
}

const GAP = 2;

/** Draws rows under their titles, fitted to the width of the terminal. Columns that are empty in every row are left out. */
export function drawTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  terminal: Pick<Terminal, "width" | "hasColour">,
): string[] {
  const paint = painter(terminal);
  const shown = fitTo(
    columns.map((column, index) => measured(column, index, rows)).filter(({ isUsed }) => isUsed),
    terminal.width,
  );
  const line = (cellOf: (index: number) => Cell) =>
    shown
      .map(({ index, width, column }) => {
        const { text, colour } = cellOf(index);
        const fitted = pad(printable(text), width, column.align ?? "left");
        return colour === undefined ? fitted : paint(fitted, colour);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  const hasTitles = columns.some(({ title }) => title !== "");
  const head = line((index) => ({ text: columns[index]?.title ?? "", colour: "grey" }));
  return [...(hasTitles ? [head] : []), ...rows.map((row) => line((index) => row[index] ?? { text: "" }))];
}

interface Measured {
  column: TableColumn;
  index: number;
  width: number;
  isUsed: boolean;
}

function measured(column: TableColumn, index: number, rows: readonly (readonly Cell[])[]): Measured {
  const widths = rows.map((row) => stringWidth(printable(row[index]?.text ?? "")));
  const widest = widths.reduce((a, b) => Math.max(a, b), 0);
  return { column, index, width: Math.max(widest, stringWidth(column.title)), isUsed: widest > 0 };
}

function fitTo(columns: readonly Measured[], width: number): Measured[] {
  const excess = totalWidth(columns) - width;
  if (excess <= 0) return [...columns];
  const spare = columns.map(spareOf);
  const all = spare.reduce((sum, each) => sum + each, 0);
  if (all >= excess) return shrink(columns, spare, excess);
  const dropped = leastImportant(columns);
  if (dropped === undefined) return shrink(columns, spare, all);
  return fitTo(
    columns.filter((each) => each !== dropped),
    width,
  );
}

function totalWidth(columns: readonly Measured[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

function spareOf({ column, width }: Measured): number {
  return column.shrinksTo === undefined ? 0 : Math.max(0, width - column.shrinksTo);
}

/** Takes from those that have most to spare. */
function shrink(columns: readonly Measured[], spare: readonly number[], excess: number): Measured[] {
  const taken = spare.map(() => 0);
  for (let left = excess; left > 0; left--) {
    const rest = spare.map((each, index) => each - (taken[index] ?? 0));
    const most = rest.indexOf(Math.max(...rest));
    taken[most] = (taken[most] ?? 0) + 1;
  }
  return columns.map((each, index) => ({ ...each, width: each.width - (taken[index] ?? 0) }));
}

function leastImportant(columns: readonly Measured[]): Measured | undefined {
  const optional = columns.filter(({ column }) => column.rank !== undefined);
  return optional.sort((a, b) => (b.column.rank ?? 0) - (a.column.rank ?? 0))[0];
}
