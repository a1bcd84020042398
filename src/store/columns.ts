/**
 * The tables and their columns.
 *
 * `spans` has the columns the OpenTelemetry Collector's ClickHouse exporter gives `otel_traces`, under the same names,
 * so that one SQL reads both. `runs` and `tasks` are narrow: a row for each run, and one for each task, attempt, skipped
 * task and failed step, made of the spans by SQL alone. The engine fills them as spans arrive, and anyone can make them
 * again from the spans.
 */
import { type Sql, sql } from "./sql.ts";

export interface Column {
  name: string;
  /** ClickHouse type as it is stored. */
  type: string;
  codec?: string;
  /** `SCHEMA_VERSION` of the embedded store that brought it; absent for what was there from the first on. */
  since?: number;
}

/** A column of a narrow table and what it is of a row of `spans`. */
export interface DerivedColumn extends Column {
  from: Sql;
}

const TEXTS = "Map(LowCardinality(String), String)";
const ZSTD = "ZSTD(1)";

export const SPAN_COLUMNS: readonly Column[] = [
  { name: "Timestamp", type: "DateTime64(9)", codec: "Delta(8), ZSTD(1)" },
  { name: "TraceId", type: "String", codec: ZSTD },
  { name: "SpanId", type: "String", codec: ZSTD },
  { name: "ParentSpanId", type: "String", codec: ZSTD },
  { name: "TraceState", type: "String", codec: ZSTD },
  { name: "SpanName", type: "LowCardinality(String)", codec: ZSTD },
  { name: "SpanKind", type: "LowCardinality(String)", codec: ZSTD },
  { name: "ServiceName", type: "LowCardinality(String)", codec: ZSTD },
  { name: "ResourceAttributes", type: TEXTS, codec: ZSTD },
  { name: "ScopeName", type: "String", codec: ZSTD },
  { name: "ScopeVersion", type: "String", codec: ZSTD },
  { name: "SpanAttributes", type: TEXTS, codec: ZSTD },
  { name: "Duration", type: "UInt64", codec: "T64, ZSTD(1)" },
  { name: "StatusCode", type: "LowCardinality(String)", codec: ZSTD },
  { name: "StatusMessage", type: "String", codec: ZSTD },
  { name: "Events.Timestamp", type: "Array(DateTime64(9))", codec: "Delta(8), ZSTD(1)" },
  { name: "Events.Name", type: "Array(LowCardinality(String))", codec: ZSTD },
  { name: "Events.Attributes", type: `Array(${TEXTS})`, codec: ZSTD },
  { name: "Links.TraceId", type: "Array(String)", codec: ZSTD },
  { name: "Links.SpanId", type: "Array(String)", codec: ZSTD },
  { name: "Links.TraceState", type: "Array(String)", codec: ZSTD },
  { name: "Links.Attributes", type: `Array(${TEXTS})`, codec: ZSTD },
];

/** What a span is, decided once when it arrives. The collector's table has no such column: there it is {@link SPAN_TYPE}. */
export const TYPE_COLUMN: Column = { name: "SpanType", type: "LowCardinality(String)", codec: ZSTD };

/** Of the same span, the row with the highest counts. The collector's table has no such column: there it is `VERSION` of `remote/`. */
export const VERSION_COLUMN: Column = { name: "Version", type: "UInt64", codec: "Delta(8), ZSTD(1)" };

const onSpan = (key: string) => sql`SpanAttributes[${key}]`;
const onResource = (key: string) => sql`ResourceAttributes[${key}]`;
/** Throughline writes most of these on the resource, SDKs often on the span. */
const anywhere = (key: string) => sql`if(${onSpan(key)} != '', ${onSpan(key)}, ${onResource(key)})`;
const firstOf = (...values: Sql[]): Sql =>
  values.reduceRight((rest, value) => sql`if(${value} != '', ${value}, ${rest})`);
const integer = (key: string) => sql`toUInt64OrZero(${onSpan(key)})`;

/** Of a span: it ended in an error. Older collectors write `STATUS_CODE_ERROR`. */
export const IS_ERROR = sql`StatusCode IN ('Error', 'STATUS_CODE_ERROR')`;
const isServer = sql`SpanKind IN ('Server', 'SPAN_KIND_SERVER')`;

/**
 * What a span is. Ours say it themselves. Those of others are known by OpenTelemetry's semantic conventions for CI/CD: a
 * task run has its id or result, and a pipeline run is the root or the server span of what has a pipeline's. `span-type.ts`
 * says the same without SQL.
 */
