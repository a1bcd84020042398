import { logsOfSpan, type StoredSpan, spanById } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { SpanAnswer } from "./answers.ts";
import { toMillis } from "./duration.ts";
import { findTrace } from "./find-run.ts";
import { QuestionError, quote } from "./parameters.ts";
import { question } from "./question.ts";
import { known } from "./run-row.ts";
import { TRACE_ID_PARAMETER } from "./trace.ts";

/** The last of them: what went wrong stands at the end. */
const MOST_LOGS = 1_000;

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
      store.select(logsOfSpan({ traceId, spanId }, MOST_LOGS)),
    ]);
    if (span === undefined)
      throw new QuestionError(`there is no span ${quote(spanId)} in trace ${traceId}`, "notFound");
    const records = logs.map(({ timeNs, severity, body }) => ({ time: formatTime(timeNs), severity, body }));
    return { ...spanAnswer(span), logs: records };
  },
});

function spanAnswer(span: StoredSpan): Omit<SpanAnswer, "logs"> {
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
