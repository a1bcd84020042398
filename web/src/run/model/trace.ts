import type { TraceAnswer, TraceRun } from "../../../../src/insight/answers.ts";
import { kindsOf } from "./span-kind.ts";

/**
 * A trace made ready for drawing. Index i of each array is span i, in order of the tree: the spans below span i are exactly
 * those from i + 1 up to, without, `last[i]`. Typed arrays cross from the worker in one copy.
 */
export interface Trace {
  traceId: string;
  /** Zero of `startMs`, milliseconds since 1970. */
  originMs: number;
  durationMs: number;
  runs: TraceRun[];
  notes: string[];
  texts: string[];
  count: number;
  id: string[];
  /** -1 for a root. */
  parent: Int32Array;
  depth: Uint16Array;
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
  /** 1 where a span and all below it are quiet: told only when asked. */
  isQuiet: Uint8Array;
}

export const NO_EXIT_CODE = -0x80000000;

/** Makes a trace of an answer. Takes each parent that does not come before its child as missing. */
export function traceOf(answer: TraceAnswer): Trace {
  const { spans } = answer;
  const count = spans.id.length;
  const parent = Int32Array.from(spans.parent, (of, index) => (of >= 0 && of < index ? of : -1));
  const kind = kindsOf(answer);
  const last = subtreeEnds(parent);
  return {
    traceId: answer.traceId,
    originMs: Date.parse(answer.startTime),
    durationMs: answer.durationMs,
    runs: answer.runs,
    notes: answer.notes,
    texts: answer.texts,
    count,
    id: spans.id,
    parent,
    depth: Uint16Array.from(spans.depth, (depth) => Math.min(depth, 0xffff)),
    last,
    name: Uint32Array.from(spans.name),
    service: Uint32Array.from(spans.service),
    type: Uint32Array.from(spans.type),
    result: Uint32Array.from(spans.result),
    kind,
    flags: Uint8Array.from(spans.flags),
    startMs: Float64Array.from(spans.startMs),
    durationsMs: Float64Array.from(spans.durationMs),
    exitCode: Int32Array.from(spans.exitCode, (code) => code ?? NO_EXIT_CODE),
    isQuiet: quietSpans({ parent, kind }),
  };
}

/** For each span the index after the last one below it. Goes backwards, so that children are known before their parent. */
function subtreeEnds(parent: Int32Array): Int32Array {
  const ends = Int32Array.from(parent, (_, index) => index + 1);
  for (let index = parent.length - 1; index >= 0; index--) {
    const above = parent[index] ?? -1;
    if (above >= 0) ends[above] = Math.max(ends[above] ?? 0, ends[index] ?? 0);
  }
  return ends;
}

function quietSpans({ parent, kind }: Pick<Trace, "parent" | "kind">): Uint8Array {
  const isQuiet = Uint8Array.from(kind, (of) => (of === 0 ? 1 : 0));
  for (let index = parent.length - 1; index >= 0; index--) {
    const above = parent[index] ?? -1;
    if (above >= 0 && isQuiet[index] === 0) isQuiet[above] = 0;
  }
  return isQuiet;
}

/** The text a column points at. */
export function textAt(trace: Trace, column: Uint32Array, index: number): string {
  return trace.texts[column[index] ?? -1] ?? "";
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
