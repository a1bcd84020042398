/**
 * The critical path of a run, from what its spans say of their own share (`throughline.critical_path_ns`).
 *
 *   run       |----------------------------------|
 *   build       |=================|                 on the path: it, or something below it, has a share
 *     step        |====| |======|
 *   lint        |=====|                             not on the path
 *   deploy                          |======|
 *   path      r b stepbb step    b r deploy   r     r, b: what lies between belongs to the span around it
 *
 * A span with a share of its own, or with one below it, is on the path as a whole. What is on the path follows one another, so
 * walking down the tree from start to end gives each moment to the innermost span on the path. The sum is the run's duration;
 * where clocks contradict each other, the earlier span keeps the time.
 */
import type { PathCause } from "../trace/index.ts";

/** Spans in the order of the tree; index i of each list is one span. Times in one unit. */
export interface PathSpans {
  starts: readonly number[];
  ends: readonly number[];
  /** Behind the last span below it. */
  treeEnds: readonly number[];
  /** `throughline.type` */
  types: readonly string[];
  phases: readonly string[];
  /** Own share of the critical path of the run it is in. */
  shares: readonly number[];
  /** Of a run that is a task of another: its share of that one's path. */
  taskShares: readonly number[];
}

export interface PathSegment {
  span: number;
  start: number;
  end: number;
  cause: PathCause;
  /** The task of the run it lies in. */
  task?: number;
}

/** Without gaps from the run's start to its end; empty where its spans tell no shares. */
export function pathOfRun(spans: PathSpans, run: number): PathSegment[] {
  const isOnPath = marks(spans, run);
  return isOnPath[0] === 1 ? walk(spans, run, isOnPath) : [];
}

/** For the run and each span below it, by distance from the run: whether it is on the path. */
function marks(spans: PathSpans, run: number): Uint8Array {
  const end = spans.treeEnds[run] ?? run + 1;
  const isOnPath = new Uint8Array(end - run);
  for (let span = end - 1; span >= run; span--) {
    if (span > run && isBeside(spans, span)) {
      isOnPath[span - run] = 0;
      continue;
    }
    if ((spans.shares[span] ?? 0) > 0) isOnPath[span - run] = 1;
    for (let child = span + 1; isOnPath[span - run] === 0 && child < (spans.treeEnds[span] ?? 0); ) {
      isOnPath[span - run] = isOnPath[child - run] ?? 0;
      child = spans.treeEnds[child] ?? end;
    }
  }
  return isOnPath;
}

/** An inner run has a path of its own, whether or not it is on that of its owner. */
function isBeside({ types, taskShares }: PathSpans, span: number): boolean {
  return types[span] === "pipelinerun" && (taskShares[span] ?? 0) === 0;
}

interface Frame {
  span: number;
  end: number;
  /** Up to where the path is known. */
  cursor: number;
  nextChild: number;
  /** Type of the child entered last; empty before the first. */
  lastType: string;
  task?: number;
}

function walk(spans: PathSpans, run: number, isOnPath: Uint8Array): PathSegment[] {
  const segments: PathSegment[] = [];
  const stack: Frame[] = [enter(run, { start: spans.starts[run] ?? 0, end: spans.ends[run] ?? 0 })];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = nextChild(spans, frame, (span) => isOnPath[span - run] === 1);
    if (child === undefined) {
      segments.push(...between(spans, frame, { until: frame.end, nextType: "" }));
      stack.pop();
      continue;
    }
    const start = Math.max(frame.cursor, spans.starts[child] ?? 0);
    const end = Math.min(frame.end, spans.ends[child] ?? 0);
    if (end <= start) continue;
    const type = spans.types[child] ?? "";
    segments.push(...between(spans, frame, { until: start, nextType: type }));
    frame.cursor = end;
    frame.lastType = type;
    stack.push(enter(child, { start, end, task: frame.task ?? child }));
  }
  return segments;
}

function enter(span: number, { start, end, task }: { start: number; end: number; task?: number }): Frame {
  return {
    span,
    end,
    cursor: start,
    nextChild: span + 1,
    lastType: "",
    ...(task === undefined ? {} : { task }),
  };
}

/** The next child that is on the path, in order of start. */
function nextChild(
  { treeEnds }: PathSpans,
  frame: Frame,
  isOnPath: (span: number) => boolean,
): number | undefined {
  const end = treeEnds[frame.span] ?? 0;
  while (frame.nextChild < end) {
    const child = frame.nextChild;
    frame.nextChild = treeEnds[child] ?? end;
    if (isOnPath(child)) return child;
  }
  return undefined;
}

/** The span's own time from the cursor up to its next child, or to its end. */
function between(
  spans: PathSpans,
  frame: Frame,
  { until, nextType }: { until: number; nextType: string },
): PathSegment[] {
  const { span, cursor, lastType, task } = frame;
  if (until <= cursor) return [];
  const whole = { span, start: cursor, end: until, ...(task === undefined ? {} : { task }) };
  if (spans.types[span] !== "pipelinerun") return [{ ...whole, cause: causeInTask(spans, frame, nextType) }];
  const takenUp = lastType === "" ? Math.min(until, takenUpAt(spans, span) ?? cursor) : cursor;
  const queued: PathSegment = { ...whole, end: takenUp, cause: "queue" };
  const handled: PathSegment = { ...whole, start: takenUp, cause: "controller" };
  return [queued, handled].filter(({ start, end }) => end > start);
}

/** When a controller took the run up: the end of its wait span. */
function takenUpAt({ types, ends, treeEnds }: PathSpans, run: number): number | undefined {
  for (
    let child = run + 1;
    child < (treeEnds[run] ?? 0);
    child = treeEnds[child] ?? Number.POSITIVE_INFINITY
  ) {
    if (types[child] === "wait") return ends[child];
  }
  return undefined;
}

const PHASES: Readonly<Record<string, PathCause>> = { schedule: "schedule", pull: "pull", init: "init" };

function causeInTask({ types, phases }: PathSpans, { span, lastType }: Frame, nextType: string): PathCause {
  if (types[span] === "step") return "step";
  if (types[span] === "phase") return PHASES[phases[span] ?? ""] ?? "start";
  if (lastType === "" && nextType === "") return "task";
  if (nextType === "step") return lastType === "step" ? "handover" : "start";
  return nextType === "phase" && lastType === "phase" ? "start" : "controller";
}
