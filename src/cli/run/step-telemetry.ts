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
  /** Where steps send it. Undefined where they are told what this program was told. */
  endpoint: string | undefined;
  /** For what they leave in their spools. Undefined where nobody takes that. */
  collect: TelemetryListener | undefined;
  /** Undefined where nobody keeps what they print. */
  logs: Pick<StepLogs, "add"> | undefined;
  /** Undefined where nobody asked for it. */
  sent: SentSpans | undefined;
  /** Takes no more, and settles when all of it is where it goes. */
  end(): Promise<void>;
  /** To be asked at the end. */
  lost(): Pick<LostTelemetry, "requests" | "lines">;
}

/** What the steps of a run may leave in the spool of the data directory. */
const MAX_TELEMETRY_BYTES = 256 * 1024 * 1024;

/** Where a collector was named, steps send to it themselves, and only their spools are handed on. */
export async function startStepTelemetry(options: {
  destination: Destination;
  /** Whether the spans among it are to be kept for a file. */
  keepsSpans: boolean;
  say: (line: string) => void;
}): Promise<StepTelemetry> {
  const { destination, keepsSpans, say } = options;
  const sink = sinkOf(destination);
  const sent = keepsSpans ? new SentSpans() : undefined;
  const intake = new Intake(keeping(sent, sink), { maxTotalBytes: MAX_TELEMETRY_BYTES });
  const sendsItself = destination.kind === "collector";
  const receiver = sendsItself ? undefined : await startReceiver(intake);
  const goesNowhere = sink === undefined || (destination.kind === "nowhere" && !keepsSpans);
  const hasLogs = sink !== undefined && !sendsItself && destination.kind !== "nowhere";
  const logs = hasLogs ? new StepLogs(sink, say) : undefined;
  return {
    endpoint: receiver?.endpoint,
    collect: goesNowhere ? undefined : intake.collect,
    logs,
    sent,
    end: async () => {
      await Promise.all([receiver?.close(), logs?.end()]);
      await intake.settled();
    },
    lost: () => ({ requests: intake.refused + (receiver?.unreadable() ?? 0), lines: logs?.lost ?? 0 }),
  };
}

/** The file has what steps sent, whatever becomes of it elsewhere. */
function keeping(sent: SentSpans | undefined, sink: Sink = async () => {}): Sink {
  return async (body) => {
    sent?.add(body);
    await sink(body);
  };
}
