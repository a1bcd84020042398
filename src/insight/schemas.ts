/** The JSON of every answer as JSON Schema (draft 2020-12): what `answers/` says, for those who do not read TypeScript. */
import { RESULT_WORDS } from "./run-filters.ts";

/** A JSON Schema. */
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const time: Schema = { type: "string", format: "date-time" };
const number: Schema = { type: "number" };
const integer: Schema = { type: "integer" };
const flag: Schema = { type: "boolean" };
const result: Schema = { enum: RESULT_WORDS };
const texts: Schema = { type: "object", additionalProperties: text };

const oneOf = (...values: string[]): Schema => ({ enum: values });
const list = (items: Schema): Schema => ({ type: "array", items });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An object; properties whose name ends in `?` may be absent. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: "object",
    required: entries.flatMap(([name]) => (name.endsWith("?") ? [] : [name])),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace("?", ""), schema])),
  };
}

const RUN = {
  traceId: text,
  spanId: text,
  kind: oneOf("PipelineRun", "TaskRun"),
  namespace: text,
  name: text,
  "uid?": text,
  pipeline: text,
  result,
  "reason?": text,
  "message?": text,
  "failedTask?": text,
  "failedStep?": text,
  startTime: time,
  "endTime?": time,
  durationMs: number,
  waitMs: number,
  "repository?": text,
  "branch?": text,
  "revision?": text,
  "change?": text,
  "actor?": text,
  "trigger?": text,
  "application?": text,
  "component?": text,
};

const counts = object({ startTime: time, total: integer, failed: integer });
const group = object({ runs: integer, p50Ms: number, p95Ms: number, failureRate: number });
const difference = {
  a: group,
  b: group,
  changeMs: number,
  lowMs: number,
  highMs: number,
  isSignificant: flag,
};
const side = object({ label: text, runs: integer });
const taskSide = object({ result, offsetMs: number, durationMs: number, waitMs: number, spanId: text });
const amounts: Schema = { type: "object", additionalProperties: number };
const measuredDuration = object({ count: integer, sumMs: number, "p50Ms?": number, "p95Ms?": number });

