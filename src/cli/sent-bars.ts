/** The bars of what steps sent about themselves. Anything may stand in there, and none of it is taken for a span of ours. */
import { isReconcile } from "../insight/index.ts";
import type { ReceivedAttributes, ReceivedSpan } from "../otlp/index.ts";
import { compareTimes } from "../tekton/index.ts";
import { StatusCode, tellingLineOf } from "../trace/index.ts";
import { type Bar, HIDDEN_TYPES } from "./bar.ts";
import { failureWords } from "./failure-words.ts";
import { glyphOf } from "./result-marks.ts";
import { printable } from "./terminal.ts";

/** A bar, and its place in the tree. */
export interface PlacedBar {
  spanId: string;
  parentSpanId: string | undefined;
  bar: Bar;
}

/** Each once, the first begun first. A run inside a step sends what its reconcilers did too, which is not drawn. */
export function barsOfSent(spans: readonly ReceivedSpan[]): PlacedBar[] {
  const shown = spans.filter((span) => !HIDDEN_TYPES.has(typeOf(span)) && !tellsOfReconciling(span));
  const unique = [...new Map(shown.map((span) => [span.spanId, span])).values()];
  return unique
    .sort((a, b) => compareTimes(a.startNs, b.startNs))
    .map((span) => ({ spanId: span.spanId, parentSpanId: span.parentSpanId, bar: barOf(span) }));
}

function tellsOfReconciling(span: ReceivedSpan): boolean {
  return isReconcile({ type: typeOf(span), service: textOf(span.resource.attributes, "service.name") });
}

function typeOf({ attributes }: ReceivedSpan): string {
  return textOf(attributes, "throughline.type");
}

function textOf(attributes: ReceivedAttributes, key: string): string {
  const value = attributes[key];
  return typeof value === "string" ? value : "";
}

function barOf(span: ReceivedSpan): Bar {
  const { name, startNs, attributes, statusCode } = span;
  const isError = statusCode === StatusCode.error;
  const message = messageOf(span);
  return {
    title: printable(name),
    type: typeOf(span),
    startNs,
    endNs: span.endNs < startNs ? startNs : span.endNs,
    // They say nothing when all went well.
    mark: isError ? glyphOf("error", true) : { text: "▪", colour: "grey" },
    isTimeUnknown: false,
    isCoarse: "throughline.time.resolution" in attributes,
    isProvisional: false,
    isError,
    ...(message && { message }),
    isOnPath: false,
    children: [],
  };
}

/** A command that was wrapped says how it ended, and what it wrote last in an attribute. */
function messageOf({ statusMessage = "", attributes }: ReceivedSpan): string {
  const exitCode = attributes["process.exit.code"];
  const said = textOf(attributes, "error.message") || statusMessage;
  return failureWords(typeof exitCode === "bigint" ? exitCode : 0, tellingLineOf(said));
}
