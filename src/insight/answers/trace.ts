/** Answers about one trace, and about one span of it. */
import type { ResultWord } from "./result-word.ts";
import type { RunRow } from "./runs.ts";

/**
 * A trace for drawing: columns instead of objects, because it may hold a hundred thousand spans. Index i of each array is span i.
 * Spans are in order of the tree: a parent before its children, siblings by start. Text columns index `texts`.
 */
export interface TraceAnswer {
  traceId: string;
  /** The runs in it, outermost first; empty for a trace that is not of a pipeline. */
  runs: TraceRun[];
  /** Of all spans; the zero of `startMs`. */
  startTime: string;
  durationMs: number;
  texts: string[];
  spans: {
    id: string[];
    /** Index of the parent span, -1 for a root or where the parent is not here. */
    parent: number[];
    /** Depth in the tree, 0 for roots. */
    depth: number[];
    name: number[];
    service: number[];
    /** `throughline.type`, or the empty text. */
    type: number[];
    startMs: number[];
    durationMs: number[];
    /** {@link ResultWord}, or the empty text where it is not known. */
    result: number[];
    /** Bits of {@link SPAN_FLAGS}. */
    flags: number[];
    /** On the critical path, milliseconds of its own share. */
    criticalMs: number[];
    /** Exit code where a step has one, else null. */
    exitCode: (number | null)[];
  };
  /** Of the spans of reconcilers that say what they did: "created TaskRun build-x7-lint". */
  decisions: { span: number; decisions: string[] }[];
  /** Of the spans that pull an image: which, as people say it: "golang:1.24". */
  images: { span: number; image: string }[];
  /** Of the spans from inside steps, and of others, that failed: the last line of what they said, at most 500 characters. */
  messages: { span: number; message: string }[];
  /** What is missing, in words: "3 spans have a parent that is not here". */
  notes: string[];
}

/**
 * What is true of a span in {@link TraceAnswer}. `coarse`: its time is known to the second only. `orphan`: it names a parent
 * that is not in this store, or one below itself. `inferred`: it is worked out from what is around it. `waiting`: a step that has
 * not begun yet.
 */
export const SPAN_FLAGS = {
  error: 1,
  provisional: 2,
  coarse: 4,
  orphan: 8,
  inferred: 16,
  waiting: 32,
} as const;

export interface TraceRun extends RunRow {
  /** Index of its span in the columns. */
  span: number;
  /** "7m 28s, of which 1m 43s integration-test, …" */
  summary: string;
  /** The pipeline's graph with what happened. Tasks in order of start. */
  tasks: GraphTask[];
  /** In order, without gaps: milliseconds from the trace's start. */
  criticalPath: { span: number; startMs: number; endMs: number }[];
  /** Of the context it continues, when that is not in this store's trace. */
  remoteParentSpanId?: string;
}

export interface GraphTask {
  task: string;
  span: number;
  result: ResultWord;
  after: string[];
  isFinally: boolean;
  durationMs: number;
  waitMs: number;
  /** By how much it could have taken longer without the run taking longer; 0 on the critical path. */
  slackMs: number;
}

export interface SpanAnswer {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: string;
  service: string;
  startTime: string;
  durationMs: number;
  status: "unset" | "ok" | "error";
  message?: string;
  /** Values are text, as stored. */
  attributes: Record<string, string>;
  resource: Record<string, string>;
  events: { name: string; time: string; attributes: Record<string, string> }[];
  links: { traceId: string; spanId: string; attributes: Record<string, string> }[];
  /** Its last log records, latest last, at most {@link MOST_LOGS}. `stream` is where a step wrote the line, as far as that is known. */
  logs: { time: string; severity: string; body: string; stream?: "stdout" | "stderr" }[];
  /** There are more log records, before these. */
  isLogCut?: boolean;
}

/** More log records of a span are not answered: what went wrong stands at the end. */
export const MOST_LOGS = 1_000;
