import { logsOfSpan, type StoredLog, type StoredSpan, spanById } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import { MOST_LOGS, type SpanAnswer } from "./answers/index.ts";
import { toMillis } from "./duration.ts";
import { findTrace } from "./find-run.ts";
import { QuestionError, quote } from "./parameters.ts";
import { question } from "./question.ts";
import { known } from "./run-row.ts";
import { TRACE_ID_PARAMETER } from "./trace.ts";

/** One span with all it says, and its log records. */
export const SPAN = question<SpanAnswer>({
  name: "span",
  path: "traces/{id}/spans/{spanId}",
  summary: "One span with its attributes, events, links and log records",
  answerName: "SpanAnswer",
  parameters: [
    TRACE_ID_PARAMETER,
    { name: "spanId", kind: "text", inPath: true, isRequired: true, description: "id of the span" },
  ],
  async answer({ store }, given) {
    const { traceId } = await findTrace(given.text("id") ?? "", store);
    const spanId = (given.text("spanId") ?? "").toLowerCase();
    const [[span], logs] = await Promise.all([
      store.select(spanById({ traceId, spanId })),
      // One more than is answered tells whether there are more.
      store.select(logsOfSpan({ traceId, spanId }, MOST_LOGS + 1)),
    ]);
    if (span === undefined)
      throw new QuestionError(`there is no span ${quote(spanId)} in trace ${traceId}`, "notFound");
    const isCut = logs.length > MOST_LOGS;
    return {
      ...spanAnswer(span),
      logs: logs.slice(-MOST_LOGS).map(logAnswer),
      ...(isCut && { isLogCut: true }),
    };
  },
});

function logAnswer({ timeNs, severity, body, stream }: StoredLog): SpanAnswer["logs"][number] {
  const isKnown = stream === "stdout" || stream === "stderr";
  return { time: formatTime(timeNs), severity, body, ...(isKnown && { stream }) };
}

function spanAnswer(span: StoredSpan): Omit<SpanAnswer, "logs" | "isLogCut"> {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...known("parentSpanId", span.parentSpanId ?? ""),
    name: span.name,
    kind: span.kind,
    service: span.serviceName,
    startTime: formatTime(span.startNs),
    durationMs: toMillis(span.durationNs),
    status: span.status,
    ...known("message", span.statusMessage),
    attributes: span.attributes,
    resource: span.resource,
    events: span.events.map(({ name, timeNs, attributes }) => ({
      name,
      time: formatTime(timeNs),
      attributes,
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({ traceId, spanId, attributes })),
  };
}
