/** The bars of a trace that a store was asked for. */
import { type ResultWord, SPAN_FLAGS, type TraceAnswer } from "../insight/index.ts";
import { type Bar, HIDDEN_TYPES } from "./bar.ts";
import { glyphOf, type Mark } from "./result-marks.ts";
import { printable } from "./terminal.ts";

/** Times are nanoseconds since the trace's start. */
export function barsOfAnswer(answer: TraceAnswer): Bar[] {
  const { parent } = answer.spans;
  const bars = parent.map((_, index) => barOf(answer, index));
  const roots: Bar[] = [];
  parent.forEach((above, index) => {
    const bar = bars[index];
    if (bar !== undefined && !HIDDEN_TYPES.has(bar.type)) (bars[above]?.children ?? roots).push(bar);
  });
  for (const run of answer.runs) {
    const bar = bars[run.span];
    if (bar !== undefined && run.message !== undefined) bar.message = run.message;
  }
  return roots;
}

function barOf({ spans, texts }: TraceAnswer, index: number): Bar {
  const text = (column: readonly number[]) => texts[column[index] ?? -1] ?? "";
  const flags = spans.flags[index] ?? 0;
  const isError = (flags & SPAN_FLAGS.error) !== 0;
  const startNs = nanos(spans.startMs[index]);
  const exitCode = spans.exitCode[index] ?? 0;
  const type = text(spans.type);
  return {
    title: printable(text(spans.name)),
    type,
    startNs,
    endNs: startNs + nanos(spans.durationMs[index]),
    mark: markOf({ type, result: text(spans.result) as ResultWord | "", isError }),
    isTimeUnknown: false,
    isProvisional: (flags & SPAN_FLAGS.provisional) !== 0,
    isError,
    ...(exitCode !== 0 && { message: `exited with code ${exitCode}` }),
    isOnPath: (spans.criticalMs[index] ?? 0) > 0,
    children: [],
  };
}

function nanos(millis = 0): bigint {
  return BigInt(Math.round(millis * 1e6));
}

interface Looks {
  type: string;
  result: ResultWord | "";
  isError: boolean;
}

function markOf({ type, result, isError }: Looks): Mark {
  if (isError && (result === "" || result === "success")) return glyphOf("error", true);
  if (type === "phase") return { text: "▪", colour: "grey" };
  if (result === "running") return glyphOf(undefined, false);
  if (result !== "") return glyphOf(result, true);
  // Spans of others say nothing when all went well.
  return type === "" ? { text: "▪", colour: "grey" } : glyphOf(undefined, true);
}
