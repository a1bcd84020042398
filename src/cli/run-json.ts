/** The JSON that `--output json` prints; its shape is documented in docs/cli.md and stays as it is. */

import { toMillis } from "../insight/index.ts";
import { formatTime } from "../tekton/index.ts";
import { type Attributes, type AttributeValue, type Span, StatusCode } from "../trace/index.ts";
import type { RunSummary } from "./survey.ts";

export function runJson(run: RunSummary) {
  return {
    kind: run.kind,
    namespace: run.namespace,
    name: run.name,
    uid: run.uid,
    pipeline: run.pipeline,
    traceId: run.traceId,
    spanId: run.spanId,
    parentUid: run.parentUid,
    complete: run.isComplete,
    sampled: run.isSampled,
    result: run.result,
    reason: run.reason,
    failure: run.failure,
    startTime: formatTime(run.startNs),
    endTime: run.isComplete ? formatTime(run.endNs) : undefined,
    durationMs: toMillis(run.endNs - run.startNs),
    spanCount: run.spanCount,
    criticalPath: run.criticalPath.map(({ startNs, endNs, cause, task, label, spanId }) => ({
      cause,
      task,
      label,
      startTime: formatTime(startNs),
      durationMs: toMillis(endNs - startNs),
      spanId,
    })),
    uncertain: run.uncertain,
  };
}

export function spanJson(span: Span) {
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    startTime: formatTime(span.startNs),
    endTime: formatTime(span.endNs),
    durationMs: toMillis(span.endNs - span.startNs),
    status: span.statusCode === StatusCode.error ? "error" : "unset",
    message: span.statusMessage,
    attributes: attributesJson(span.attributes),
    events: span.events.map(({ name, timeNs, attributes }) => ({
      name,
      time: formatTime(timeNs),
      attributes: attributesJson(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: attributesJson(attributes),
    })),
  };
}

export function attributesJson(attributes: Attributes): Record<string, Exclude<AttributeValue, bigint>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === "bigint" ? Number(value) : value,
    ]),
  );
}
