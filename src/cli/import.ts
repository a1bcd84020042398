import { formatDuration } from "../insight/index.ts";
import { jsonChunks } from "../otlp/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { count } from "./count.ts";
import { deliver } from "./deliver.ts";
import { chooseDestination, type Destination, type DestinationOptions } from "./destination.ts";
import { ExitCode, Failure } from "./failure.ts";
import { type Loaded, loadTraces, nothingFound, qualifiedName, warnOfTheFuture } from "./load.ts";
import { oneOf } from "./options.ts";
import { pathSentence } from "./path-summary.ts";
import { glyphOf, outcomeWord } from "./result-marks.ts";
import { runJson } from "./run-json.ts";
import { type RunSummary, Survey } from "./survey.ts";
import { painter, printable, type Terminal } from "./terminal.ts";

interface ImportOptions extends DestinationOptions {
  output: string;
  provisional?: boolean;
  timingNames: string;
}

/** `throughline import FILE…`: prints what became of each run, and brings the spans to where they are kept. */
export async function importCommand(
  files: string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const output = oneOf("--output", options.output, ["text", "json", "otlp-json"]);
  const names = timingNames(options.timingNames);
  const destination: Destination =
    output === "otlp-json" ? { kind: "nowhere" } : await chooseDestination(options, terminal.env);
  const loaded = await loadTraces(files, { timingNames: names }, terminal);
  const survey = new Survey();
  const spans = survey.exportable(loaded.runs, { provisional: takesProvisional(destination, options) });
  let isDelivered = true;
  if (output === "otlp-json") await writeOtlpJson(spans, terminal);
  else {
    isDelivered = await deliver(spans, destination, terminal);
    await writeSummaries({ output, survey, loaded }, terminal);
  }
  if (survey.runs.length === 0) throw nothingFound(loaded);
  if (output === "otlp-json" || destination.kind !== "nowhere") sayWhatIsLeftOut(survey, terminal);
  for (const run of survey.runs) warnOfTheFuture(run, terminal);
  return isDelivered && loaded.problems === 0 ? ExitCode.ok : ExitCode.badInput;
}

/** In a store of ours the span of a run that is not over is replaced by the final one; elsewhere both would stay. */
function takesProvisional({ kind }: Destination, { provisional = false }: ImportOptions): boolean {
  return provisional || kind === "server" || kind === "store";
}

function timingNames(text: string): { wait: string; execute: string } {
  const [wait, execute, ...rest] = text.split(",").map((name) => name.trim());
  if (wait && execute && rest.length === 0) return { wait, execute };
  throw new Failure(`--timing-names ${text}: give two names, e.g. waitDuration,executeDuration`);
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

async function writeSummaries({ output, survey, loaded }: Summaries, terminal: Terminal): Promise<void> {
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
