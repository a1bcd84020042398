import { ERRORS, type ErrorSeries, type ErrorsAnswer, type FlakyStep } from "../insight/index.ts";
import { ask } from "./ask.ts";
import { ExitCode } from "./failure.ts";
import { parametersOf, printAnswer, type QuestionOptions } from "./question-options.ts";
import { cut, painter, printable, type Terminal } from "./terminal.ts";
import { minute, percent } from "./wording.ts";

/** `throughline errors`: what fails and why, and what is flaky. */
export async function errorsCommand(options: QuestionOptions, terminal: Terminal): Promise<ExitCode> {
  const answer = await ask(ERRORS, parametersOf(options), { options, terminal });
  await printAnswer(answer, { output: options.output, lines: () => linesOf(answer, terminal), terminal });
  return ExitCode.ok;
}

function linesOf({ series, flaky, bucket }: ErrorsAnswer, terminal: Terminal): string[] {
  const paint = painter(terminal);
  if (series.length === 0 && flaky.length === 0)
    return ["nothing failed (throughline runs shows what there is)"];
  const flakyHead = flaky.length === 0 ? [] : ["", paint("failed and passed on the same commit", "bold")];
  return [
    ...series.flatMap((each, index) => [
      ...(index === 0 ? [] : [""]),
      ...seriesLines(each, bucket, terminal),
    ]),
    ...flakyHead,
    ...flaky.flatMap((each) => flakyLines(each, terminal)),
  ];
}

function seriesLines(series: ErrorSeries, bucket: string, terminal: Terminal): string[] {
  const paint = painter(terminal);
  const name = printable([series.pipeline, series.task].filter(Boolean).join(" / "));
  const rate = `${series.failed} of ${series.total} failed (${percent(series.failed / series.total)})`;
  const chart = sparkline(series.points, Math.max(0, terminal.width - 40));
  const codes = series.exitCodes.map(({ exitCode, count }) => `${exitCode} (${count}×)`).join(", ");
  return [
    `${paint("✗", "red")} ${paint(cut(name, terminal.width - 2), "bold")}`,
    `  ${rate}  ${paint(chart === "" ? "" : `${chart} by ${bucket}`, "red")}`.trimEnd(),
    ...series.messages.map(({ message, count, lastTraceId }) =>
      fitMessage(
        { message: `${String(count).padStart(5)}× ${printable(message)}`, traceId: lastTraceId },
        terminal,
      ),
    ),
    ...(codes === "" ? [] : [paint(`  exit codes: ${codes}`, "grey")]),
  ];
}

const TRACE_WIDTH = 34;

/** The latest trace with that message stands behind it where there is room. */
function fitMessage({ message, traceId }: { message: string; traceId: string }, terminal: Terminal): string {
  const room = terminal.width - TRACE_WIDTH;
  if (room < 60) return cut(message, terminal.width);
  const shown = cut(message, room);
  return `${shown}${painter(terminal)(`  ${traceId}`, "grey")}`;
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/** Failure rates of the last buckets, as far as there is room. */
function sparkline(points: ErrorSeries["points"], room: number): string {
  if (points.length < 2) return "";
  const shown = points.slice(-room);
  const rates = shown.map(({ failed, total }) => (total === 0 ? 0 : failed / total));
  const highest = Math.max(...rates);
  const level = (rate: number) => Math.round((rate / highest) * (BLOCKS.length - 1));
  return rates.map((rate) => (highest === 0 || rate === 0 ? "·" : (BLOCKS[level(rate)] ?? "·"))).join("");
}

function flakyLines(
  { pipeline, task, step, repository, flips, commits }: FlakyStep,
  terminal: Terminal,
): string[] {
  const paint = painter(terminal);
  const where = [pipeline, task, step === undefined ? "" : `step ${step}`].filter(Boolean).join(" / ");
  const head = printable(`${where}  ${flips}×${repository === undefined ? "" : `  ${repository}`}`);
  const shown = commits.slice(0, 3).map(({ revision, time, failedTraceId }) => {
    const commit = revision === "" ? "no revision" : revision.slice(0, 7);
    return paint(
      cut(`    ${printable(commit)}  ${minute(time)}  failed in ${failedTraceId}`, terminal.width),
      "grey",
    );
  });
  return [cut(`${paint("~", "yellow")} ${head}`, terminal.width + (terminal.hasColour ? 10 : 0)), ...shown];
}
