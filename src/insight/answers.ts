/**
 * The answers to the questions, as they go over the wire: the command line prints them with `--output json`, HTTP sends
 * them, the web UI reads them. Fields are added over time, never changed.
 *
 * Times are RFC 3339 in UTC. Durations are milliseconds, with fractions where the data has them. Rates and shares are from
 * 0 to 1. What is not known is absent.
 */

/** Of a run or a task. `running` is one that is not over. */
export type ResultWord = "success" | "failure" | "error" | "timeout" | "cancellation" | "skip" | "running";

// runs

export interface RunRow {
  traceId: string;
  spanId: string;
  kind: "PipelineRun" | "TaskRun";
  namespace: string;
  name: string;
  uid?: string;
  pipeline: string;
  result: ResultWord;
  reason?: string;
  /** Of a failure. */
  message?: string;
  failedTask?: string;
  failedStep?: string;
  startTime: string;
  /** Absent while it runs. */
  endTime?: string;
  /** Up to the last moment known, while it runs. */
  durationMs: number;
  /** The part of its critical path that was waiting: for a controller, a node, an image. */
  waitMs: number;
  /** `owner/name`. */
  repository?: string;
  branch?: string;
  revision?: string;
  change?: string;
  actor?: string;
  /** What started it, for example `push`. */
  trigger?: string;
  application?: string;
  component?: string;
}

export interface RunsAnswer {
  runs: RunRow[];
  /** How many match in all. */
  total: number;
  /** Give it as `after` for the next page; absent on the last. */
  next?: string;
}

export interface RunsHistogramAnswer {
  /** Of the first bucket, and the end of the last. */
  since: string;
  until: string;
  bucketMs: number;
  /** All of them, empty ones too. */
  buckets: { startTime: string; counts: Partial<Record<ResultWord, number>> }[];
}

// pipelines

export interface PipelineRow {
  pipeline: string;
  namespaces: string[];
  runs: number;
  failed: number;
  p50Ms: number;
  p95Ms: number;
  lastStartTime: string;
  lastResult: ResultWord;
}

export interface PipelinesAnswer {
  pipelines: PipelineRow[];
}

export interface TrendAnswer {
  pipeline: string;
  bucket: "hour" | "day";
  /** Only buckets with runs that are over. */
  points: { startTime: string; runs: number; failed: number; p50Ms: number; p95Ms: number }[];
  /** Where the median changed for longer than noise explains. */
  changes: { startTime: string; beforeMs: number; afterMs: number }[];
}

// tasks

export interface TaskRow {
  pipeline: string;
  task: string;
  runs: number;
  p50Ms: number;
  p95Ms: number;
  /** Of the duration of all its runs, the part it was on the critical path. */
  criticalShare: number;
  /** Medians of waiting (for the node, images, between attempts) and of working. */
  waitP50Ms: number;
  executeP50Ms: number;
  failureRate: number;
  /** Share of runs in which it was retried. */
  retryRate: number;
  skipRate: number;
  /** By how much the median run would be shorter if this task took half as long; graph and all. */
  halvedSavesMs: number;
}

export interface TasksAnswer {
  /** Bottleneck first: by what halving saves, then by share of the critical path. */
  tasks: TaskRow[];
  /** Runs looked at in all, and those `halvedSavesMs` was worked out from: the latest. */
  runs: number;
  replayedRuns: number;
}

// errors

export interface ErrorsAnswer {
  by: "task" | "pipeline";
  bucket: "hour" | "day";
  /** Worst first. */
  series: ErrorSeries[];
  flaky: FlakyStep[];
}

export interface ErrorSeries {
  pipeline: string;
  /** With `by: "task"`. */
  task?: string;
  total: number;
  failed: number;
  points: { startTime: string; total: number; failed: number }[];
  /** Most frequent first. */
  messages: { message: string; count: number; lastTraceId: string }[];
  exitCodes: { exitCode: number; count: number }[];
}

/** A task that failed and succeeded on the same commit, or failed and succeeded when retried. */
export interface FlakyStep {
  pipeline: string;
  task: string;
  /** That failed most often; absent where none was seen. */
  step?: string;
  repository?: string;
  flips: number;
  commits: { revision: string; failedTraceId: string; passedTraceId: string; time: string }[];
}

// compare

/** One side of a comparison, as asked for: `branch:main`, `pipeline:build`, `period:2026-11-01..2026-11-08`. */
export interface Side {
  label: string;
  runs: number;
}

/**
 * `changeMs` is b − a of the medians, within `lowMs` to `highMs` with 95 % confidence. Significant when that interval does not
 * contain zero.
 */
