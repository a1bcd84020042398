/** The ways by which the telemetry of steps reaches where it is to go: requests, spools, and what they print. */
import type { TelemetryListener } from "../../local/index.ts";
import type { Destination } from "../destination.ts";
import { Intake } from "../intake.ts";
import type { LostTelemetry } from "../lost-telemetry.ts";
import { startReceiver } from "../receiver.ts";
import { StepLogs } from "../step-logs.ts";
import { SentSpans } from "./sent-spans.ts";
import { type Sink, sinkOf } from "./telemetry.ts";

export interface StepTelemetry {
  /** Where steps send it. */
  endpoint: string | undefined;
  /** For what they leave in their spools. Undefined where it could not be handed on. */
  collect: TelemetryListener | undefined;
  /** Undefined where nobody keeps what they print. */
  logs: Pick<StepLogs, "add"> | undefined;
  /** Undefined where it is neither drawn nor written. */
  sent: SentSpans | undefined;
  /** Takes no more, and settles when all of it is where it goes. */
  end(): Promise<void>;
  /** To be asked at the end. */
  lost(): Pick<LostTelemetry, "requests" | "lines">;
}

/** What the steps of a run may leave in the spool of the data directory. */
const MAX_TELEMETRY_BYTES = 256 * 1024 * 1024;

/**
 * Where a collector was named, steps send to it themselves, and only their spools are handed on. One that was named for spans alone
 * has no address of which steps can be told by the general variable: then what they send is handed on too.
 */
export async function startStepTelemetry(options: {
  destination: Destination;
  /** What becomes of the spans among it here, wherever else they go. */
  spans: { areDrawn: boolean; areWritten: boolean };
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` names. */
  collector: string | undefined;
  say: (line: string) => void;
}): Promise<StepTelemetry> {
  const { destination, spans, collector, say } = options;
  const sink = sinkOf(destination, say);
  const isWanted = spans.areDrawn || spans.areWritten;
  const sent = isWanted ? new SentSpans({ isForFile: spans.areWritten }) : undefined;
  const intake = new Intake(keeping(sent, sink), { maxTotalBytes: MAX_TELEMETRY_BYTES });
  const isCollector = destination.kind === "collector";
  const sendsItself = isCollector && (collector !== undefined || sink === undefined);
  const receiver = sendsItself ? undefined : await startReceiver(intake);
  const hasLogs = sink !== undefined && !isCollector && destination.kind !== "nowhere";
  const logs = hasLogs ? new StepLogs(sink, say) : undefined;
  return {
    endpoint: receiver?.endpoint ?? collector,
    collect: sink === undefined ? undefined : intake.collect,
    logs,
    sent,
    end: async () => {
      await Promise.all([receiver?.close(), logs?.end()]);
      await intake.settled();
    },
    lost: () => ({ requests: intake.refused + (receiver?.unreadable() ?? 0), lines: logs?.lost ?? 0 }),
  };
}

/** Waterfall and file have what steps sent, whatever becomes of it elsewhere. */
function keeping(sent: SentSpans | undefined, sink: Sink = async () => {}): Sink {
  return async (body) => {
    sent?.add(body);
    await sink(body);
  };
}
