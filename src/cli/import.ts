import {
  ExportSettingsError,
  exportSpans,
  jsonChunks,
  printableEndpoint,
  settingsFromEnvironment,
} from "../otlp/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { RunTrace } from "../trace/index.ts";
import { formatDuration } from "./duration.ts";
import { ExitCode, Failure } from "./failure.ts";
import { type Loaded, loadTraces, nothingFound, qualifiedName } from "./load.ts";
import { pathSentence } from "./path-summary.ts";
import { oneOf } from "./program.ts";
import { glyphOf, outcomeWord } from "./result-marks.ts";
import { runJson } from "./run-json.ts";
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
  if (loaded.runs.length === 0) throw nothingFound(loaded);
  const exportable = loaded.runs.filter(
    (run) => run.isSampled && (run.isComplete || options.provisional === true),
  );
  sayWhatIsLeftOut(loaded.runs, exportable, terminal);
  const resourceSpans = exportable.map((run) => run.resourceSpans);
  if (output === "otlp-json") {
    for (const chunk of jsonChunks(resourceSpans)) await terminal.write(chunk);
    await terminal.write("\n");
  }
  if (output === "json") await writeJson(loaded, terminal);
  if (output === "text") await writeText(loaded, terminal);
  const isSent = settings === undefined || (await send(resourceSpans, settings, terminal));
  return isSent && loaded.problems === 0 ? ExitCode.ok : ExitCode.badInput;
}

function exportSettings(env: Terminal["env"]) {
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

function sayWhatIsLeftOut(
  runs: readonly RunTrace[],
  exportable: readonly RunTrace[],
  terminal: Terminal,
): void {
  const unsampled = runs.filter((run) => !run.isSampled).length;
  if (unsampled > 0)
    terminal.say(`${count(unsampled, "run")} not exported: the context they belong to is not sampled`);
  const running = runs.length - unsampled - exportable.length;
  if (running > 0)
    terminal.say(`${count(running, "run")} not exported: not over yet (--provisional includes them)`);
}

async function writeJson(loaded: Loaded, terminal: Terminal): Promise<void> {
  await terminal.write(`${JSON.stringify({ runs: byStart(loaded.runs).map(runJson) }, undefined, 2)}\n`);
}

async function writeText(loaded: Loaded, terminal: Terminal): Promise<void> {
  const paint = painter(terminal);
  for (const run of byStart(loaded.runs)) {
    const glyph = glyphOf(run.result, run.isComplete);
    const title = `${paint(glyph.text, glyph.colour)} ${paint(printable(run.pipeline), "bold")}`;
    await terminal.write(
      `${title}  ${qualifiedName(run)}  ${outcomeWord(run)}\n` +
        `  ${pathSentence(run)}\n` +
        (run.failure === undefined ? "" : `  ${paint(printable(run.failure), "red")}\n`) +
        `  ${paint(`${startOf(run)} · trace ${run.traceId}`, "grey")}\n`,
    );
  }
  await terminal.write(`\n${totals(loaded)}\n`);
}

/** `2026-08-20 09:41:17 UTC`, to the second. */
function startOf({ startNs }: RunTrace): string {
  return `${formatTime(startNs).slice(0, 19).replace("T", " ")} UTC`;
}

function byStart(runs: readonly RunTrace[]): RunTrace[] {
  return [...runs].sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
}

function totals({ runs, objects, files, skipped, strayPods }: Loaded): string {
  const spans = runs.reduce((sum, run) => sum + run.resourceSpans.spans.length, 0);
  const others = [...skipped].map(([kind, number]) => `${number} ${printable(kind)}`);
  if (strayPods > 0) others.push(count(strayPods, "pod of no task", "pods of no task"));
  const total = runs.reduce((sum, run) => sum + (run.endNs - run.startNs), 0n);
  const average = formatDuration(total / BigInt(runs.length));
  return (
    `${count(runs.length, "run")}${runs.length > 1 ? ` (${average} on average)` : ""}, ${count(spans, "span")}, ` +
    `from ${count(objects, "object")} in ${count(files, "file")}` +
    (others.length === 0 ? "" : `; not used: ${others.join(", ")}`)
  );
}

/** Sends everything; says what was not taken and answers whether all of it was. */
async function send(
  resourceSpans: RunTrace["resourceSpans"][],
  settings: NonNullable<ReturnType<typeof exportSettings>>,
  terminal: Terminal,
): Promise<boolean> {
  const result = await exportSpans(resourceSpans, settings);
  for (const warning of result.warnings) terminal.say(`warning: ${printable(warning)}`);
  terminal.say(`${count(result.accepted, "span")} sent to ${printableEndpoint(settings)}`);
  if (result.kind === "complete") return true;
  for (const { spans, reason } of result.rejected)
    terminal.say(`${count(spans, "span")} rejected: ${printable(reason)}`);
  for (const { spans, reason } of result.failed)
    terminal.say(`${count(spans, "span")} not sent: ${printable(reason)}`);
  return false;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
