/**
 * A whole trace for drawing: only what is drawn, and in columns. A trace of 50,000 spans with all attributes is some
 * 60 MB of JSON and seconds of parsing; this is a tenth of it, and the map of attributes is read in the engine only.
 */
import { UNTELLING_LINE } from "../../trace/index.ts";
import { IS_ERROR } from "../columns.ts";
import { sql } from "../sql.ts";
import type { Fields, Query } from "../trace-store.ts";

/** Index i of each list is span i. In order of start. What is not known is the empty text, or zero. */
export interface TraceShape {
  spanIds: string[];
  parentSpanIds: string[];
  names: string[];
  services: string[];
  types: string[];
  /** Microseconds since the epoch. */
  startUs: number[];
  durationUs: number[];
  results: string[];
  hasError: boolean[];
  isProvisional: boolean[];
  isCoarse: boolean[];
  isInferred: boolean[];
  /** Steps that have not begun yet. */
  isWaiting: boolean[];
  /** Own share of the critical path. */
  criticalUs: number[];
  /** -1 where there is none. */
  exitCodes: number[];
  /** `schedule`, `pull`, `init` on phases. */
  phases: string[];
  /** Image of a phase. */
  images: string[];
  /** What spans that are not ours said of their failure, the last line of it; empty where nothing was said. */
  messages: string[];
  /** What reconcilers decided, by the index of the span. */
  decisions: ReadonlyMap<number, string[]>;
  /** Of the spans that are a task of a run, by their index. */
  tasks: TaskShape[];
}

export interface TaskShape {
  index: number;
  task: string;
  after: string[];
  isFinally: boolean;
  waitUs: number;
  /** Share of the run's critical path, with all below it. */
  criticalUs: number;
}

/** One row; its lists are empty where there is no such trace. Of a larger trace, `limit` of its spans. */
export function traceShape(traceId: string, limit: number): Query<TraceShape> {
  return {
    purpose: "lookup",
    text: ({ spans }) => sql`SELECT ${LISTS} FROM (
      SELECT ${COLUMNS} FROM ${spans} WHERE TraceId = ${traceId} ORDER BY Version DESC LIMIT 1 BY SpanId LIMIT ${limit}
    )`,
    row: readShape,
  };
}

const attribute = (key: string) => sql`SpanAttributes[${key}]`;
const microseconds = (key: string) => sql`toFloat64OrZero(${attribute(key)}) / 1000`;
const TYPE = attribute("throughline.type");
const TASK = attribute("tekton.pipeline_task.name");

const RESULT = sql`multiIf(
  ${attribute("throughline.provisional")} = 'true', 'running',
  ${attribute("cicd.pipeline.result")} != '', ${attribute("cicd.pipeline.result")},
  ${attribute("cicd.pipeline.task.run.result")} != '', ${attribute("cicd.pipeline.task.run.result")},
  ${attribute("tekton.step.result")})`;

/** More is not drawn in any width. */
const MOST_OF_A_LINE = 500;

const SAID = sql`if(${attribute("error.message")} = '', StatusMessage, ${attribute("error.message")})`;
const LAST_LINE = sql`substringUTF8(
  arrayLast(line -> NOT match(line, ${UNTELLING_LINE}), splitByChar(${"\n"}, ${SAID})), 1, ${MOST_OF_A_LINE})`;

const COLUMNS = sql`SpanId, ParentSpanId, SpanName, ServiceName, ${TYPE} AS Type,
  toUnixTimestamp64Nano(Timestamp) / 1000 AS StartUs, Duration / 1000 AS DurationUs, ${RESULT} AS Result,
  ${IS_ERROR} AS HasError,
  ${attribute("throughline.provisional")} = 'true' AS IsProvisional,
  ${attribute("throughline.time.resolution")} != '' AS IsCoarse, ${attribute("throughline.inferred")} = 'true' AS IsInferred,
  IsProvisional AND ${attribute("tekton.step.never_started")} = 'true' AS IsWaiting,
  ${attribute("throughline.reconcile.decisions")} AS Decisions,
  ${microseconds("throughline.critical_path_ns")} AS CriticalUs,
  toInt32OrDefault(${attribute("process.exit.code")}, -1::Int32) AS ExitCode, ${attribute("tekton.phase")} AS Phase,
  if(Phase = '', '', ${attribute("container.image.name")}) AS Image,
  if(HasError AND Type = '', ${LAST_LINE}, '') AS Message,
  Type IN ('taskrun', 'customrun', 'skipped') OR (Type = 'pipelinerun' AND ${TASK} != '') AS IsTask,
  if(IsTask, if(${TASK} = '', SpanName, ${TASK}), '') AS Task,
  ${attribute("tekton.pipeline_task.after")} AS After,
  ${attribute("tekton.member_of")} = 'finally' AS IsFinally, ${microseconds("throughline.wait_ns")} AS WaitUs,
  ${microseconds("throughline.task.critical_path_ns")} AS TaskCriticalUs`;

