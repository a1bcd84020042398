/**
 * Metrics of pipeline runs by OpenTelemetry's semantic conventions ("CICD metrics"), made of their spans as they come.
 *
 *   created      started                  first of `finally`       over
 *      |─ pending ──|────── executing ──────────|──── finalizing ────|
 *
 * The result belongs to the last state only, in which it was settled.
 *
 * A run is counted when its last span comes for the first time. One that was over before this process began is not: an earlier
 * process has counted it, or it is of a dump and did not happen now.
 */
import type { ReceivedSpan } from "../../otlp/index.ts";
import { type Family, labelText } from "./family.ts";
import { notesOf, type RunNote, type RunOutcome } from "./run-notes.ts";
import { Seen } from "./seen.ts";
import { type MetricShape, OVERFLOW, SeriesStore } from "./series-store.ts";

/** A pipeline has some five series: 200 pipelines. */
const MOST_SERIES = 1_000;
const MOST_RUNS_SEEN = 100_000;
const MOST_RUNS_OPEN = 10_000;
const SECOND_NS = 1_000_000_000n;
/** What nobody has spoken of for so long does not run any more. */
const SILENCE_NS = 24n * 3_600n * SECOND_NS;

const DURATION: MetricShape = {
  name: "cicd_pipeline_run_duration_seconds",
  type: "histogram",
  help: "How long pipeline runs were in each state, when they were over.",
  unit: "seconds",
  bounds: [1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400],
};

const ERRORS: MetricShape = {
  name: "cicd_pipeline_run_errors",
  type: "counter",
  help: "Pipeline runs that did not succeed, by error.",
  unit: "",
  bounds: [],
};

type State = "pending" | "executing" | "finalizing";

interface OpenRun {
  /** Absent until a span of the run itself came. */
  outcome?: RunOutcome;
  startedNs?: bigint;
  finallyNs?: bigint;
  lastNs: bigint;
}

export class RunMetrics {
  readonly #beganNs: bigint;
  readonly #series = new SeriesStore(MOST_SERIES);
  readonly #counted = new Seen(MOST_RUNS_SEEN);
  /** By their notes' `run`, those that were heard of last at the end. */
  readonly #open = new Map<string, OpenRun>();

  constructor(beganNs: bigint) {
    // Kubernetes cuts times to the second.
    this.#beganNs = beganNs - (beganNs % SECOND_NS);
  }

  /** Reads a request; it counts when the answered function is called. */
  read(spans: readonly ReceivedSpan[]): () => void {
    const notes = notesOf(spans);
    return () => {
      for (const note of notes) this.#hear(note);
      for (const note of notes) if (note.outcome !== undefined && !note.isOpen) this.#end(note, note.outcome);
    };
  }

  *families(nowNs: bigint): Generator<Family> {
    yield* this.#series.families();
    yield {
      name: "cicd_pipeline_run_active",
      type: "gauge",
      help: "Pipeline runs that are not over, by state.",
      unit: "",
      series: this.#active(nowNs),
    };
  }

  #hear(note: RunNote): void {
    if (this.#counted.has(note.run)) return;
    const run = this.#open.get(note.run) ?? { lastNs: 0n };
    this.#open.delete(note.run);
    this.#open.set(note.run, learned(run, note));
    const [oldest = ""] = this.#open.size > MOST_RUNS_OPEN ? this.#open.keys() : [];
    this.#open.delete(oldest);
  }

  #end({ run: key, startNs, endNs }: RunNote, outcome: RunOutcome): void {
    const run = this.#open.get(key);
    this.#open.delete(key);
    if (this.#counted.again(key) || endNs < this.#beganNs) return;
    const startedNs = run?.startedNs ?? startNs;
    const finallyNs = run?.finallyNs ?? endNs;
    const undecided = { ...outcome, result: "" };
    const hasFinally = finallyNs < endNs;
    if (startedNs > startNs) this.#measure("pending", startedNs - startNs, undecided);
    this.#measure("executing", finallyNs - startedNs, hasFinally ? undecided : outcome);
    if (hasFinally) this.#measure("finalizing", endNs - finallyNs, outcome);
    if (outcome.errorType !== "") this.#countError(outcome);
  }

  #measure(state: State, durationNs: bigint, { pipeline, result, errorType }: RunOutcome): void {
    const seconds = Math.max(0, Number(durationNs) / 1e9);
    const labels = labelText({
      cicd_pipeline_name: pipeline,
      ...(result !== "" && { cicd_pipeline_result: result }),
      cicd_pipeline_run_state: state,
      ...(errorType !== "" && { error_type: errorType }),
    });
    const buckets = { bounds: [seconds], counts: [1, 0] };
    this.#series.add({
      shape: DURATION,
      labels,
      how: "add",
      timeNs: 0n,
      amount: { value: seconds, buckets },
    });
  }

  #countError({ pipeline, errorType }: RunOutcome): void {
    const labels = labelText({ cicd_pipeline_name: pipeline, error_type: errorType });
    this.#series.add({ shape: ERRORS, labels, how: "add", timeNs: 0n, amount: { value: 1 } });
  }

  #active(nowNs: bigint): { labels: string; value: number }[] {
    const counts = new Map<string, number>();
    for (const run of this.#open.values()) {
      if (run.outcome === undefined || run.lastNs < nowNs - SILENCE_NS) continue;
      const labels = labelText({
        cicd_pipeline_name: run.outcome.pipeline,
        cicd_pipeline_run_state: stateOf(run, run.outcome),
      });
      const shown = counts.has(labels) || counts.size < MOST_SERIES ? labels : OVERFLOW;
      counts.set(shown, (counts.get(shown) ?? 0) + 1);
    }
    return [...counts].map(([labels, value]) => ({ labels, value }));
  }
}

/** Spans of what is over may come after those that say so: of times the earliest counts. */
function learned(run: OpenRun, { kind, startNs, endNs, isOpen, outcome }: RunNote): OpenRun {
  const heard = { ...run, lastNs: endNs > run.lastNs ? endNs : run.lastNs };
  if (outcome !== undefined) return { ...heard, outcome };
  if (kind === "finally") return { ...heard, finallyNs: earlier(run.finallyNs, startNs) };
  if (kind === "execute") return { ...heard, startedNs: startNs };
  return isOpen ? heard : { ...heard, startedNs: endNs };
}

function earlier(a: bigint | undefined, b: bigint): bigint {
  return a !== undefined && a < b ? a : b;
}

function stateOf({ startedNs, finallyNs }: OpenRun, { tellsStates }: RunOutcome): State {
  if (finallyNs !== undefined) return "finalizing";
  return startedNs === undefined && tellsStates ? "pending" : "executing";
}
