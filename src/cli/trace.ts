import { formatTime } from "../tekton/index.ts";
import type { RunTrace } from "../trace/index.ts";
import { ExitCode, Failure } from "./failure.ts";
import { loadTraces, nothingFound, qualifiedName } from "./load.ts";
import { oneOf } from "./options.ts";
import { pathSentence } from "./path-summary.ts";
import { glyphOf, outcomeWord } from "./result-marks.ts";
import { runJson, spanJson } from "./run-json.ts";
import { summarise } from "./survey.ts";
import { cut, painter, printable, type Terminal } from "./terminal.ts";
import { drawWaterfall } from "./waterfall.ts";

interface TraceTarget {
  file: string;
  run: string | undefined;
}

/** `throughline trace FILE [RUN]`: one run of a dump as a waterfall. */
export async function traceCommand(
  { file, run: wanted }: TraceTarget,
  options: { output: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const output = oneOf("--output", options.output, ["text", "json"]);
  const loaded = await loadTraces([file], {}, terminal);
  const runs = [...loaded.runs];
  if (runs.length === 0) throw nothingFound(loaded);
  const roots = runs.filter((run) => run.parentUid === undefined);
  const chosen = wanted === undefined ? roots : findRuns(runs, wanted);
  if (output === "json") await writeJson(chosen, runs, terminal);
  else if (chosen.length === 1 && chosen[0] !== undefined) await writeWaterfall(chosen[0], runs, terminal);
  else await writeChoice(chosen, { file, run: wanted }, terminal);
  return loaded.problems === 0 ? ExitCode.ok : ExitCode.badInput;
}

function findRuns(runs: readonly RunTrace[], wanted: string): RunTrace[] {
  const found = runs.filter((run) =>
    [run.name, `${run.namespace}/${run.name}`, run.uid, run.traceId].includes(wanted),
  );
  if (found.length > 0) return withoutInner(found);
  const similar = runs.filter((run) => run.name.includes(wanted) || run.pipeline.includes(wanted));
  if (similar.length > 0) return similar;
  const names = runs.slice(0, 5).map((run) => run.name);
  const more = runs.length > names.length ? ` and ${runs.length - names.length} more` : "";
  throw new Failure(
    `no run ${printable(wanted)} in the input; it holds ${printable(names.join(", "))}${more}`,
  );
}

/** A run and the runs it started share a trace id: drawing the outermost draws them all. */
function withoutInner(runs: readonly RunTrace[]): RunTrace[] {
  const uids = new Set(runs.map((run) => run.uid));
  return runs.filter((run) => run.parentUid === undefined || !uids.has(run.parentUid));
}

async function writeJson(
  chosen: readonly RunTrace[],
  runs: readonly RunTrace[],
  terminal: Terminal,
): Promise<void> {
  const shown = chosen.flatMap((run) => withChildren(run, runs));
  const document = {
    runs: shown.map((run) => ({ ...runJson(summarise(run)), spans: run.resourceSpans.spans.map(spanJson) })),
  };
  await terminal.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** A run and, below it, the PipelineRuns it started. */
function withChildren(run: RunTrace, runs: readonly RunTrace[]): RunTrace[] {
  const children = runs.filter((candidate) => candidate.parentUid === run.uid);
  return [run, ...children.flatMap((child) => withChildren(child, runs))];
}

async function writeWaterfall(run: RunTrace, runs: readonly RunTrace[], terminal: Terminal): Promise<void> {
  const lines = [
    ...headOf(run, terminal),
    "",
    ...drawWaterfall(withChildren(run, runs), terminal),
    "",
    legend(terminal),
  ];
  await terminal.write(`${lines.join("\n")}\n`);
}

function headOf(run: RunTrace, terminal: Terminal): string[] {
  const paint = painter(terminal);
  const glyph = glyphOf(run.result, run.isComplete);
  const name = qualifiedName(run);
  const details = [formatTime(run.startNs).replace("T", " ").replace("Z", " UTC"), ...originOf(run)];
  return [
    `${paint(glyph.text, glyph.colour)} ${paint(printable(run.pipeline), "bold")}  ${name}  ${outcomeWord(run)}`,
    ...wrap(pathSentence(run), terminal.width - 2),
    ...wrap(details.join(" · "), terminal.width - 2).map((line) => paint(line, "grey")),
    paint(`  trace ${run.traceId}`, "grey"),
    ...run.uncertain.map((doubt) => paint(cut(`  note: ${printable(doubt)}`, terminal.width), "yellow")),
  ];
}

function originOf({ resourceSpans: { resource } }: RunTrace): string[] {
  const text = (key: string) => printable(String(resource[key] ?? ""));
  const owner = text("vcs.owner.name");
  const repository = [owner, text("vcs.repository.name")].filter(Boolean).join("/");
  const head = [text("vcs.ref.head.name"), text("vcs.ref.head.revision").slice(0, 7)]
    .filter(Boolean)
    .join(" ");
  const change = text("vcs.change.id") && `change ${text("vcs.change.id")}`;
  const sender =
    text("pipelinesascode.tekton.dev.sender") && `by ${text("pipelinesascode.tekton.dev.sender")}`;
  return [repository, head, change, sender].filter(Boolean);
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

function legend(terminal: Terminal): string {
  return painter(terminal)(
    cut("● critical path   ░ waiting   ▒ preparing the pod   █ running   │ no length", terminal.width),
    "grey",
  );
}

async function writeChoice(
  runs: readonly RunTrace[],
  { file, run }: TraceTarget,
  terminal: Terminal,
): Promise<void> {
  for (const each of runs) {
    const glyph = glyphOf(each.result, each.isComplete);
    const started = `${formatTime(each.startNs).slice(0, 19).replace("T", " ")} UTC`;
    await terminal.write(
      `${glyph.text} ${qualifiedName(each)}  ${started}  ${each.uid}\n    ${pathSentence(each)}\n`,
    );
  }
  const what =
    run === undefined ? `${runs.length} runs in the input` : `${runs.length} runs match ${printable(run)}`;
  const [first] = runs;
  const isUnique = runs.filter(({ name }) => name === first?.name).length === 1;
  const example = printable((isUnique ? first?.name : first?.uid) ?? "");
  terminal.say(`${what}: name one, e.g. throughline trace ${printable(file)} ${example}`);
}