/** By name of the type. `$ref`s point into an OpenAPI document's components. */
export const ANSWER_SCHEMAS: Readonly<Record<string, Schema>> = {
  RunRow: object(RUN),
  RunsAnswer: object({ runs: list(ref("RunRow")), total: integer, "next?": text }),
  RunsHistogramAnswer: object({
    since: time,
    until: time,
    bucketMs: number,
    buckets: list(
      object({
        startTime: time,
        counts: { type: "object", propertyNames: result, additionalProperties: integer },
      }),
    ),
  }),
  PipelinesAnswer: object({
    pipelines: list(
      object({
        pipeline: text,
        namespaces: list(text),
        runs: integer,
        failed: integer,
        p50Ms: number,
        p95Ms: number,
        lastStartTime: time,
        lastResult: result,
      }),
    ),
  }),
  TrendAnswer: object({
    pipeline: text,
    bucket: oneOf("hour", "day"),
    points: list(object({ startTime: time, runs: integer, failed: integer, p50Ms: number, p95Ms: number })),
    changes: list(object({ startTime: time, beforeMs: number, afterMs: number })),
  }),
  TasksAnswer: object({
    tasks: list(
      object({
        pipeline: text,
        task: text,
        runs: integer,
        p50Ms: number,
        p95Ms: number,
        criticalShare: number,
        waitP50Ms: number,
        executeP50Ms: number,
        failureRate: number,
        retryRate: number,
        skipRate: number,
        halvedSavesMs: number,
      }),
    ),
    runs: integer,
    replayedRuns: integer,
  }),
  ErrorsAnswer: object({
    by: oneOf("task", "pipeline"),
    bucket: oneOf("hour", "day"),
    series: list(
      object({
        pipeline: text,
        "task?": text,
        total: integer,
        failed: integer,
        points: list(counts),
        messages: list(object({ message: text, count: integer, lastTraceId: text })),
        exitCodes: list(object({ exitCode: integer, count: integer })),
      }),
    ),
    flaky: list(
      object({
        pipeline: text,
        task: text,
        "step?": text,
        "repository?": text,
        flips: integer,
        commits: list(object({ revision: text, failedTraceId: text, passedTraceId: text, time })),
      }),
    ),
  }),
  CompareAnswer: {
    oneOf: [
      object({
        kind: oneOf("groups"),
        a: side,
        b: side,
        overall: object(difference),
        tasks: list(object({ ...difference, task: text })),
      }),
      object({
        kind: oneOf("runs"),
        a: ref("RunRow"),
        b: ref("RunRow"),
        tasks: list(object({ task: text, "a?": taskSide, "b?": taskSide, "changeMs?": number })),
      }),
    ],
  },
  TraceAnswer: object({
    traceId: text,
    runs: list(
      object({
        ...RUN,
        span: integer,
        summary: text,
        tasks: list(
          object({
            task: text,
            span: integer,
            result,
            after: list(text),
            isFinally: flag,
            durationMs: number,
            waitMs: number,
            slackMs: number,
          }),
        ),
        criticalPath: list(object({ span: integer, startMs: number, endMs: number })),
        "remoteParentSpanId?": text,
      }),
    ),
    startTime: time,
    durationMs: number,
    texts: list(text),
    spans: object({
      id: list(text),
      parent: list(integer),
      depth: list(integer),
      name: list(integer),
      service: list(integer),
      type: list(integer),
      startMs: list(number),
      durationMs: list(number),
      result: list(integer),
      flags: list(integer),
      criticalMs: list(number),
      exitCode: list({ type: ["integer", "null"] }),
    }),
    decisions: list(object({ span: integer, decisions: list(text) })),
    images: list(object({ span: integer, image: text })),
    messages: list(object({ span: integer, message: text })),
    notes: list(text),
  }),
  SpanAnswer: object({
    traceId: text,
    spanId: text,
    "parentSpanId?": text,
    name: text,
    kind: text,
    service: text,
    startTime: time,
    durationMs: number,
    status: oneOf("unset", "ok", "error"),
    "message?": text,
    attributes: texts,
    resource: texts,
    events: list(object({ name: text, time, attributes: texts })),
    links: list(object({ traceId: text, spanId: text, attributes: texts })),
    logs: list(object({ time, severity: text, body: text, "stream?": oneOf("stdout", "stderr") })),
    "isLogCut?": flag,
  }),
  MetricsAnswer: object({
    metrics: list(
      object({ name: text, "unit?": text, kind: text, series: integer, points: integer, lastTime: time }),
    ),
  }),
  MetricPointsAnswer: object({
    name: text,
    "unit?": text,
    kind: text,
    "temporality?": oneOf("delta", "cumulative"),
    series: list(
      object({
        service: text,
        attributes: texts,
        points: list(
          object({
            time,
            "startTime?": time,
            "value?": number,
            "count?": integer,
            "sum?": number,
            "bounds?": list(number),
            "bucketCounts?": list(integer),
            "quantiles?": list(number),
            "quantileValues?": list(number),
          }),
        ),
      }),
    ),
  }),
  MeasuredTasksAnswer: object({
    tasks: list(object({ pipeline: text, task: text, points: integer, lastTime: time })),
  }),
  TaskMetricsAnswer: object({
    pipeline: text,
    task: text,
    since: time,
    until: time,
    bucketMs: number,
    "duration?": measuredDuration,
    completions: amounts,
    buckets: list(object({ startTime: time, "duration?": measuredDuration, completions: amounts })),
    artifacts: list(
      object({
        artifact: text,
        lastBytes: number,
        lastTime: time,
        points: list(object({ startTime: time, bytes: number })),
      }),
    ),
  }),
  SearchAnswer: object({
    matches: list({
      oneOf: [
        object({
          kind: oneOf("run"),
          traceId: text,
          name: text,
          namespace: text,
          pipeline: text,
          result,
          startTime: time,
        }),
        object({ kind: oneOf("pipeline"), pipeline: text, runs: integer }),
        object({ kind: oneOf("trace"), traceId: text, name: text, service: text, startTime: time }),
      ],
    }),
  }),
  ValuesAnswer: object({ values: list(object({ value: text, runs: integer })) }),
  StatusAnswer: object({
    version: text,
    health: oneOf("ok", "refusing", "failed"),
    "reason?": text,
    "lastDataTime?": time,
    spans: integer,
  }),
  ErrorAnswer: object({
    error: object({ code: oneOf("badRequest", "notFound", "unauthorized", "busy", "fault"), message: text }),
  }),
};