const LISTS = sql`groupArray(SpanId) AS SpanIds, groupArray(ParentSpanId) AS ParentSpanIds, groupArray(SpanName) AS Names,
  groupArray(ServiceName) AS Services, groupArray(Type) AS Types, groupArray(StartUs) AS Starts,
  groupArray(DurationUs) AS Durations, groupArray(Result) AS Results, groupArray(HasError) AS Errors,
  groupArray(IsProvisional) AS Provisionals, groupArray(IsCoarse) AS Coarse, groupArray(IsInferred) AS Inferred,
  groupArray(IsWaiting) AS Waiting, groupArray(Decisions) AS Decided,
  groupArray(CriticalUs) AS Criticals, groupArray(ExitCode) AS ExitCodes, groupArray(Phase) AS Phases,
  groupArray(Image) AS Images, groupArray(Message) AS Messages, groupArray(IsTask) AS AreTasks, groupArrayIf(Task, IsTask) AS Tasks,
  groupArrayIf(After, IsTask) AS Afters, groupArrayIf(IsFinally, IsTask) AS Finals, groupArrayIf(WaitUs, IsTask) AS Waits,
  groupArrayIf(TaskCriticalUs, IsTask) AS TaskCriticals`;

function readShape(fields: Fields): TraceShape {
  return {
    spanIds: fields.texts("SpanIds"),
    parentSpanIds: fields.texts("ParentSpanIds"),
    names: fields.texts("Names"),
    services: fields.texts("Services"),
    types: fields.texts("Types"),
    startUs: fields.numbers("Starts"),
    durationUs: fields.numbers("Durations"),
    results: fields.texts("Results"),
    hasError: booleans(fields, "Errors"),
    isProvisional: booleans(fields, "Provisionals"),
    isCoarse: booleans(fields, "Coarse"),
    isInferred: booleans(fields, "Inferred"),
    isWaiting: booleans(fields, "Waiting"),
    decisions: readDecisions(fields),
    criticalUs: fields.numbers("Criticals"),
    exitCodes: fields.numbers("ExitCodes"),
    phases: fields.texts("Phases"),
    images: fields.texts("Images"),
    messages: fields.texts("Messages"),
    tasks: readTasks(fields),
  };
}

function readDecisions(fields: Fields): Map<number, string[]> {
  const decided = fields.texts("Decided");
  return new Map(decided.flatMap((text, index) => (text === "" ? [] : [[index, readTexts(text)]])));
}

function readTasks(fields: Fields): TaskShape[] {
  const names = fields.texts("Tasks");
  const after = fields.texts("Afters");
  const isFinally = booleans(fields, "Finals");
  const waitUs = fields.numbers("Waits");
  const criticalUs = fields.numbers("TaskCriticals");
  const indexes = booleans(fields, "AreTasks").flatMap((isTask, index) => (isTask ? [index] : []));
  return indexes.map((index, row) => ({
    index,
    task: names[row] ?? "",
    after: readTexts(after[row]),
    isFinally: isFinally[row] ?? false,
    waitUs: waitUs[row] ?? 0,
    criticalUs: criticalUs[row] ?? 0,
  }));
}

/** Lists are kept as JSON text; anyone may have sent something else under that name. */
function readTexts(text = ""): string[] {
  if (!text.startsWith("[")) return [];
  try {
    const texts: unknown = JSON.parse(text);
    return Array.isArray(texts) ? texts.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

function booleans(fields: Fields, column: string): boolean[] {
  return fields.numbers(column).map((each) => each === 1);
}
