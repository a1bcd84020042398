import { SPAN_FLAGS, type TraceRun } from "../../../../src/insight/answers/index.ts";
import { SPAN_KINDS } from "./span-kind.ts";
import { ancestorsOf, type Trace, textAt } from "./trace.ts";

const STEP = SPAN_KINDS.indexOf("step");

/**
 * The span to look at first when something failed in a run (or the whole trace): of the failed steps the one that ended first; else
 * the first failed span that has no failed one below it. What fails inside a step and does not fail the step was dealt with
 * there, and comes last. Quiet spans say what others say. -1 where nothing failed.
 */
export function firstFailure(trace: Trace, run: TraceRun | undefined): number {
  const below = failedBelow(trace);
  const isCause = (index: number) => hasFailed(trace, index) && below[index] === 0;
  const first = (isMeant: (index: number) => boolean) =>
    least({ trace, run, isMeant, weight: (index) => endOf(trace, index) });
  const step = first((index) => isStep(trace, index) && hasFailed(trace, index));
  if (step >= 0) return step;
  const outside = first((index) => isCause(index) && !isInStep(trace, index));
  return outside >= 0 ? outside : first(isCause);
}

/** The step that took longest; -1 where there are no steps. */
export function slowestStep(trace: Trace, run: TraceRun | undefined): number {
  const isMeant = (index: number) => isStep(trace, index);
  return least({ trace, run, isMeant, weight: (index) => -(trace.durationsMs[index] ?? 0) });
}

/** Where a span is, as people say it: `unit-test › step test`. */
export function placeOf(trace: Trace, index: number): string {
  const task = SPAN_KINDS.indexOf("task");
  const above = ancestorsOf(trace, index).find((ancestor) => trace.kind[ancestor] === task);
  const name = textAt(trace, trace.name, index);
  return above === undefined ? name : `${textAt(trace, trace.name, above)} › ${name}`;
}

/** The lightest of the spans that are meant in a run, or in the whole trace; -1 where there is none. */
function least({
  trace,
  run,
  isMeant,
  weight,
}: {
  trace: Trace;
  run: TraceRun | undefined;
  isMeant: (index: number) => boolean;
  weight: (index: number) => number;
}): number {
  const end = run === undefined ? trace.count : (trace.last[run.span] ?? trace.count);
  let lightest = -1;
  for (let index = run?.span ?? 0; index < end; index++)
    if (isMeant(index) && (lightest < 0 || weight(index) < weight(lightest))) lightest = index;
  return lightest;
}

function hasFailed(trace: Trace, index: number): boolean {
  return trace.isQuiet[index] === 0 && ((trace.flags[index] ?? 0) & SPAN_FLAGS.error) !== 0;
}

function isStep(trace: Trace, index: number): boolean {
  return trace.kind[index] === STEP;
}

function isInStep(trace: Trace, index: number): boolean {
  return ancestorsOf(trace, index).some((ancestor) => isStep(trace, ancestor));
}

function endOf(trace: Trace, index: number): number {
  return (trace.startMs[index] ?? 0) + (trace.durationsMs[index] ?? 0);
}

/**
 * 1 for each span with a failed span somewhere below it; what is inside a step counts for the step and no further.
 * Backwards, so that one pass does.
 */
function failedBelow(trace: Trace): Uint8Array {
  const below = new Uint8Array(trace.count);
  for (let index = trace.count - 1; index >= 0; index--) {
    const above = trace.parent[index] ?? -1;
    const isPassedOn = below[index] === 1 && !isStep(trace, index);
    if (above >= 0 && (isPassedOn || hasFailed(trace, index))) below[above] = 1;
  }
  return below;
}
