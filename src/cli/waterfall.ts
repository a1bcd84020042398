/**
 * A run as a waterfall for a terminal: one row a span, fitted to the width, readable without colour.
 *
 *     name                      duration  0s        2m        4m
 *   ● ✓ build-image               2m 10s  ░░░██████
 *   ●   ▪ pull image                 42s  ▒▒▒
 *   ●   ✓ step build              1m 20s     ██████
 */

import stringWidth from "string-width";
import { formatDuration } from "../insight/index.ts";
import type { Bar } from "./bar.ts";
import { count } from "./count.ts";
import { type Row, rowsOf } from "./fold.ts";
import { type Colour, pad, painter, printable, type Terminal } from "./terminal.ts";

const DURATION_WIDTH = 8;
const MIN_BAR_WIDTH = 16;
const MARGIN_WIDTH = 2;
const NOTE_GAP = "  ";
/** Less of a note than this says nothing. */
const SHORTEST_NOTE = 10;
/** What somebody may want to scroll through. */
const MOST_ROWS = 200;

export interface Waterfall {
  bars: readonly Bar[];
  /** What the width stands for. */
  startNs: bigint;
  endNs: bigint;
  /** Every row, however many there are. */
  isWhole: boolean;
}

export function drawWaterfall(
  { bars, startNs, endNs, isWhole }: Waterfall,
  terminal: Pick<Terminal, "width" | "hasColour">,
): string[] {
  const rows = rowsOf(bars, isWhole ? undefined : MOST_ROWS);
  const paint = painter(terminal);
  const columns = layOut(rows, terminal.width);
  const scale = scaleOf({ startNs, endNs }, columns.bar);
  const head = `${" ".repeat(MARGIN_WIDTH)}${pad("", columns.name)} ${pad("", DURATION_WIDTH)} ${paint(axis(scale), "grey")}`;
  const lines = columns.bar === 0 ? [] : [head];
  for (const row of rows) lines.push(...drawRow(row, { columns, scale, paint }));
  return lines.map((line) => line.trimEnd());
}

interface Columns {
  name: number;
  bar: number;
}

function layOut(rows: readonly Row[], width: number): Columns {
  const room = width - MARGIN_WIDTH - DURATION_WIDTH - 2;
  const longest = rows.reduce((most, row) => Math.max(most, 2 * row.depth + 2 + wholeTitleOf(row).length), 0);
  const name = Math.min(longest, Math.max(16, Math.floor(room * 0.45)));
  const bar = room - name;
  return bar >= MIN_BAR_WIDTH ? { name, bar } : { name: Math.max(8, room), bar: 0 };
}

interface Scale {
  originNs: bigint;
  totalNs: bigint;
  columns: number;
}

function wholeTitleOf(row: Row): string {
  if (row.kind !== "bar") return leftOut(row);
  const { title, note } = row.bar;
  return note === undefined ? title : `${title}${NOTE_GAP}${note}`;
}

/** `run` draws this too, and has no `--all`. */
function leftOut({ kind, bars }: Exclude<Row, { kind: "bar" }>): string {
  return kind === "brief"
    ? `… ${count(bars, "phase")} under 1ms (trace --all)`
    : `… ${count(bars, "more span")} (trace --all)`;
}

function scaleOf({ startNs, endNs }: Pick<Waterfall, "startNs" | "endNs">, columns: number): Scale {
  return { originNs: startNs, totalNs: endNs > startNs ? endNs - startNs : 1n, columns };
}

function columnOf(timeNs: bigint, { originNs, totalNs, columns }: Scale): number {
  return Math.min(columns, Math.max(0, Math.round((Number(timeNs - originNs) / Number(totalNs)) * columns)));
}

const TICK_SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 14_400, 21_600, 43_200, 86_400,
];
const TICK_COLUMNS = 9;

function axis(scale: Scale): string {
  const most = Math.max(1, Math.floor(scale.columns / TICK_COLUMNS));
  const totalSeconds = Number(scale.totalNs) / 1e9;
  const step = TICK_SECONDS.find((seconds) => totalSeconds / seconds <= most) ?? totalSeconds / most;
  let line = "";
  for (let seconds = 0; seconds <= totalSeconds; seconds += step) {
    const column = columnOf(scale.originNs + BigInt(Math.round(seconds * 1e9)), scale);
    const label = formatDuration(BigInt(Math.round(seconds * 1e9))).replace(/ 00[sm]$/, "");
    if (column + label.length > scale.columns || (line !== "" && column <= line.length)) break;
    line = line.padEnd(column) + label;
  }
  return scale.columns === 0 ? "" : line;
}

