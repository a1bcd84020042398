import { type Parameters, RUNS, type RunRow, type RunsAnswer } from "../insight/index.ts";
import { ask } from "./ask.ts";
import { count } from "./count.ts";
import { ExitCode } from "./failure.ts";
import { qualifiedName } from "./load.ts";
import { parametersOf, printAnswer, type QuestionOptions } from "./question-options.ts";
import { type Cell, drawTable, type TableColumn } from "./table.ts";
import { painter, type Terminal } from "./terminal.ts";
import { duration, markOf, minute, nothingFound } from "./wording.ts";

/** `throughline runs`: one line for each run. */
export async function runsCommand(options: QuestionOptions, terminal: Terminal): Promise<ExitCode> {
  const parameters = parametersOf(options);
  const answer = await ask(RUNS, parameters, { options, terminal });
  const lines = () => linesOf(answer, parameters, terminal);
  await printAnswer(answer, { output: options.output, lines, terminal });
  return ExitCode.ok;
}

const COLUMNS: readonly TableColumn[] = [
  { title: "" },
  // To be copied, so it stays whole as long as it can.
  { title: "run", shrinksTo: 32 },
  { title: "pipeline", shrinksTo: 12, rank: 3 },
  { title: "branch", shrinksTo: 10, rank: 2 },
  { title: "started (UTC)" },
  { title: "took", align: "right" },
  { title: "waited", align: "right", rank: 1 },
  { title: "", shrinksTo: 24, rank: 4 },
];

function linesOf({ runs, total, next }: RunsAnswer, parameters: Parameters, terminal: Terminal): string[] {
  if (runs.length === 0) return nothingFound(parameters);
  const namespaces = new Set(runs.map(({ namespace }) => namespace));
  const rows = runs.map((run) => row(run, { withNamespace: namespaces.size > 1 }));
  const size = runs.length === total ? count(total, "run") : `${runs.length} of ${count(total, "run")}`;
  const more = next === undefined ? "" : `; the next page: the same with --after ${next}`;
  return [...drawTable(COLUMNS, rows, terminal), painter(terminal)(`${size}${more}`, "grey")];
}

function row(run: RunRow, { withNamespace }: { withNamespace: boolean }): Cell[] {
  const { text, colour } = markOf(run.result);
  return [
    { text, colour },
    { text: withNamespace ? qualifiedName(run) : run.name },
    { text: run.pipeline, colour: "grey" },
    { text: run.branch ?? "" },
    { text: minute(run.startTime), colour: "grey" },
    { text: duration(run.durationMs) },
    { text: run.waitMs === 0 ? "" : duration(run.waitMs), colour: "grey" },
    { text: troubleOf(run), ...(colour === undefined ? {} : { colour }) },
  ];
}

/** The message names task and step where they are known. */
function troubleOf({ failedTask, failedStep, message, result }: RunRow): string {
  if (result === "success" || result === "running") return "";
  return message ?? [failedTask, failedStep].filter(Boolean).join(" › ");
}
