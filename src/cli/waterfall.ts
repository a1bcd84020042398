/**
 * A run as a waterfall for a terminal: one row a span, fitted to the width, readable without colour.
 *
 *     name                      duration  0s        2m        4m
 *   ● ✓ build-image               2m 10s  ░░░██████
 *   ●   ▪ pull image                 42s  ▒▒▒
 *   ●   ✓ step build              1m 20s     ██████
 */

import { compareTimes } from "../tekton/index.ts";
import type { Result } from "../trace/index.ts";
import { type RunTrace, type Span, StatusCode } from "../trace/index.ts";
import { formatDuration } from "./duration.ts";
import { shortImage } from "./path-summary.ts";
import { glyphOf, type Mark } from "./result-marks.ts";
import { type Colour, pad, painter, printable, type Terminal } from "./terminal.ts";

interface Row {
  span: Span;
  depth: number;
  children: Row[];
  isOnPath: boolean;
}

const DURATION_WIDTH = 8;
const MIN_BAR_WIDTH = 16;
const MARGIN_WIDTH = 2;
const HIDDEN_TYPES = new Set<unknown>(["wait", "execute"]);

/** Draws the spans of a run and of the PipelineRuns it started. */
export function drawWaterfall(
  runs: readonly RunTrace[],
  terminal: Pick<Terminal, "width" | "hasColour">,
): string[] {
  const rows = flatten(treeOf(runs.flatMap((run) => run.resourceSpans.spans)));
  const [first] = runs;
  if (first === undefined) return [];
  const paint = painter(terminal);
  const columns = layOut(rows, terminal.width);
  const scale = scaleOf(first, columns.bar);
  const head = `${" ".repeat(MARGIN_WIDTH)}${pad("", columns.name)} ${pad("", DURATION_WIDTH)} ${paint(axis(scale), "grey")}`;
  const lines = columns.bar === 0 ? [] : [head];
  for (const row of rows) lines.push(...drawRow(row, columns, scale, paint));
  return lines.map((line) => line.trimEnd());
}

function treeOf(spans: readonly Span[]): Row[] {
  const rows = new Map<string, Row>();
  const shown = spans.filter((span) => !HIDDEN_TYPES.has(span.attributes["throughline.type"]));
  for (const span of shown) {
    rows.set(span.spanId, {
      span,
      depth: 0,
      children: [],
      isOnPath: "throughline.critical_path_ns" in span.attributes,
    });
  }
  const roots: Row[] = [];
  for (const row of rows.values()) {
    const parent = row.span.parentSpanId === undefined ? undefined : rows.get(row.span.parentSpanId);
    (parent?.children ?? roots).push(row);
  }
  return roots;
}

/** Depth first; a row is on the path when anything below it is. */
function flatten(roots: readonly Row[]): Row[] {
  const rows: Row[] = [];
  const visit = (row: Row, depth: number): boolean => {
    row.depth = depth;
    rows.push(row);
    // Runs that a run started come after its own tasks; steps stay in the order of the Task.
    if (row.span.attributes["throughline.type"] === "pipelinerun") row.children.sort(byStart);
    for (const child of row.children) if (visit(child, depth + 1)) row.isOnPath = true;
    return row.isOnPath;
  };
  for (const root of roots) visit(root, 0);
  return rows;
}

function byStart(a: Row, b: Row): number {
  return compareTimes(a.span.startNs, b.span.startNs);
}

interface Columns {
  name: number;
  bar: number;
}

function layOut(rows: readonly Row[], width: number): Columns {
  const room = width - MARGIN_WIDTH - DURATION_WIDTH - 2;
  const longest = rows.reduce((most, row) => Math.max(most, 2 * row.depth + 2 + titleOf(row.span).length), 0);
  const name = Math.min(longest, Math.max(16, Math.floor(room * 0.45)));
  const bar = room - name;
  return bar >= MIN_BAR_WIDTH ? { name, bar } : { name: Math.max(8, room), bar: 0 };
}

interface Scale {
  originNs: bigint;
  totalNs: bigint;
  columns: number;
}

