/** What stands above and below a waterfall. */
import { formatTime } from "../tekton/index.ts";
import type { RunTrace } from "../trace/index.ts";
import { qualifiedName } from "./load.ts";
import { glyphOf, outcomeWord } from "./result-marks.ts";
import { cut, painter, printable, type Terminal } from "./terminal.ts";

/** Where a run comes from; empty where that is not known. */
export interface Origin {
  /** `owner/name`. */
  repository: string;
  branch: string;
  revision: string;
  change: string;
  actor: string;
}

export interface Head
  extends Pick<
    RunTrace,
    "result" | "isComplete" | "reason" | "namespace" | "name" | "pipeline" | "startNs" | "traceId"
  > {
  /** How long it took, and what took the time. */
  summary: string;
  origin: Origin;
  /** What is uncertain or missing. */
  notes: readonly string[];
}

export function drawHead(head: Head, terminal: Pick<Terminal, "width" | "hasColour">): string[] {
  const paint = painter(terminal);
  const glyph = glyphOf(head.result, head.isComplete);
  const details = [momentOf(head.startNs), ...wordsOf(head.origin)].join(" · ");
  return [
    `${paint(glyph.text, glyph.colour)} ${paint(printable(head.pipeline), "bold")}  ${qualifiedName(head)}  ${outcomeWord(head)}`,
    ...wrap(head.summary, terminal.width - 2),
    ...wrap(details, terminal.width - 2).map((line) => paint(line, "grey")),
    ...idAndNotes(head, terminal),
  ];
}

/** Of a trace that is not of a pipeline. */
export interface OtherHead extends Pick<Head, "summary" | "startNs" | "traceId" | "notes"> {
  title: string;
  service: string;
}

export function drawOtherHead(head: OtherHead, terminal: Pick<Terminal, "width" | "hasColour">): string[] {
  const paint = painter(terminal);
  return [
    `${paint(printable(head.title), "bold")}  ${printable(head.service)}`,
    `  ${head.summary}`,
    paint(`  ${momentOf(head.startNs)}`, "grey"),
    ...idAndNotes(head, terminal),
  ];
}

function idAndNotes(
  { traceId, notes }: Pick<Head, "traceId" | "notes">,
  terminal: Pick<Terminal, "width" | "hasColour">,
): string[] {
  const paint = painter(terminal);
  return [
    paint(`  trace ${traceId}`, "grey"),
    ...notes.map((note) => paint(cut(`  note: ${printable(note)}`, terminal.width), "yellow")),
  ];
}

function momentOf(timeNs: bigint): string {
  return formatTime(timeNs).replace("T", " ").replace("Z", " UTC");
}

function wordsOf({ repository, branch, revision, change, actor }: Origin): string[] {
  const commit = [branch, revision.slice(0, 7)].filter(Boolean).join(" ");
  return [repository, commit, change && `change ${change}`, actor && `by ${actor}`]
    .filter(Boolean)
    .map(printable);
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => `  ${each}`);
}

export function drawLegend(terminal: Pick<Terminal, "width" | "hasColour">): string {
  const legend = "● critical path   ░ waiting   ▒ preparing the pod   █ running   │ no length";
  return painter(terminal)(cut(legend, terminal.width), "grey");
}
