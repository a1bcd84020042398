import type { ResourceSpans } from "../trace/index.ts";
import type { Sender } from "./attempt.ts";
import { quoteFor } from "./quote.ts";
import { countSpans, traceRequests } from "./requests.ts";
import { readTraceResponse, type TraceResponse } from "./response.ts";
import { type ExportResult, ExportTally } from "./result.ts";
import { type ExportSettings, printableEndpoint } from "./settings.ts";

/**
 * Sends spans to a collector and answers what became of them; it never throws for anything the network, the collector
 * or a certificate file does. Requests go one after the other, at most 2,000 spans and 4 MiB each, and each has
 * `settings.timeoutMillis` for all its tries. One that fails does not stop the others, unless no connection came
 * about: then all that is left counts as failed. Sending spans again is harmless, as their ids are the same.
 *
 * Over gRPC, a connection that is still being attempted when time is up stays in the event loop until the kernel gives
 * up on it, about two minutes (@grpc/grpc-js 1.14.7): a command that is done should end with `process.exit`.
 *
 * @example
 * const settings = settingsFromEnvironment(process.env);
 * const result = settings && (await exportSpans(resourceSpans, settings));
 * if (result?.kind === "incomplete") report(result.failed, result.rejected);
 */
export async function exportSpans(
  resourceSpans: readonly ResourceSpans[],
  settings: ExportSettings,
): Promise<ExportResult> {
  const tally = new ExportTally(countSpans(resourceSpans));
  const sender = await openSender(settings).catch((fault: unknown) => openingFault(fault, settings));
  if (typeof sender === "string") {
    tally.failRest(sender);
    return tally.result();
  }
  try {
    await sendAll({ resourceSpans, settings, sender, tally });
  } finally {
    sender.close();
  }
  return tally.result();
}

/** Loaded when spans are sent, so that a command that sends none does not pay for it. */
async function openSender(settings: ExportSettings): Promise<Sender> {
  if (settings.protocol === "grpc") return (await import("./grpc.ts")).openGrpc(settings);
  return (await import("./http.ts")).openHttp(settings);
}

/** A certificate that cannot be read or is none, or a header that gRPC cannot carry. */
function openingFault(fault: unknown, settings: ExportSettings): string {
  const message = fault instanceof Error ? fault.message : String(fault);
  return `cannot send to ${printableEndpoint(settings)}: ${quoteFor(settings)(message)}`;
}

interface Export {
  resourceSpans: readonly ResourceSpans[];
  settings: ExportSettings;
  sender: Sender;
  tally: ExportTally;
}

async function sendAll({ resourceSpans, settings, sender, tally }: Export): Promise<void> {
  for (const { body, spans } of traceRequests(resourceSpans, sender.encoding)) {
    const outcome = await sender.send(body);
    if (outcome.kind === "answered") {
      countAnswer({ answer: readTraceResponse(outcome.body, sender.encoding), spans, settings, tally });
      continue;
    }
    if (outcome.kind === "retryable" && outcome.isUnreachable) return tally.failRest(outcome.reason);
    tally.fail({ spans, reason: outcome.reason });
  }
}

interface Answer {
  answer: TraceResponse | undefined;
  spans: number;
  settings: ExportSettings;
  tally: ExportTally;
}

/** The status said "taken", so an answer nobody can read is a reason to warn and not to send again. */
function countAnswer({ answer, spans, settings, tally }: Answer): void {
  const endpoint = printableEndpoint(settings);
  if (answer === undefined) tally.warn(`${endpoint} took the spans, but its answer is not an OTLP response`);
  const { rejectedSpans = 0, message = "" } = answer ?? {};
  const said = quoteFor(settings)(message);
  const rejected = Math.min(Math.max(rejectedSpans, 0), spans);
  tally.accept(spans - rejected);
  if (rejected > 0)
    tally.reject({ spans: rejected, reason: `${endpoint} rejected spans: ${said || "no reason given"}` });
  else if (said !== "") tally.warn(`${endpoint} warns: ${said}`);
}
