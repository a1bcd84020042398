import {
  COMPARE,
  type CompareAnswer,
  type CompareGroupsAnswer,
  type CompareRunsAnswer,
  type Difference,
} from "../insight/index.ts";
import { ask } from "./ask.ts";
import { count } from "./count.ts";
import { ExitCode } from "./failure.ts";
import { qualifiedName } from "./load.ts";
import { parametersOf, printAnswer, type QuestionOptions } from "./question-options.ts";
import { type Cell, drawTable, type TableColumn } from "./table.ts";
import { type Colour, painter, type Terminal } from "./terminal.ts";
import { change, duration, markOf, percent } from "./wording.ts";

/** `throughline compare A B`: two groups of runs, or two runs, side by side. */
export async function compareCommand(options: QuestionOptions, terminal: Terminal): Promise<ExitCode> {
  const answer = await ask(COMPARE, parametersOf(options), { options, terminal });
  await printAnswer(answer, { output: options.output, lines: () => linesOf(answer, terminal), terminal });
  return ExitCode.ok;
}

function linesOf(answer: CompareAnswer, terminal: Terminal): string[] {
  return answer.kind === "groups" ? groupLines(answer, terminal) : runLines(answer, terminal);
}

const GROUP_COLUMNS: readonly TableColumn[] = [
  { title: "", shrinksTo: 12 },
  { title: "a p50", align: "right" },
  { title: "b p50", align: "right" },
  { title: "change", align: "right" },
  { title: "95% interval", align: "right", rank: 1 },
  { title: "" },
  { title: "a p95", align: "right", rank: 3 },
  { title: "b p95", align: "right", rank: 3 },
  { title: "a fails", align: "right", rank: 2 },
  { title: "b fails", align: "right", rank: 2 },
];

function groupLines({ a, b, overall, tasks }: CompareGroupsAnswer, terminal: Terminal): string[] {
  const empty = [a, b].filter(({ runs }) => runs === 0).map(({ label }) => label);
  if (empty.length > 0)
    return [`no runs match ${empty.join(" and ")} (throughline runs shows what there is)`];
  const rows = [
    groupRow("all of it", overall),
    ...tasks.map(({ task, ...difference }) => groupRow(task, difference)),
  ];
  const paint = painter(terminal);
  return [
    `a  ${paint(a.label, "bold")}  ${count(a.runs, "run")}`,
    `b  ${paint(b.label, "bold")}  ${count(b.runs, "run")}`,
    "",
    ...drawTable(GROUP_COLUMNS, rows, terminal),
    paint("durations of what succeeded; what has no word is within the noise", "grey"),
  ];
}

function groupRow(name: string, { a, b, changeMs, lowMs, highMs, isSignificant }: Difference): Cell[] {
  const isInBoth = a.runs > 0 && b.runs > 0;
  const isTimed = hasDurations(a) && hasDurations(b);
  const verdict = isSignificant
    ? verdictOf(changeMs)
    : { text: isInBoth ? "" : onlyIn(a.runs > 0 ? "a" : "b") };
  return [
    { text: name, ...(isSignificant ? { colour: "bold" as const } : {}) },
    { text: hasDurations(a) ? duration(a.p50Ms) : "" },
    { text: hasDurations(b) ? duration(b.p50Ms) : "" },
    { text: isTimed ? change(changeMs) : "", ...verdictColour(verdict) },
    { text: isTimed ? `${change(lowMs)} … ${change(highMs)}` : "", colour: "grey" },
    verdict,
    { text: hasDurations(a) ? duration(a.p95Ms) : "", colour: "grey" },
    { text: hasDurations(b) ? duration(b.p95Ms) : "", colour: "grey" },
    { text: percent(a.failureRate), colour: "red" },
    { text: percent(b.failureRate), colour: "red" },
  ];
}

/** Where nothing succeeded there are none: `0s` would look fast. */
function hasDurations({ p95Ms }: Difference["a"]): boolean {
  return p95Ms > 0;
}

function verdictOf(changeMs: number): Cell {
  return changeMs > 0 ? { text: "slower", colour: "red" } : { text: "faster", colour: "green" };
}

function verdictColour({ colour }: Cell): { colour?: Colour } {
  return colour === undefined ? {} : { colour };
}

function onlyIn(side: string): string {
  return `only in ${side}`;
}

const RUN_COLUMNS: readonly TableColumn[] = [
  { title: "", shrinksTo: 12 },
  { title: "" },
  { title: "a", align: "right" },
  { title: "" },
  { title: "b", align: "right" },
  { title: "change", align: "right" },
  { title: "a starts", align: "right", rank: 1 },
  { title: "b starts", align: "right", rank: 1 },
  { title: "a waits", align: "right", rank: 2 },
  { title: "b waits", align: "right", rank: 2 },
];

function runLines({ a, b, tasks }: CompareRunsAnswer, terminal: Terminal): string[] {
  const paint = painter(terminal);
  const whole = runRow({
    task: "all of it",
    a: { ...a, offsetMs: 0 },
    b: { ...b, offsetMs: 0 },
    changeMs: b.durationMs - a.durationMs,
  });
  return [
    `a  ${paint(qualifiedName(a), "bold")}`,
    `b  ${paint(qualifiedName(b), "bold")}`,
    "",
    ...drawTable(RUN_COLUMNS, [whole, ...tasks.map(runRow)], terminal),
  ];
}

function runRow({ task, a, b, changeMs }: CompareRunsAnswer["tasks"][number]): Cell[] {
  const text = (millis: number | undefined) => ({ text: millis === undefined ? "" : duration(millis) });
  return [
    { text: task },
    a === undefined ? { text: "" } : markOf(a.result),
    text(a?.durationMs),
    b === undefined ? { text: "" } : markOf(b.result),
    text(b?.durationMs),
    { text: changeMs === undefined ? "" : change(changeMs) },
    { ...text(a?.offsetMs), colour: "grey" },
    { ...text(b?.offsetMs), colour: "grey" },
    { ...text(a?.waitMs), colour: "grey" },
    { ...text(b?.waitMs), colour: "grey" },
  ];
}
