import { compareTimes } from "../tekton/index.ts";
import type { ResourceSpans, RunTrace } from "../trace/index.ts";

/** What is worth keeping of a run when its spans have gone by. */
export type RunSummary = Omit<RunTrace, "resourceSpans"> & { spanCount: number };

export function summarise({ resourceSpans, ...run }: RunTrace): RunSummary {
  return { ...run, spanCount: resourceSpans.spans.length };
}

/** Watches runs go by on their way out, and remembers what there is to tell of them. */
export class Survey {
  readonly runs: RunSummary[] = [];
  /** Runs held back: the context they belong to is not sampled. */
  unsampled = 0;
  /** Runs held back: they are not over. */
  running = 0;

  /** The spans that are to go out. */
  *exportable(runs: Iterable<RunTrace>, { provisional }: { provisional: boolean }): Generator<ResourceSpans> {
    for (const run of runs) {
      this.runs.push(summarise(run));
      if (!run.isSampled) this.unsampled++;
      else if (!run.isComplete && !provisional) this.running++;
      else yield run.resourceSpans;
    }
    this.runs.sort(byStart);
  }
}

function byStart(a: RunSummary, b: RunSummary): number {
  return compareTimes(a.startNs, b.startNs);
}
