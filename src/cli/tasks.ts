import { type Parameters, TASKS, type TaskRow, type TasksAnswer } from "../insight/index.ts";
import { ask } from "./ask.ts";
import { count } from "./count.ts";
import { ExitCode } from "./failure.ts";
import { parametersOf, printAnswer, type QuestionOptions } from "./question-options.ts";
import { type Cell, drawTable, type TableColumn } from "./table.ts";
import { painter, type Terminal } from "./terminal.ts";
import { duration, nothingFound, percent } from "./wording.ts";

/** `throughline tasks`: one line for each task, the bottleneck on top. */
export async function tasksCommand(options: QuestionOptions, terminal: Terminal): Promise<ExitCode> {
  const parameters = parametersOf(options);
  const answer = await ask(TASKS, parameters, { options, terminal });
  const lines = () => linesOf(answer, parameters, terminal);
  await printAnswer(answer, { output: options.output, lines, terminal });
  return ExitCode.ok;
}

const COLUMNS: readonly TableColumn[] = [
  { title: "pipeline", shrinksTo: 12, rank: 1 },
  { title: "task", shrinksTo: 16 },
  { title: "if halved", align: "right" },
  { title: "path", align: "right" },
  { title: "", rank: 9 },
  { title: "p50", align: "right" },
  { title: "p95", align: "right", rank: 2 },
  { title: "waits", align: "right", rank: 4 },
  { title: "works", align: "right", rank: 5 },
  { title: "fails", align: "right", rank: 3 },
  { title: "retried", align: "right", rank: 6 },
  { title: "skipped", align: "right", rank: 7 },
  { title: "times", align: "right", rank: 8 },
];

function linesOf(answer: TasksAnswer, parameters: Parameters, terminal: Terminal): string[] {
  const { tasks, runs, replayedRuns } = answer;
  if (tasks.length === 0) return nothingFound(parameters);
  const pipelines = new Set(tasks.map(({ pipeline }) => pipeline));
  const rows = tasks.map((task) => row(task, pipelines.size > 1));
  const notes = [
    `${count(runs, "run that is over", "runs that are over")}; path: share of their time on the critical path`,
    `if halved: what the median run would save if the task took half as long, by the latest ${replayedRuns}`,
  ];
  return [...drawTable(COLUMNS, rows, terminal), ...notes.map((note) => painter(terminal)(note, "grey"))];
}

function row(task: TaskRow, withPipeline: boolean): Cell[] {
  return [
    { text: withPipeline ? task.pipeline : "", colour: "grey" },
    { text: task.task },
    { text: task.halvedSavesMs === 0 ? "" : `−${duration(task.halvedSavesMs)}`, colour: "bold" },
    { text: percent(task.criticalShare), colour: "blue" },
    { text: "█".repeat(Math.round(task.criticalShare * 10)), colour: "blue" },
    { text: duration(task.p50Ms) },
    { text: duration(task.p95Ms) },
    { text: duration(task.waitP50Ms), colour: "grey" },
    { text: duration(task.executeP50Ms) },
    { text: percent(task.failureRate), colour: "red" },
    { text: percent(task.retryRate), colour: "yellow" },
    { text: percent(task.skipRate), colour: "grey" },
    { text: String(task.runs), colour: "grey" },
  ];
}