export interface Difference {
  a: { runs: number; p50Ms: number; p95Ms: number; failureRate: number };
  b: { runs: number; p50Ms: number; p95Ms: number; failureRate: number };
  changeMs: number;
  lowMs: number;
  highMs: number;
  isSignificant: boolean;
}

export interface CompareGroupsAnswer {
  kind: "groups";
  a: Side;
  b: Side;
  overall: Difference;
  /** Largest significant change first. A side a task is missing from has `runs: 0`. */
  tasks: (Difference & { task: string })[];
}

export interface CompareRunsAnswer {
  kind: "runs";
  a: RunRow;
  b: RunRow;
  /** In order of start on side b, then those that only a has. Offsets are from the run's start. */
  tasks: {
    task: string;
    a?: { result: ResultWord; offsetMs: number; durationMs: number; waitMs: number; spanId: string };
    b?: { result: ResultWord; offsetMs: number; durationMs: number; waitMs: number; spanId: string };
    changeMs?: number;
  }[];
}

export type CompareAnswer = CompareGroupsAnswer | CompareRunsAnswer;

// one trace

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

// metrics

export interface MetricsAnswer {
  /** `kind` is `gauge`, `sum`, `histogram`, `exponentialHistogram` or `summary`. */
  metrics: { name: string; unit?: string; kind: string; series: number; points: number; lastTime: string }[];
}

export interface MetricPointsAnswer {
  name: string;
  unit?: string;
  kind: string;
  /** `delta` or `cumulative`. */
  temporality?: string;
  series: MetricSeries[];
}

export interface MetricSeries {
  service: string;
  attributes: Record<string, string>;
  /** In order of time. */
  points: MetricPoint[];
}

/**
 * Gauges and sums have a `value`, histograms upper bounds of all buckets but the last, summaries quantiles. What is not a
 * finite number is left out.
 */
export interface MetricPoint {
  time: string;
  /** Since when it counts. */
  startTime?: string;
  value?: number;
  count?: number;
  sum?: number;
  bounds?: number[];
  bucketCounts?: number[];
  quantiles?: number[];
  quantileValues?: number[];
}

// metrics of tasks

/** Tasks that said something about themselves: `tekton.task.duration`, `tekton.task.completions`, `tekton.task.artifact.size`. */
export interface MeasuredTasksAnswer {
  /** Latest first. `pipeline` is empty for a task that ran outside of one. */
  tasks: { pipeline: string; task: string; points: number; lastTime: string }[];
}

/** What a task said about itself, over time. */
export interface TaskMetricsAnswer {
  pipeline: string;
  task: string;
  /** Of the first bucket, and the end of the last. */
  since: string;
  until: string;
  bucketMs: number;
  /** Of the whole time; absent where no duration was measured. */
  duration?: MeasuredDuration;
  /** By result, of the whole time; `{}` where none were counted. */
  completions: Record<string, number>;
  /** All of them, empty ones too. */
  buckets: {
    startTime: string;
    /** Absent where no duration was measured. */
    duration?: MeasuredDuration;
    completions: Record<string, number>;
  }[];
  /** By name. */
  artifacts: MeasuredArtifact[];
}

/**
 * Percentiles are worked out from a histogram: within the bucket they fall into they are interpolated, what lies above the
 * last bound counts as that bound, and none is outside of the smallest and the largest that were measured, where those are told.
 * Of several sets of bounds the one that most were counted with decides. Absent where the histogram has no bounds.
 */
export interface MeasuredDuration {
  count: number;
  sumMs: number;
  p50Ms?: number;
  p95Ms?: number;
}

export interface MeasuredArtifact {
  artifact: string;
  lastBytes: number;
  lastTime: string;
  /** The last of each bucket that has any, by the start of the bucket. */
  points: { startTime: string; bytes: number }[];
}

// finding

export interface SearchAnswer {
  /** Best first: exact matches of id, UID or name before partial ones. */
  matches: (
    | {
        kind: "run";
        traceId: string;
        name: string;
        namespace: string;
        pipeline: string;
        result: ResultWord;
        startTime: string;
      }
    | { kind: "pipeline"; pipeline: string; runs: number }
    | { kind: "trace"; traceId: string; name: string; service: string; startTime: string }
  )[];
}

/** What there is to filter by, most frequent first. */
export interface ValuesAnswer {
  values: { value: string; runs: number }[];
}

/** How the server is, for the dot that says when data last came. */
export interface StatusAnswer {
  version: string;
  health: "ok" | "refusing" | "failed";
  reason?: string;
  /** When spans were last kept by this process. */
  lastDataTime?: string;
  /** About how many spans are stored. */
  spans: number;
}

/** What an HTTP request that fails is answered, with a status of 400 and above. */
export interface ErrorAnswer {
  error: { code: "badRequest" | "notFound" | "unauthorized" | "busy" | "fault"; message: string };
}
