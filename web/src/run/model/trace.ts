import { SPAN_FLAGS, type TraceAnswer, type TraceRun } from "../../../../src/insight/answers/index.ts";
import { isBriefPhase } from "../../../../src/insight/brief-phases.ts";
import { withNothingElseBelow } from "../../../../src/insight/reconcile-spans.ts";
import { kindsOf, QUIET, SPAN_KINDS } from "./span-kind.ts";

/**
 * A trace made ready for drawing. Index i of each array is span i, in order of the tree: the spans below span i are exactly
 * those from i + 1 up to, without, `last[i]`. Typed arrays cross from the worker in one copy.
 */
export interface Trace {
  traceId: string;
  /** Zero of `startMs`, milliseconds since 1970. */
  originMs: number;
  durationMs: number;
  /** The same without quiet spans: a controller may look at a run again hours after its end. */
  loudMs: number;
  runs: TraceRun[];
  notes: string[];
  texts: string[];
  count: number;
  id: string[];
  /** -1 for a root. */
  parent: Int32Array;
  depth: Uint32Array;
  /** Index after the last span below. */
  last: Int32Array;
  /** Indexes of `texts`. */
  name: Uint32Array;
  service: Uint32Array;
  type: Uint32Array;
  result: Uint32Array;
  /** Indexes of `SPAN_KINDS`. */
  kind: Uint8Array;
  /** Bits of `SPAN_FLAGS`. */
  flags: Uint8Array;
  startMs: Float64Array;
  durationsMs: Float64Array;
  /** {@link NO_EXIT_CODE} where a span has none. */
  exitCode: Int32Array;
  /** 1 where a span and all below it are quiet, or phases that were over at once: told only when asked. */
  isQuiet: Uint8Array;
  /** What reconcilers decided, by span. */
  decisions: ReadonlyMap<number, string>;
}

const QUIET_KINDS = new Set([...QUIET].map((kind) => SPAN_KINDS.indexOf(kind)));

export const NO_EXIT_CODE = -0x80000000;

/** Makes a trace of an answer. Takes each parent that does not come before its child as missing. */
export function traceOf(answer: TraceAnswer): Trace {
  const { spans } = answer;
  const count = spans.id.length;
  const parent = knownParents(spans.parent);
  const kind = kindsOf(answer);
  const last = subtreeEnds(parent);
  const isQuiet = withNothingElseBelow({
    parent,
    isMeant: (index) => QUIET_KINDS.has(kind[index] ?? -1) || isBrief(answer, index),
  });
  return {
    traceId: answer.traceId,
    originMs: Date.parse(answer.startTime),
    durationMs: answer.durationMs,
    loudMs: loudEnd(answer, isQuiet),
    runs: answer.runs,
    notes: answer.notes,
    ...namesOf(answer),
    count,
    id: spans.id,
    parent,
    depth: new Uint32Array(spans.depth),
    last,
    service: new Uint32Array(spans.service),
    type: new Uint32Array(spans.type),
    result: new Uint32Array(spans.result),
    kind,
    flags: new Uint8Array(spans.flags),
    startMs: new Float64Array(spans.startMs),
    durationsMs: new Float64Array(spans.durationMs),
    exitCode: new Int32Array(spans.exitCode.map((code) => code ?? NO_EXIT_CODE)),
    isQuiet,
    decisions: new Map(answer.decisions.map(({ span, decisions }) => [span, decisions.join("; ")])),
  };
}

/** Texts and names, with the image in the name of what pulled it: several may be pulled for a task. */
function namesOf({ spans, texts, images }: TraceAnswer): Pick<Trace, "texts" | "name"> {
  const name = new Uint32Array(spans.name);
  const added = images.map(({ span, image }, index) => {
    name[span] = texts.length + index;
    return `pull ${image}`;
  });
  return { texts: [...texts, ...added], name };
}

function isBrief({ spans, texts }: TraceAnswer, index: number): boolean {
  const flags = spans.flags[index] ?? 0;
  return isBriefPhase({
    type: texts[spans.type[index] ?? -1] ?? "",
    durationMs: spans.durationMs[index] ?? 0,
    isCoarse: (flags & SPAN_FLAGS.coarse) !== 0,
    isProvisional: (flags & SPAN_FLAGS.provisional) !== 0,
    isError: (flags & SPAN_FLAGS.error) !== 0,
  });
}

/** Parents that come before their children; the order of the tree leaves no other. Others count as missing. */
function knownParents(parents: readonly number[]): Int32Array {
  const known = new Int32Array(parents);
  for (let index = 0; index < known.length; index++) {
    const parent = known[index] ?? -1;
    if (parent < 0 || parent >= index) known[index] = -1;
  }
  return known;
}

/** For each span the index after the last one below it. Goes backwards, so that children are known before their parent. */
function subtreeEnds(parent: Int32Array): Int32Array {
  const ends = new Int32Array(parent.length);
  for (let index = parent.length - 1; index >= 0; index--) {
    const above = parent[index] ?? -1;
    const end = Math.max(ends[index] ?? 0, index + 1);
    ends[index] = end;
    if (above >= 0 && (ends[above] ?? 0) < end) ends[above] = end;
  }
  return ends;
}

/** Of a trace that has nothing but quiet spans, all of it. */
function loudEnd({ spans, durationMs }: TraceAnswer, isQuiet: Uint8Array): number {
  let end = -1;
  for (let index = 0; index < isQuiet.length; index++)
    if (isQuiet[index] === 0)
      end = Math.max(end, (spans.startMs[index] ?? 0) + (spans.durationMs[index] ?? 0));
  return end < 0 ? durationMs : end;
}

/** The text a column points at. */
export function textAt(trace: Trace, column: Uint32Array, index: number): string {
  return trace.texts[column[index] ?? -1] ?? "";
}

/** Whether a span is a step that has not begun yet. */
export function isWaiting({ flags }: Pick<Trace, "flags">, index: number): boolean {
  return ((flags[index] ?? 0) & SPAN_FLAGS.waiting) !== 0;
}

/** The direct children of a span, in order. */
export function childrenOf(trace: Trace, index: number): number[] {
  const children: number[] = [];
  const end = trace.last[index] ?? 0;
  for (let child = index + 1; child < end; child = trace.last[child] ?? end) children.push(child);
  return children;
}

/** The spans above a span, nearest first. */
export function ancestorsOf(trace: Trace, index: number): number[] {
  const ancestors: number[] = [];
  for (let above = trace.parent[index] ?? -1; above >= 0; above = trace.parent[above] ?? -1)
    ancestors.push(above);
  return ancestors;
}

/** The innermost run a span belongs to; the outermost run for a span that is in none. */
export function runOf(trace: Trace, index: number): TraceRun | undefined {
  const inside = trace.runs.filter(({ span }) => span <= index && index < (trace.last[span] ?? 0));
  return (
    inside.reduce<TraceRun | undefined>(
      (innermost, run) => (innermost === undefined || run.span > innermost.span ? run : innermost),
      undefined,
    ) ?? trace.runs[0]
  );
}
