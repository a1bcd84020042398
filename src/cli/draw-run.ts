/** A run that was just built from its objects, drawn for a terminal. */
import type { RunTrace } from "../trace/index.ts";
import { pathSentence } from "./path-summary.ts";
import { barsOfRuns, type Sent } from "./run-bars.ts";
import type { Terminal } from "./terminal.ts";
import { drawHead, drawLegend, type Origin } from "./trace-head.ts";
import { drawWaterfall } from "./waterfall.ts";

const MORE_SENT = "steps sent more spans than are drawn here";

/** Head, waterfall and legend of a run and the runs it started, the outermost first. */
export function drawRun(
  runs: readonly [RunTrace, ...RunTrace[]],
  { isWhole, sent }: { isWhole: boolean; sent?: Sent & { isWhole: boolean } },
  terminal: Pick<Terminal, "width" | "hasColour">,
): string {
  const [run] = runs;
  const notes = sent?.isWhole === false ? [...run.uncertain, MORE_SENT] : run.uncertain;
  const head = { ...run, summary: pathSentence(run), origin: originOf(run), notes };
  const waterfall = { bars: barsOfRuns(runs, sent), startNs: run.startNs, endNs: run.endNs, isWhole };
  const lines = [
    ...drawHead(head, terminal),
    "",
    ...drawWaterfall(waterfall, terminal),
    "",
    drawLegend(terminal),
  ];
  return `${lines.join("\n")}\n`;
}

/** A run and, below it, the PipelineRuns it started. */
export function withChildren(run: RunTrace, runs: readonly RunTrace[]): [RunTrace, ...RunTrace[]] {
  const children = runs.filter((candidate) => candidate.parentUid === run.uid);
  return [run, ...children.flatMap((child) => withChildren(child, runs))];
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
