import {
  type ExportSettings,
  ExportSettingsError,
  exportSpans,
  jsonChunks,
  printableEndpoint,
  settingsFromEnvironment,
} from "../otlp/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { formatDuration } from "./duration.ts";
import { ExitCode, Failure } from "./failure.ts";
import { type Loaded, loadTraces, nothingFound, qualifiedName, warnOfTheFuture } from "./load.ts";
import { oneOf } from "./options.ts";
import { pathSentence } from "./path-summary.ts";
import { glyphOf, outcomeWord } from "./result-marks.ts";
import { runJson } from "./run-json.ts";
import { type RunSummary, Survey } from "./survey.ts";
import { painter, printable, type Terminal } from "./terminal.ts";

interface ImportOptions {
  output: string;
  provisional?: boolean;
  timingNames: string;
}

/** `throughline import FILE…`: prints what became of each run, and sends the spans where an endpoint is set. */
export async function importCommand(
  files: string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const output = oneOf("--output", options.output, ["text", "json", "otlp-json"]);
  const settings = output === "otlp-json" ? undefined : exportSettings(terminal.env);
  const loaded = await loadTraces(files, { timingNames: timingNames(options.timingNames) }, terminal);
  const survey = new Survey();
  const spans = survey.exportable(loaded.runs, { provisional: options.provisional === true });
  const isSent = settings === undefined || (await send([...spans], settings, terminal));
  if (output === "otlp-json") await writeOtlpJson(spans, terminal);
  else await writeSummaries(spans, { output, survey, loaded }, terminal);
  if (survey.runs.length === 0) throw nothingFound(loaded);
  sayWhatIsLeftOut(survey, terminal);
  for (const run of survey.runs) warnOfTheFuture(run, terminal);
  return isSent && loaded.problems === 0 ? ExitCode.ok : ExitCode.badInput;
}

function exportSettings(env: Terminal["env"]): ExportSettings | undefined {
  try {
    return settingsFromEnvironment(env);
  } catch (error) {
    if (error instanceof ExportSettingsError) throw new Failure(error.message);
    throw error;
  }
}

function timingNames(text: string): { wait: string; execute: string } {
  const [wait, execute, ...rest] = text.split(",").map((name) => name.trim());
  if (wait && execute && rest.length === 0) return { wait, execute };
  throw new Failure(`--timing-names ${text}: give two names, e.g. waitDuration,executeDuration`);
}

/** Sends everything; says what was not taken and answers whether all of it was. */
async function send(
  resourceSpans: readonly ResourceSpans[],
  settings: ExportSettings,
  terminal: Terminal,
): Promise<boolean> {
  const result = await exportSpans(resourceSpans, settings);
  for (const warning of result.warnings) terminal.say(`warning: ${printable(warning)}`);
  terminal.say(`${count(result.accepted, "span")} sent to ${printableEndpoint(settings)}`);
  if (result.kind === "complete") return true;
  const refused = [
    ...result.rejected.map(({ spans, reason }) => `${count(spans, "span")} rejected: ${reason}`),
    ...result.failed.map(({ spans, reason }) => `${count(spans, "span")} not sent: ${reason}`),
  ];
  for (const line of refused) terminal.say(printable(line));
  return false;
}

async function writeOtlpJson(spans: Iterable<ResourceSpans>, terminal: Terminal): Promise<void> {
  for (const chunk of jsonChunks(spans)) await terminal.write(chunk);
  await terminal.write("\n");
}

interface Summaries {
  output: "text" | "json";
  survey: Survey;
  loaded: Loaded;
}

async function writeSummaries(
  spans: Iterable<ResourceSpans>,
  { output, survey, loaded }: Summaries,
  terminal: Terminal,
): Promise<void> {
  for (const _ of spans); // What is told of the runs is known when their spans have gone by.
  if (survey.runs.length === 0) return;
  if (output === "json") {
    await terminal.write(`${JSON.stringify({ runs: survey.runs.map(runJson) }, undefined, 2)}\n`);
    return;
  }
  for (const run of survey.runs) await terminal.write(describeRun(run, terminal));
  await terminal.write(`\n${totals(survey.runs, loaded)}\n`);
}

function describeRun(run: RunSummary, terminal: Terminal): string {
  const paint = painter(terminal);
  const glyph = glyphOf(run.result, run.isComplete);
  const started = `${formatTime(run.startNs).slice(0, 19).replace("T", " ")} UTC`;
  const lines = [
    `${paint(glyph.text, glyph.colour)} ${paint(printable(run.pipeline), "bold")}  ${qualifiedName(run)}  ${outcomeWord(run)}`,
    `  ${pathSentence(run)}`,
    ...(run.failure === undefined ? [] : [`  ${paint(printable(run.failure), "red")}`]),
    `  ${paint(`${started} · trace ${run.traceId}`, "grey")}`,
  ];
  return `${lines.join("\n")}\n`;
}

function totals(runs: readonly RunSummary[], { objects, files, skipped, strayPods }: Loaded): string {
  const spans = runs.reduce((sum, run) => sum + run.spanCount, 0);
  const others = [...skipped].map(([kind, number]) => `${number} ${printable(kind)}`);
  if (strayPods > 0) others.push(count(strayPods, "pod of no task", "pods of no task"));
  const total = runs.reduce((sum, run) => sum + (run.endNs - run.startNs), 0n);
  const average = runs.length > 1 ? ` (${formatDuration(total / BigInt(runs.length))} on average)` : "";
  return (
    `${count(runs.length, "run")}${average}, ${count(spans, "span")}, ` +
    `from ${count(objects, "object")} in ${count(files, "file")}` +
    (others.length === 0 ? "" : `; not used: ${others.join(", ")}`)
  );
}

function sayWhatIsLeftOut({ unsampled, running }: Survey, terminal: Terminal): void {
  if (unsampled > 0) {
    terminal.say(`${count(unsampled, "run")} not exported: the context they belong to is not sampled`);
  }
  if (running > 0) {
    terminal.say(`${count(running, "run")} not exported: not over yet (--provisional includes them)`);
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
