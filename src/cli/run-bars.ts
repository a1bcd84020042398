/** The bars of runs that were just built from their objects. */

import { shortImage } from "../insight/index.ts";
import { compareTimes } from "../tekton/index.ts";
import { type Result, type RunTrace, type Span, StatusCode } from "../trace/index.ts";
import { type Bar, HIDDEN_TYPES } from "./bar.ts";
import { glyphOf, type Mark } from "./result-marks.ts";
import { printable } from "./terminal.ts";

/** The spans of a run and of the PipelineRuns it started, as a tree. */
export function barsOfRuns(runs: readonly RunTrace[]): Bar[] {
  const spans = runs.flatMap((run) => run.resourceSpans.spans);
  const shown = spans.filter((span) => !HIDDEN_TYPES.has(span.attributes["throughline.type"]));
  const bars = new Map(shown.map((span) => [span.spanId, barOf(span)]));
  const roots: Bar[] = [];
  for (const { spanId, parentSpanId } of shown) {
    const bar = bars.get(spanId);
    const parent = parentSpanId === undefined ? undefined : bars.get(parentSpanId);
    if (bar !== undefined) (parent?.children ?? roots).push(bar);
  }
  // Runs that a run started come after its own tasks; steps stay in the order of the Task.
  for (const bar of bars.values()) if (bar.type === "pipelinerun") bar.children.sort(byStart);
  return roots;
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
