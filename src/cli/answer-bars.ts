/** The bars of a trace that a store was asked for. */
import {
  isReconcile,
  type ResultWord,
  SPAN_FLAGS,
  type TraceAnswer,
  withNothingElseBelow,
} from "../insight/index.ts";
import { type Bar, HIDDEN_TYPES } from "./bar.ts";
import { failureWords } from "./failure-words.ts";
import { glyphOf, type Mark, RECONCILE_MARK } from "./result-marks.ts";
import { printable } from "./terminal.ts";

export interface AnswerBars {
  bars: Bar[];
  /** When the last of them ends. */
  endNs: bigint;
  /** How many spans of reconcilers there are, drawn or not. */
  reconciles: number;
}

/** Times are nanoseconds since the trace's start. */
export function barsOfAnswer(answer: TraceAnswer, { hasReconciles }: { hasReconciles: boolean }): AnswerBars {
  const { parent } = answer.spans;
  const bars = parent.map((_, index) => barOf(answer, index));
  const reconciling = withNothingElseBelow({ parent, isMeant: (index) => bars[index]?.type === "reconcile" });
  const roots: Bar[] = [];
  let endNs = 0n;
  parent.forEach((above, index) => {
    const bar = bars[index];
    if (bar === undefined || HIDDEN_TYPES.has(bar.type)) return;
    if (reconciling[index] === 1 && !hasReconciles) return;
    (bars[above]?.children ?? roots).push(bar);
    if (bar.endNs > endNs) endNs = bar.endNs;
  });
  for (const run of answer.runs) {
    const bar = bars[run.span];
    if (bar !== undefined && run.message !== undefined) bar.message = run.message;
  }
  for (const { span, decisions } of answer.decisions) {
    const bar = bars[span];
    if (bar !== undefined) bar.note = printable(decisions.join("; "));
  }
  for (const { span, image } of answer.images) {
    const bar = bars[span];
    if (bar !== undefined) bar.title = `pull ${printable(image)}`;
  }
  for (const { span, message } of answer.messages) {
    const bar = bars[span];
    if (bar !== undefined) bar.message = failureWords(answer.spans.exitCode[span] ?? 0, message);
  }
  return { bars: roots, endNs, reconciles: reconciling.reduce((sum, each) => sum + each, 0) };
}

function barOf({ spans, texts }: TraceAnswer, index: number): Bar {
  const text = (column: readonly number[]) => texts[column[index] ?? -1] ?? "";
  const flags = spans.flags[index] ?? 0;
  const isError = (flags & SPAN_FLAGS.error) !== 0;
  const startNs = nanos(spans.startMs[index]);
  const exitCode = spans.exitCode[index] ?? 0;
  const type = typeOf({ type: text(spans.type), service: text(spans.service) });
  return {
    title: printable(text(spans.name)),
    type,
    startNs,
    endNs: startNs + nanos(spans.durationMs[index]),
    mark: markOf({ type, result: text(spans.result) as ResultWord | "", isError, flags }),
    isTimeUnknown: false,
    isCoarse: (flags & SPAN_FLAGS.coarse) !== 0,
    isProvisional: (flags & SPAN_FLAGS.provisional) !== 0,
    isError,
    ...(exitCode !== 0 && { message: failureWords(exitCode) }),
    isOnPath: (spans.criticalMs[index] ?? 0) > 0,
    children: [],
  };
}

function typeOf(span: { type: string; service: string }): string {
  return isReconcile(span) ? "reconcile" : span.type;
}

function nanos(millis = 0): bigint {
  return BigInt(Math.round(millis * 1e6));
}

interface Looks {
  type: string;
  result: ResultWord | "";
  isError: boolean;
  flags: number;
}

function markOf({ type, result, isError, flags }: Looks): Mark {
  if (isError && (result === "" || result === "success")) return glyphOf("error", true);
  if (type === "phase") return { text: "▪", colour: "grey" };
  if (type === "reconcile") return RECONCILE_MARK;
  if ((flags & SPAN_FLAGS.waiting) !== 0) return { text: "·", colour: "grey" };
  if (result === "running") return glyphOf(undefined, false);
  if (result !== "") return glyphOf(result, true);
  // Spans of others say nothing when all went well.
  return type === "" ? { text: "▪", colour: "grey" } : glyphOf(undefined, true);
}
