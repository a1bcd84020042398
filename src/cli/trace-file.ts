import { formatTime } from "../tekton/index.ts";
import type { RunTrace } from "../trace/index.ts";
import { drawRun, withChildren } from "./draw-run.ts";
import { ExitCode, Failure } from "./failure.ts";
import { loadTraces, nothingFound, qualifiedName } from "./load.ts";
import { pathSentence } from "./path-summary.ts";
import { glyphOf } from "./result-marks.ts";
import { runJson, spanJson } from "./run-json.ts";
import { summarise } from "./survey.ts";
import { printable, type Terminal } from "./terminal.ts";

interface DumpedRun {
  file: string;
  /** Name, namespace/name, UID or trace id. */
  run: string | undefined;
}

export interface DrawingOptions {
  output: "text" | "json";
  /** Draw every row, however many there are. */
  isWhole: boolean;
  /** Draw the spans of reconcilers; a dump has none. */
  hasReconciles: boolean;
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
    await terminal.write(drawRun(withChildren(chosen[0], runs), { isWhole }, terminal));
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
