import { formatTime } from "../tekton/index.ts";
import type { RunTrace } from "../trace/index.ts";
import { ExitCode, Failure } from "./failure.ts";
import { loadTraces, nothingFound, qualifiedName } from "./load.ts";
import { pathSentence } from "./path-summary.ts";
import { glyphOf } from "./result-marks.ts";
import { barsOfRuns } from "./run-bars.ts";
import { runJson, spanJson } from "./run-json.ts";
import { summarise } from "./survey.ts";
import { printable, type Terminal } from "./terminal.ts";
import { drawHead, drawLegend, type Origin } from "./trace-head.ts";
import { drawWaterfall } from "./waterfall.ts";

interface DumpedRun {
  file: string;
  /** Name, namespace/name, UID or trace id. */
  run: string | undefined;
}

export interface DrawingOptions {
  output: "text" | "json";
  /** Draw every span, however many there are. */
  isWhole: boolean;
}

/** `throughline trace FILE [RUN]`: one run of a dump. */
export async function traceOfFile(
  { file, run: wanted }: DumpedRun,
  { output, isWhole }: DrawingOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const loaded = await loadTraces([file], {}, terminal);
  const runs = [...loaded.runs];
  if (runs.length === 0) throw nothingFound(loaded);
  const roots = runs.filter((run) => run.parentUid === undefined);
  const chosen = wanted === undefined ? roots : findRuns(runs, wanted);
  if (output === "json") await writeJson(chosen, runs, terminal);
  else if (chosen.length === 1 && chosen[0] !== undefined)
    await writeWaterfall(withChildren(chosen[0], runs), { isWhole }, terminal);
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
function withChildren(run: RunTrace, runs: readonly RunTrace[]): [RunTrace, ...RunTrace[]] {
  const children = runs.filter((candidate) => candidate.parentUid === run.uid);
  return [run, ...children.flatMap((child) => withChildren(child, runs))];
}

async function writeWaterfall(
  runs: readonly [RunTrace, ...RunTrace[]],
  { isWhole }: Pick<DrawingOptions, "isWhole">,
  terminal: Terminal,
): Promise<void> {
  const [run] = runs;
  const lines = [
    ...drawHead(
      { ...run, summary: pathSentence(run), origin: originOf(run), notes: run.uncertain },
      terminal,
    ),
    "",
    ...drawWaterfall({ bars: barsOfRuns(runs), startNs: run.startNs, endNs: run.endNs, isWhole }, terminal),
    "",
    drawLegend(terminal),
  ];
  await terminal.write(`${lines.join("\n")}\n`);
}

function originOf({ resourceSpans: { resource } }: RunTrace): Origin {
  const text = (key: string) => String(resource[key] ?? "");
  const owner = text("vcs.owner.name");
  return {
    repository: [owner, text("vcs.repository.name")].filter(Boolean).join("/"),
    branch: text("vcs.ref.head.name"),
    revision: text("vcs.ref.head.revision"),
    change: text("vcs.change.id"),
    actor: text("pipelinesascode.tekton.dev.sender"),
  };
}

async function writeChoice(
  runs: readonly RunTrace[],
  { file, run }: DumpedRun,
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