export const SPAN_TYPE = sql`multiIf(
  ${onSpan("throughline.type")} != '', ${onSpan("throughline.type")},
  ${onSpan("cicd.pipeline.task.run.id")} != '' OR ${onSpan("cicd.pipeline.task.run.result")} != '', 'taskrun',
  (ParentSpanId = '' OR ${isServer}) AND (${anywhere("cicd.pipeline.name")} != '' OR ${anywhere("cicd.pipeline.run.id")} != ''
    OR ${onSpan("cicd.pipeline.result")} != ''), 'pipelinerun',
  '')`;

const isProvisional = sql`${onSpan("throughline.provisional")} = 'true'`;

/** `running`, `success`, `failure`, `error`, `timeout`, `cancellation`, `skip`; of spans that do not say, by their status. */
const resultOf = (key: string) =>
  sql`multiIf(${isProvisional}, 'running', ${onSpan(key)} != '', ${onSpan(key)}, ${IS_ERROR}, 'failure', 'success')`;

const isFailure = sql`Result NOT IN ('success', 'running', 'skip')`;
const LOW = "LowCardinality(String)";

/** Both narrow tables have these. `Duration` and `Wait` are nanoseconds. */
const COMMON: readonly DerivedColumn[] = [
  { name: "Timestamp", type: "DateTime64(9)", codec: "Delta(8), ZSTD(1)", from: sql`Timestamp` },
  { name: "TraceId", type: "String", codec: ZSTD, from: sql`TraceId` },
  { name: "SpanId", type: "String", codec: ZSTD, from: sql`SpanId` },
  { name: "ParentSpanId", type: "String", codec: ZSTD, from: sql`ParentSpanId` },
  {
    name: "Namespace",
    type: LOW,
    from: firstOf(anywhere("k8s.namespace.name"), onResource("service.namespace")),
  },
  {
    name: "Pipeline",
    type: LOW,
    from: firstOf(onSpan("tekton.pipeline.name"), anywhere("cicd.pipeline.name"), standInForPipeline()),
  },
  { name: "Repository", type: LOW, from: repositoryOf() },
  { name: "Branch", type: LOW, from: anywhere("vcs.ref.head.name") },
  { name: "Revision", type: "String", codec: ZSTD, from: anywhere("vcs.ref.head.revision") },
  { name: "Application", type: LOW, from: anywhere("delivery.tekton.dev.application") },
  { name: "Component", type: LOW, from: anywhere("delivery.tekton.dev.component") },
  { name: "Reason", type: LOW, from: onSpan("tekton.reason") },
  { name: "Duration", type: "UInt64", codec: ZSTD, from: sql`Duration` },
  { name: "Wait", type: "UInt64", codec: ZSTD, from: integer("throughline.wait_ns") },
];

/**
 * A run without a pipeline, such as a TaskRun of its own, is a run of what it is called. A task of others that does not name its
 * pipeline has none: its own name would be another pipeline than that of its run.
 */
function standInForPipeline(): Sql {
  const name = firstOf(onSpan("cicd.pipeline.task.name"), sql`toString(SpanName)`);
  return sql`if(${onSpan("throughline.type")} != '' OR SpanType = 'pipelinerun', ${name}, '')`;
}

/** `owner/name`, or what there is of it. */
function repositoryOf(): Sql {
  const owner = anywhere("vcs.owner.name");
  const name = firstOf(anywhere("vcs.repository.name"), anywhere("vcs.repository.url.full"));
  return sql`if(${owner} != '' AND ${name} != '', concat(${owner}, '/', ${name}), ${name})`;
}

/**
 * A row for each PipelineRun, each TaskRun that belongs to none, and each run of another CI/CD system that follows the
 * semantic conventions. `Kind` is `PipelineRun` or `TaskRun`. `Message` is that of a failure.
 */
