import { formatDuration, TRACE, type TraceAnswer, type TraceRun } from "../insight/index.ts";
import { parseTime } from "../tekton/index.ts";
import { type AnswerBars, barsOfAnswer } from "./answer-bars.ts";
import { type AskOptions, ask } from "./ask.ts";
import { count } from "./count.ts";
import { ExitCode } from "./failure.ts";
import { cut, painter, printable, type Terminal } from "./terminal.ts";
import type { DrawingOptions } from "./trace-file.ts";
import { drawHead, drawLegend, drawOtherHead } from "./trace-head.ts";
import { drawWaterfall } from "./waterfall.ts";

/** `throughline trace RUN`: a trace that is kept, by its id or by the run that is wanted. */
export async function traceOfStore(
  wanted: string,
  { output, isWhole, hasReconciles, ...options }: DrawingOptions & AskOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const answer = await ask(TRACE, { id: wanted }, { options, terminal });
  if (output === "json") {
    await terminal.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    return ExitCode.ok;
  }
  const drawn = barsOfAnswer(answer, { hasReconciles });
  const lines = [
    ...headOf(answer, terminal),
    "",
    ...drawWaterfall({ ...drawn, startNs: 0n, isWhole }, terminal),
    "",
    drawLegend(terminal),
    ...reconcileNote(drawn, { hasReconciles }, terminal),
  ];
  await terminal.write(`${lines.join("\n")}\n`);
  return ExitCode.ok;
}

function reconcileNote(
  { reconciles }: AnswerBars,
  { hasReconciles }: { hasReconciles: boolean },
  terminal: Terminal,
): string[] {
  if (reconciles === 0) return [];
  const note = hasReconciles
    ? "◦ ─ reconcilers at work, with what they decided"
    : `${count(reconciles, "reconcile span")} left out; --reconciles draws what the reconcilers did`;
  return [painter(terminal)(cut(note, terminal.width), "grey")];
}

/** Of the outermost run; a trace of something else has none. */
function headOf(answer: TraceAnswer, terminal: Terminal): string[] {
  const [run] = answer.runs;
  return run === undefined ? otherHead(answer, terminal) : headOfRun(run, answer, terminal);
}

function headOfRun(run: TraceRun, { traceId, notes }: TraceAnswer, terminal: Terminal): string[] {
  const { result, reason = "", repository = "", branch = "", revision = "", change = "", actor = "" } = run;
  const isComplete = result !== "running";
  return drawHead(
    {
      ...run,
      ...(isComplete ? { result } : { result: undefined }),
      isComplete,
      reason,
      traceId,
      startNs: timeOf(run.startTime),
      summary: printable(run.summary),
      origin: { repository, branch, revision, change, actor },
      notes,
    },
    terminal,
  );
}

function otherHead(answer: TraceAnswer, terminal: Terminal): string[] {
  const { spans, texts, traceId, notes } = answer;
  const text = (index = -1) => texts[index] ?? "";
  const duration = formatDuration(BigInt(Math.round(answer.durationMs * 1e6)));
  return drawOtherHead(
    {
      title: text(spans.name[0]),
      service: text(spans.service[0]),
      summary: `${duration}, ${count(spans.id.length, "span")}`,
      startNs: timeOf(answer.startTime),
      traceId,
      notes,
    },
    terminal,
  );
}

function timeOf(text: string): bigint {
  return parseTime(text) ?? 0n;
}
