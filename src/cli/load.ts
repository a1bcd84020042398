import { formatTime, type InputProblem, noObjects, readInput, readObject } from "../tekton/index.ts";
import { type LazyTraces, type TraceOptions, traceLazily } from "../trace/index.ts";
import { Failure } from "./failure.ts";
import { resourceOf } from "./resource.ts";
import type { RunSummary } from "./survey.ts";
import { cut, printable, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export interface Loaded extends LazyTraces {
  files: number;
  /** Objects the traces are made of. */
  objects: number;
  /** Objects of other kinds, by kind. */
  skipped: Map<string, number>;
  /** Pieces of the input that had to be left out; each was said on stderr. */
  problems: number;
}

const MAX_PROBLEMS_SHOWN = 20;

/** Reads files, directories or standard input (`-`) and builds the traces of what is in them. */
export async function loadTraces(
  paths: readonly string[],
  options: Pick<TraceOptions, "timingNames">,
  terminal: Terminal,
): Promise<Loaded> {
  const objects = noObjects();
  const skipped = new Map<string, number>();
  let kept = 0;
  let problems = 0;
  const report = (problem: InputProblem) => {
    problems++;
    if (problems <= MAX_PROBLEMS_SHOWN) terminal.say(describeProblem(problem));
  };
  const { files } = await readInput({
    paths,
    stdin: terminal.stdin,
    onProblem: report,
    onProgress: (bytes) => terminal.progress(`reading… ${(bytes / 1e6).toFixed(0)} MB`),
    onObject: ({ value, where, isDeleted }) => {
      const outcome = readObject(value, objects, { isDeleted });
      if (outcome.kind === "kept") kept++;
      if (outcome.kind === "unknown")
        skipped.set(outcome.objectKind, (skipped.get(outcome.objectKind) ?? 0) + 1);
      if (outcome.kind === "damaged") {
        report({ where, object: outcome.object, message: `${outcome.message}; left out` });
      }
    },
  });
  terminal.progress("");
  // Read for the deliveries to come; no span is made of them yet.
  for (const { meta } of [...objects.snapshots, ...objects.releases]) {
    skipped.set(meta.kind, (skipped.get(meta.kind) ?? 0) + 1);
    kept--;
  }
  if (problems > MAX_PROBLEMS_SHOWN) terminal.say(`… and ${problems - MAX_PROBLEMS_SHOWN} more problems`);
  const traces = traceLazily(objects, { ...options, resource: resourceOf(terminal.env), version: VERSION });
  for (const doubt of traces.doubts.slice(0, MAX_PROBLEMS_SHOWN)) warn(doubt, terminal);
  const more = traces.doubts.length - MAX_PROBLEMS_SHOWN;
  if (more > 0) warn(`… and ${more} more of the kind`, terminal);
  return { ...traces, files, objects: kept, skipped, problems };
}

const MAX_PROBLEM_LENGTH = 500;

function describeProblem({ where, object, message }: InputProblem): string {
  return cut(
    printable(`${where}: ${object === undefined ? "" : `${object}: `}${message}`),
    MAX_PROBLEM_LENGTH,
  );
}

/** Clocks of a cluster and of this machine differ by seconds; a day is somebody's mistake. */
const DAY_NS = 86_400_000_000_000n;

/** Warns of a run that has not begun yet. */
export function warnOfTheFuture(run: RunSummary, terminal: Terminal): void {
  if (run.startNs <= BigInt(Date.now()) * 1_000_000n + DAY_NS) return;
  warn(`${run.kind} ${qualifiedName(run)} starts in the future, at ${formatTime(run.startNs)}`, terminal);
}

function warn(doubt: string, terminal: Terminal): void {
  terminal.say(`warning: ${printable(doubt)}`);
}

/** `namespace/name`; only the name where a trimmed dump has no namespace. */
export function qualifiedName({ namespace, name }: { namespace: string; name: string }): string {
  return printable(namespace === "" ? name : `${namespace}/${name}`);
}

/** Says why there is nothing to show, and what would help. */
export function nothingFound({ skipped, objects, problems }: Loaded): Failure {
  if (objects === 0 && skipped.size === 0 && problems > 0)
    return new Failure("nothing in the input could be read");
  const kinds = [...skipped.keys()].slice(0, 5).map(printable).join(", ");
  const found = kinds === "" ? "" : ` (found: ${kinds})`;
  return new Failure(
    `no PipelineRun, TaskRun or Pod of one in the input${found}; ` +
      "make a dump with: kubectl get pipelineruns,taskruns,pods,events -o json > dump.json",
  );
}