export const RUN_COLUMNS: readonly DerivedColumn[] = [
  ...COMMON,
  { name: "Kind", type: LOW, from: sql`if(SpanType = 'pipelinerun', 'PipelineRun', 'TaskRun')` },
  {
    name: "Run",
    type: "String",
    codec: ZSTD,
    from: firstOf(
      onSpan("tekton.pipelinerun.name"),
      onSpan("tekton.taskrun.name"),
      anywhere("cicd.pipeline.run.id"),
      sql`TraceId`,
    ),
  },
  {
    name: "Uid",
    type: "String",
    codec: ZSTD,
    from: firstOf(anywhere("cicd.pipeline.run.id"), onSpan("cicd.pipeline.task.run.id")),
  },
  {
    name: "Result",
    type: LOW,
    from: sql`if(SpanType = 'pipelinerun', ${resultOf("cicd.pipeline.result")}, ${resultOf("cicd.pipeline.task.run.result")})`,
  },
  {
    name: "Message",
    type: "String",
    codec: ZSTD,
    from: sql`if(${isFailure}, ${firstOf(sql`StatusMessage`, onSpan("tekton.message"))}, '')`,
  },
  { name: "FailedTask", type: LOW, from: onSpan("tekton.failed.task") },
  { name: "FailedStep", type: LOW, from: onSpan("tekton.failed.step") },
  { name: "Change", type: LOW, from: anywhere("vcs.change.id") },
  { name: "Actor", type: LOW, from: anywhere("pipelinesascode.tekton.dev.sender") },
  { name: "Trigger", type: LOW, from: anywhere("pipelinesascode.tekton.dev.event_type") },
];

/** Which spans make a row of `runs`. */
export const IS_RUN = sql`(SpanType = 'pipelinerun' OR (SpanType = 'taskrun' AND ${onSpan("tekton.pipelinerun.name")} = ''
  AND ${onSpan("throughline.type")} != ''))`;

/**
 * A row for each task of a run (`Type` is `taskrun`, `customrun` or `skipped`; a pipeline in a pipeline counts as a
 * `taskrun`), each `attempt` of a task that was retried, and each failed `step`. `Critical` is how many nanoseconds the task with all below it was on the critical
 * path. `After` are the tasks it waited for by the graph. `ExitCode` is -1 where there is none.
 */
export const TASK_COLUMNS: readonly DerivedColumn[] = [
  ...COMMON,
  { name: "Type", type: LOW, from: sql`if(SpanType = 'pipelinerun', 'taskrun', SpanType)` },
  {
    name: "Run",
    type: "String",
    codec: ZSTD,
    from: firstOf(onSpan("tekton.pipelinerun.name"), anywhere("cicd.pipeline.run.id")),
  },
  { name: "TaskRun", type: "String", codec: ZSTD, from: onSpan("tekton.taskrun.name") },
  {
    name: "Task",
    type: LOW,
    from: firstOf(
      onSpan("tekton.pipeline_task.name"),
      onSpan("cicd.pipeline.task.name"),
      sql`toString(SpanName)`,
    ),
  },
  { name: "Step", type: LOW, from: onSpan("tekton.step.name") },
  {
    name: "Result",
    type: LOW,
    from: sql`if(SpanType = 'step', ${resultOf("tekton.step.result")}, ${resultOf("cicd.pipeline.task.run.result")})`,
  },
  {
    name: "Message",
    type: "String",
    codec: ZSTD,
    from: sql`if(${isFailure}, ${firstOf(sql`StatusMessage`, onSpan("tekton.message"))}, '')`,
  },
  {
    name: "ExitCode",
    type: "Int32",
    codec: ZSTD,
    from: sql`toInt32OrDefault(${onSpan("process.exit.code")}, -1::Int32)`,
  },
  {
    name: "Attempt",
    type: "UInt16",
    codec: ZSTD,
    from: sql`toUInt16OrZero(${onSpan("tekton.retry.attempt")})`,
  },
  { name: "Retries", type: "UInt16", codec: ZSTD, from: sql`toUInt16OrZero(${onSpan("tekton.retries")})` },
  { name: "Critical", type: "UInt64", codec: ZSTD, from: integer("throughline.task.critical_path_ns") },
  { name: "MemberOf", type: LOW, from: onSpan("tekton.member_of") },
  {
    name: "After",
    type: "Array(LowCardinality(String))",
    codec: ZSTD,
    from: sql`JSONExtract(${onSpan("tekton.pipeline_task.after")}, 'Array(String)')`,
  },
];

/** Which spans make a row of `tasks`. */
export const IS_TASK = sql`(SpanType IN ('taskrun', 'customrun', 'skipped', 'attempt') OR (SpanType = 'step' AND ${IS_ERROR})
  OR (SpanType = 'pipelinerun' AND ${onSpan("tekton.pipeline_task.name")} != ''))`;

/** What a narrow table holds: the SELECT behind its materialized view. `source` has a column `SpanType`. */
export function derive(
  columns: readonly DerivedColumn[],
  { source, where }: { source: Sql; where: Sql },
): Sql {
  const list = columns.map(({ name, from }) => `${from.text} AS ${name}`).join(",\n  ");
  return sql`SELECT ${{ text: list }} FROM ${source} WHERE ${where}`;
}
