/** The bars of runs that were just built from their objects. */

import { shortImage } from "../insight/index.ts";
import type { ReceivedSpan } from "../otlp/index.ts";
import { compareTimes } from "../tekton/index.ts";
import { type Result, type RunTrace, type Span, StatusCode } from "../trace/index.ts";
import { type Bar, HIDDEN_TYPES } from "./bar.ts";
import { glyphOf, type Mark } from "./result-marks.ts";
import { barsOfSent, type PlacedBar } from "./sent-bars.ts";
import { printable } from "./terminal.ts";

/** What steps sent, as far as it may belong to the runs that are drawn. */
export interface Sent {
  spans: readonly ReceivedSpan[];
  /** Spans of runs that are drawn for themselves: what steps sent below them is drawn there. */
  elsewhere: ReadonlySet<string>;
}

const NOTHING: Sent = { spans: [], elsewhere: new Set() };

/** The spans of a run and of the PipelineRuns it started, with those their steps sent below the steps, as a tree. */
export function barsOfRuns(runs: readonly RunTrace[], sent = NOTHING): Bar[] {
  const spans = runs.flatMap((run) => run.resourceSpans.spans);
  const shown = spans.filter((span) => !HIDDEN_TYPES.has(span.attributes["throughline.type"]));
  const bars = new Map<string, Bar>();
  const own = shown.map((span) => ({
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    bar: barOf(span),
  }));
  const others = barsOfSent(spansOfTrace(sent, runs, spans));
  // Ours first: what a step sent never comes to stand above them.
  const roots = [...place(own, bars), ...place(others, bars, sent.elsewhere)];
  // Runs that a run started come after its own tasks; steps stay in the order of the Task.
  for (const bar of bars.values()) if (bar.type === "pipelinerun") bar.children.sort(byStart);
  return roots;
}

/** Puts bars below those that are there already, or below each other. Answers those whose parent nobody knows. */
function place(placed: readonly PlacedBar[], bars: Map<string, Bar>, elsewhere = NOTHING.elsewhere): Bar[] {
  for (const { spanId, bar } of placed) bars.set(spanId, bar);
  const roots: Bar[] = [];
  for (const { parentSpanId = "", bar } of placed) {
    const parent = bars.get(parentSpanId);
    if (parent !== undefined) parent.children.push(bar);
    else if (!elsewhere.has(parentSpanId)) roots.push(bar);
  }
  return roots;
}

function spansOfTrace(
  { spans }: Sent,
  runs: readonly RunTrace[],
  own: readonly Span[],
): readonly ReceivedSpan[] {
  const traceIds = new Set(runs.map(({ traceId }) => traceId));
  const ours = new Set(own.map(({ spanId }) => spanId));
  return spans.filter(({ traceId, spanId }) => traceIds.has(traceId) && !ours.has(spanId));
}

function byStart(a: Bar, b: Bar): number {
  return compareTimes(a.startNs, b.startNs);
}

function barOf(span: Span): Bar {
  const { attributes, startNs, endNs, statusCode, statusMessage } = span;
  return {
    title: titleOf(span),
    type: String(attributes["throughline.type"]),
    startNs,
    endNs,
    mark: markOf(span),
    isTimeUnknown: attributes["throughline.time.resolution"] === "unknown",
    isCoarse: "throughline.time.resolution" in attributes,
    isProvisional: attributes["throughline.provisional"] === true,
    isError: statusCode === StatusCode.error,
    ...(statusMessage && { message: statusMessage }),
    isOnPath: "throughline.critical_path_ns" in attributes,
    children: [],
  };
}

/** Several images may be pulled for a task, and a matrix has several tasks of one name: the row says which. */
function titleOf({ name, attributes }: Span): string {
  const isPull = attributes["tekton.phase"] === "pull";
  if (isPull) return printable(`pull ${shortImage(String(attributes["container.image.name"] ?? ""))}`);
  const matrix = attributes["tekton.matrix"] as readonly string[] | undefined;
  return printable(
    matrix === undefined ? name : `${name} [${matrix.map((pair) => pair.replace(/^[^=]*=/, "")).join(", ")}]`,
  );
}

function markOf({ attributes, statusCode }: Span): Mark {
  const result = (attributes["cicd.pipeline.result"] ??
    attributes["cicd.pipeline.task.run.result"] ??
    attributes["tekton.step.result"]) as Result | undefined;
  if (attributes["throughline.type"] === "phase" && statusCode === StatusCode.unset)
    return { text: "▪", colour: "grey" };
  if (attributes["tekton.step.never_started"] === true) return { text: "·", colour: "grey" };
  if (result === undefined && statusCode === StatusCode.error) return glyphOf("error", true);
  return glyphOf(result, attributes["throughline.provisional"] !== true);
}
