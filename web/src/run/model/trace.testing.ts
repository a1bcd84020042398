import fc from "fast-check";
import { SPAN_FLAGS, type TraceAnswer, type TraceRun } from "../../../../src/insight/answers/index.ts";
import { type Trace, traceOf } from "./trace.ts";

/** A span and what is below it, as a test writes it; times are milliseconds from the trace's start. */
export interface Sketch {
  name: string;
  type?: string;
  service?: string;
  at?: number;
  took?: number;
  result?: string;
  exitCode?: number;
  decisions?: string[];
  flags?: (keyof typeof SPAN_FLAGS)[];
  below?: Sketch[];
}

/** A trace as the server answers it, drawn by hand. Ids are `s0`, `s1` and so on, in order of the tree. */
export function answerFrom(roots: readonly Sketch[], more: Partial<TraceAnswer> = {}): TraceAnswer {
  const texts = [""];
  const text = (value: string) => {
    if (!texts.includes(value)) texts.push(value);
    return texts.indexOf(value);
  };
  const spans: TraceAnswer["spans"] = {
    id: [],
    parent: [],
    depth: [],
    name: [],
    service: [],
    type: [],
    startMs: [],
    durationMs: [],
    result: [],
    flags: [],
    criticalMs: [],
    exitCode: [],
  };
  const decisions: TraceAnswer["decisions"] = [];
  const add = (sketch: Sketch, { parent, depth }: { parent: number; depth: number }) => {
    const index = spans.id.length;
    spans.id.push(`s${index}`);
    spans.parent.push(parent);
    spans.depth.push(depth);
    spans.name.push(text(sketch.name));
    spans.service.push(text(sketch.service ?? "tekton"));
    spans.type.push(text(sketch.type ?? ""));
    spans.startMs.push(sketch.at ?? 0);
    spans.durationMs.push(sketch.took ?? 1000);
    spans.result.push(text(sketch.result ?? ""));
    spans.flags.push((sketch.flags ?? []).reduce((sum, flag) => sum | SPAN_FLAGS[flag], 0));
    spans.criticalMs.push(0);
    spans.exitCode.push(sketch.exitCode ?? null);
    if (sketch.decisions !== undefined) decisions.push({ span: index, decisions: sketch.decisions });
    for (const child of sketch.below ?? []) add(child, { parent: index, depth: depth + 1 });
  };
  for (const root of roots) add(root, { parent: -1, depth: 0 });
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    runs: [],
    startTime: "2026-11-08T09:00:00Z",
    durationMs: Math.max(
      0,
      ...spans.startMs.map((startMs, index) => startMs + (spans.durationMs[index] ?? 0)),
    ),
    texts,
    spans,
    decisions,
    images: [],
    messages: [],
    notes: [],
    ...more,
  };
}

export function traceFrom(roots: readonly Sketch[], more: Partial<TraceAnswer> = {}): Trace {
  return traceOf(answerFrom(roots, more));
}

/** A run whose span has an index; the rest as a test needs it. */
export function runFrom(run: Partial<TraceRun>): TraceRun {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "s0",
    kind: "PipelineRun",
    namespace: "ci",
    name: "build-x7",
    pipeline: "build",
    result: "success",
    startTime: "2026-11-08T09:00:00Z",
    durationMs: 1000,
    waitMs: 0,
    span: 0,
    summary: "",
    tasks: [],
    criticalPath: [],
    ...run,
  };
}

/** Trees of all shapes, quiet spans among them. Each span is put below one that was drawn before it, or beside the first. */
export const anyRoots: fc.Arbitrary<Sketch[]> = fc
  .array(
    fc.record({
      above: fc.integer({ min: -1, max: 30 }),
      name: fc.constantFrom("clone", "build", "test", "<b>"),
      type: fc.constantFrom("", "taskrun", "step", "reconcile", "execute"),
      at: fc.nat(5000),
      took: fc.nat(5000),
    }),
    { maxLength: 30 },
  )
  .map((drawn) => {
    const roots: Sketch[] = [];
    const sketches: (Sketch & { below: Sketch[] })[] = [];
    for (const { above, ...span } of drawn) {
      const sketch = { ...span, below: [] };
      (sketches[above]?.below ?? roots).push(sketch);
      sketches.push(sketch);
    }
    return roots;
  });