function scaleOf({ startNs, endNs }: RunTrace, columns: number): Scale {
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

function drawRow(row: Row, columns: Columns, scale: Scale, paint: ReturnType<typeof painter>): string[] {
  const { span, depth, isOnPath } = row;
  const mark = markOf(span);
  const indent = "  ".repeat(Math.min(depth, Math.floor(columns.name / 4)));
  const name = pad(titleOf(span), columns.name - indent.length - 2);
  const margin = isOnPath ? paint("●", "blue") : " ";
  const length = isTimeUnknown(span)
    ? "?"
    : span.attributes["throughline.type"] === "skipped"
      ? "skipped"
      : formatDuration(span.endNs - span.startNs);
  const line =
    `${margin} ${indent}${paint(mark.text, mark.colour)} ${name} ` +
    `${pad(length, DURATION_WIDTH, "right")} ${columns.bar === 0 ? "" : drawBar(row, scale, paint)}`;
  return [line, ...drawFailure(row, columns, paint)];
}

/** Several images may be pulled for a task, and a matrix has several tasks of one name: the row says which. */
function titleOf({ name, attributes }: Span): string {
  const isPull = attributes["tekton.phase"] === "pull";
  if (isPull) return `pull ${shortImage(String(attributes["container.image.name"] ?? ""))}`;
  const matrix = attributes["tekton.matrix"] as readonly string[] | undefined;
  return printable(
    matrix === undefined ? name : `${name} [${matrix.map((pair) => pair.replace(/^[^=]*=/, "")).join(", ")}]`,
  );
}

function isTimeUnknown({ attributes }: Span): boolean {
  return attributes["throughline.time.resolution"] === "unknown";
}

function markOf({ attributes, statusCode }: Span): Mark {
  const result = (attributes["cicd.pipeline.result"] ??
    attributes["cicd.pipeline.task.run.result"] ??
    attributes["tekton.step.result"]) as Result | undefined;
  if (attributes["throughline.type"] === "phase" && statusCode === StatusCode.unset)
    return { text: "▪", colour: "grey" };
  if (attributes["tekton.step.never_started"] === true) return { text: "·", colour: "grey" };
  if (result === undefined && statusCode === StatusCode.error) return glyphOf("error", true);
  return glyphOf(result, attributes["throughline.provisional"] !== true);
}

const BLOCK = { run: "█", wait: "░", phase: "▒" };

function drawBar(row: Row, scale: Scale, paint: ReturnType<typeof painter>): string {
  const { span } = row;
  if (isTimeUnknown(span)) return "";
  const start = Math.min(columnOf(span.startNs, scale), scale.columns - 1);
  const end = Math.max(start + 1, columnOf(span.endNs, scale));
  const space = " ".repeat(start);
  if (span.endNs === span.startNs) return `${space}${paint("│", "grey")}`;
  const isPhase = span.attributes["throughline.type"] === "phase";
  const worked = workStartOf(row);
  const waiting =
    Math.min(end, Math.max(start, worked === undefined ? start : columnOf(worked, scale))) - start;
  const open = span.attributes["throughline.provisional"] === true ? "▶" : "";
  const solid =
    (isPhase ? BLOCK.phase : BLOCK.run).repeat(Math.max(0, end - start - waiting - open.length)) + open;
  return `${space}${paint(BLOCK.wait.repeat(waiting), "grey")}${paint(solid, colourOf(span, isPhase))}`;
}

/** When a run was taken up, or the first step of a task began: what lies before is waiting. */
function workStartOf({ span, children }: Row): bigint | undefined {
  const type = span.attributes["throughline.type"];
  if (type === "pipelinerun") return children[0]?.span.startNs;
  if (type !== "taskrun" && type !== "attempt") return undefined;
  const starts = children.flatMap((child) =>
    child.span.attributes["throughline.type"] === "step" ? [child.span.startNs] : (workStartOf(child) ?? []),
  );
  return starts.reduce<bigint | undefined>(
    (first, at) => (first === undefined || at < first ? at : first),
    undefined,
  );
}

function colourOf(span: Span, isPhase: boolean): Colour {
  if (isPhase && span.statusCode === StatusCode.unset) return "grey";
  return markOf(span).colour;
}

/** The message of a failure, once, at the deepest span that has it. */
function drawFailure(
  { span, children, depth }: Row,
  columns: Columns,
  paint: ReturnType<typeof painter>,
): string[] {
  const isExplained = children.some((child) => child.span.statusCode === StatusCode.error);
  if (span.statusCode !== StatusCode.error || isExplained || !span.statusMessage) return [];
  const indent = " ".repeat(MARGIN_WIDTH + 2 * depth + 2);
  const room = MARGIN_WIDTH + columns.name + DURATION_WIDTH + 2 + columns.bar - indent.length - 2;
  return [`${indent}${paint(`└ ${pad(printable(span.statusMessage), Math.max(8, room)).trimEnd()}`, "red")}`];
}
