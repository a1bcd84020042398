/** What is told of runs that are over: results and waterfall, or JSON; and their trace goes where traces are kept. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { toMillis } from "../../insight/index.ts";
import type { KubeApi } from "../../kube/index.ts";
import { jsonChunks } from "../../otlp/index.ts";
import type { ResourceSpans, RunTrace } from "../../trace/index.ts";
import type { Destination } from "../destination.ts";
import { drawRun, withChildren } from "../draw-run.ts";
import { ExitCode } from "../failure.ts";
import { painter, printable, type Terminal } from "../terminal.ts";
import type { Following } from "./follow.ts";
import type { RunSettings } from "./options.ts";
import { type FinishedRun, resultJson, succeededOf } from "./result.ts";
import type { DrawnSpans, SentSpans } from "./sent-spans.ts";
import { deliverRun, type ReconcileSpans, tracesOf } from "./telemetry.ts";

interface Ended {
  api: KubeApi;
  following: Following;
  settings: RunSettings;
  reconciles: ReconcileSpans;
  /** What steps sent, to be drawn, and for the trace file. */
  sent: SentSpans | undefined;
  destination: Destination;
}

/** Answers the exit code: 1 when a run did not succeed. */
export async function report(
  { api, following, settings, reconciles, sent, destination }: Ended,
  terminal: Terminal,
): Promise<ExitCode> {
  const traces = await tracesOf(api, terminal.env);
  const finished = (await following.over).map((run) => finishedRun(run, { traces, following }));
  if (settings.output === "json") await writeJson(finished, terminal);
  else await writeText(finished, { traces, sent }, terminal);
  const spans = [
    ...traces.filter(({ isSampled }) => isSampled).map(({ resourceSpans }) => resourceSpans),
    ...reconciles.collected,
  ];
  const { traceOut } = settings;
  const isWritten = traceOut === undefined || (await writeTrace(traceOut, traceText(spans, sent), terminal));
  const isDelivered = await deliverRun(spans, destination, terminal);
  const hasFailed = finished.some(({ run }) => succeededOf(run)?.status !== "True");
  if (hasFailed) return ExitCode.runFailed;
  return isDelivered && isWritten ? ExitCode.ok : ExitCode.badInput;
}

function finishedRun(
  run: FinishedRun["run"],
  { traces, following }: { traces: readonly RunTrace[]; following: Following },
): FinishedRun {
  const trace = traces.find(({ uid }) => uid === run.metadata.uid);
  return {
    run,
    children: following.childrenOf(run.metadata.uid),
    traceId: trace?.traceId ?? "",
    durationMs: trace === undefined ? 0 : toMillis(trace.endNs - trace.startNs),
  };
}

async function writeJson(finished: readonly FinishedRun[], terminal: Terminal): Promise<void> {
  const documents = finished.map(resultJson);
  const [only] = documents;
  const document = documents.length === 1 ? only : documents;
  await terminal.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

async function writeText(
  finished: readonly FinishedRun[],
  { traces, sent }: { traces: readonly RunTrace[]; sent: SentSpans | undefined },
  terminal: Terminal,
): Promise<void> {
  const drawn = sent?.drawn() ?? { spans: [], isWhole: true };
  for (const each of finished) {
    const trace = traces.find(({ uid }) => uid === each.run.metadata.uid);
    const drawing = trace === undefined ? "" : drawingOf(trace, { traces, drawn }, terminal);
    await terminal.write(`\n${drawing}${describeResults(each, terminal)}`);
  }
}

function drawingOf(
  trace: RunTrace,
  { traces, drawn }: { traces: readonly RunTrace[]; drawn: DrawnSpans },
  terminal: Terminal,
): string {
  const runs = withChildren(trace, traces);
  const others = traces.filter((run) => run.traceId === trace.traceId && !runs.includes(run));
  const elsewhere = new Set(others.flatMap((run) => run.resourceSpans.spans.map(({ spanId }) => spanId)));
  return drawRun(runs, { isWhole: false, sent: { ...drawn, elsewhere } }, terminal);
}

function describeResults({ run }: FinishedRun, terminal: Terminal): string {
  const condition = succeededOf(run);
  const paint = painter(terminal);
  const failure =
    condition?.status === "True"
      ? []
      : [paint(printable(`${condition?.reason}: ${condition?.message}`), "red")];
  const results = (run.status?.results ?? []).map(({ name, value }) =>
    printable(`result ${name} = ${typeof value === "string" ? value : JSON.stringify(value)}`),
  );
  return [...failure, ...results].map((line) => `${line}\n`).join("");
}

/** Answers whether it is there. The trace goes where traces are kept all the same. */
async function writeTrace(path: string, text: Iterable<string>, terminal: Terminal): Promise<boolean> {
  try {
    await pipeline(Readable.from(text), createWriteStream(path));
    return true;
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    terminal.say(printable(`--trace-out ${path}: cannot be written: ${reason}`));
    return false;
  }
}

/** How an OTLP/JSON request ends. */
const END = "]}";

/** The run's own spans, and after them those that steps sent, as one request. */
function* traceText(spans: readonly ResourceSpans[], sent: SentSpans | undefined): Generator<string> {
  let held = "";
  for (const chunk of jsonChunks(spans)) {
    const text = held + chunk;
    yield text.slice(0, -END.length);
    held = text.slice(-END.length);
  }
  let separator = spans.length === 0 ? "" : ",";
  const taken = new Set(spans.flatMap((resource) => resource.spans.map(({ spanId }) => spanId)));
  for (const each of sent?.resourceSpans(taken) ?? []) {
    yield separator + JSON.stringify(each);
    separator = ",";
  }
  yield `${END}\n`;
}