interface Sheet {
  columns: Columns;
  scale: Scale;
  paint: ReturnType<typeof painter>;
}

function drawRow(row: Row, sheet: Sheet): string[] {
  const { columns, paint } = sheet;
  const indent = "  ".repeat(Math.min(row.depth, Math.floor(columns.name / 4)));
  const room = columns.name - indent.length - 2;
  if (row.kind !== "bar") return [`  ${indent}  ${paint(pad(leftOut(row), room), "grey")}`];
  const { bar } = row;
  const margin = bar.isOnPath ? paint("●", "blue") : " ";
  const line =
    `${margin} ${indent}${paint(bar.mark.text, bar.mark.colour)} ${drawTitle(bar, room, paint)} ` +
    `${pad(lengthOf(bar), DURATION_WIDTH, "right")} ${columns.bar === 0 ? "" : drawBar(bar, sheet)}`;
  return [line, ...drawFailure(bar, row.depth, sheet)];
}

function drawTitle({ title, note }: Bar, room: number, paint: Sheet["paint"]): string {
  const noteRoom = room - stringWidth(title) - NOTE_GAP.length;
  if (note === undefined || noteRoom < SHORTEST_NOTE) return pad(title, room);
  return `${title}${NOTE_GAP}${paint(pad(note, noteRoom), "grey")}`;
}

function lengthOf({ isTimeUnknown, type, startNs, endNs }: Bar): string {
  if (isTimeUnknown) return "?";
  return type === "skipped" ? "skipped" : formatDuration(endNs - startNs);
}

const BLOCK = { run: "█", wait: "░", phase: "▒", reconcile: "─" };

function drawBar(bar: Bar, { scale, paint }: Sheet): string {
  if (bar.isTimeUnknown) return "";
  const start = Math.min(columnOf(bar.startNs, scale), scale.columns - 1);
  const end = Math.max(start + 1, columnOf(bar.endNs, scale));
  const space = " ".repeat(start);
  if (bar.endNs === bar.startNs) return `${space}${paint("│", "grey")}`;
  const worked = workStartOf(bar);
  const waiting =
    Math.min(end, Math.max(start, worked === undefined ? start : columnOf(worked, scale))) - start;
  const open = bar.isProvisional ? "▶" : "";
  const solid = blockOf(bar).repeat(Math.max(0, end - start - waiting - open.length)) + open;
  return `${space}${paint(BLOCK.wait.repeat(waiting), "grey")}${paint(solid, colourOf(bar))}`;
}

function blockOf({ type }: Bar): string {
  return type === "phase" || type === "reconcile" ? BLOCK[type] : BLOCK.run;
}

/** When a run was taken up, or the first step of a task began: what lies before is waiting. */
function workStartOf({ type, children }: Bar): bigint | undefined {
  if (type === "pipelinerun") return children.find((child) => child.type !== "reconcile")?.startNs;
  if (type !== "taskrun" && type !== "attempt") return undefined;
  const starts = children.flatMap((child) =>
    child.type === "step" ? [child.startNs] : (workStartOf(child) ?? []),
  );
  return starts.reduce<bigint | undefined>(
    (first, at) => (first === undefined || at < first ? at : first),
    undefined,
  );
}

function colourOf({ type, isError, mark }: Bar): Colour {
  return type === "phase" && !isError ? "grey" : mark.colour;
}

/**
 * The message of a failure, once, at the deepest span that has it. What others sent explains nothing: a step may go on after a
 * command that failed, and end for another reason.
 */
function drawFailure(bar: Bar, depth: number, { columns, paint }: Sheet): string[] {
  const isExplained = bar.children.some((child) => child.isError && child.type !== "");
  if (!bar.isError || isExplained || bar.message === undefined) return [];
  const indent = " ".repeat(MARGIN_WIDTH + 2 * depth + 2);
  const room = MARGIN_WIDTH + columns.name + DURATION_WIDTH + 2 + columns.bar - indent.length - 2;
  return [`${indent}${paint(`└ ${pad(printable(bar.message), Math.max(8, room)).trimEnd()}`, "red")}`];
}
