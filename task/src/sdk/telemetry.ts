/** The life of a task's telemetry: one start, one end, whichever way the process goes. */
import { contextFileOf, parentOf } from "../context/context.ts";
import { complain } from "./losses.ts";
import { hasOpenMeasures, settleMeasures } from "./metrics.ts";
import { setRedaction } from "./redaction.ts";
import { stopCommands } from "./run-command-children.ts";
import { destinationsOf, type Session, startSession } from "./session.ts";
import { watchProcess } from "./shutdown.ts";

/** What may be set in code; everything else is the environment's. */
export interface TaskTelemetryOptions {
  /** Attributes of the resource on top of those the environment gives, for spans and metrics: few values, no names of runs. */
  resource?: Readonly<Record<string, string>>;
  /** More patterns of secrets, or `false` to record everything as it is. */
  redact?: readonly RegExp[] | false;
  /** Where an earlier task left its context; else `THROUGHLINE_CONTEXT_FILE`, else `/workspace/trace-ctx/traceparent.json`. */
  contextFile?: string;
  /** The longest that an end of the process waits for a receiver. 5000 by default. */
  shutdownTimeoutMs?: number;
}

/** The telemetry of this process. */
export interface TaskTelemetry {
  /** Whether anything is recorded and sent. When not, every call of this package is a call of what it wraps. */
  readonly isActive: boolean;
  /** Why not. */
  readonly reason?: string;
  /** Sends what has ended so far. Resolves within the bound of `shutdown`, and never rejects. */
  flush(): Promise<void>;
  /** Sends everything and stops recording. Resolves within its bound, never rejects, and may be called again. */
  shutdown(): Promise<void>;
}

let current: TaskTelemetry | undefined;

/**
 * Starts recording, as the environment says: where to (`OTEL_EXPORTER_OTLP_*`, `THROUGHLINE_SPOOL`), how much
 * (`OTEL_TRACES_SAMPLER`), and under which span (`TRACEPARENT`, Tekton's annotation, or the file of an earlier task). Without
 * an endpoint it does nothing at all. Never throws; a second call answers the telemetry of the first.
 *
 * @example
 * startTaskTelemetry();
 * await withSpan("compile", () => runCommand("make", ["all"], { check: true }));
 */
export function startTaskTelemetry(options: TaskTelemetryOptions = {}): TaskTelemetry {
  current ??= start(options);
  return current;
}

/** Ends the telemetry that was started, if any: see `TaskTelemetry.shutdown`. */
export async function shutdown(): Promise<void> {
  await current?.shutdown();
}

function start(options: TaskTelemetryOptions): TaskTelemetry {
  setRedaction(options.redact ?? []);
  const { env } = process;
  const destinations = destinationsOf(env);
  const unclear = Object.values(destinations).find((destination) => destination.kind === "unclear");
  if (unclear !== undefined) complain(unclear.reason);
  if (Object.values(destinations).every(({ kind }) => kind !== "http" && kind !== "spool"))
    return inert(unclear?.reason ?? "no endpoint is set, or telemetry is switched off");
  const parent = parentOf({ env, file: options.contextFile ?? contextFileOf(env) });
  if (parent.reason !== undefined) complain(parent.reason);
  const session = startSession({ env, destinations, parent, resource: options.resource ?? {} });
  if (session === undefined)
    return inert("another OpenTelemetry SDK was set up before: spans go where it sends them");
  return active(session, options.shutdownTimeoutMs ?? 5000);
}

function inert(reason: string): TaskTelemetry {
  return { isActive: false, reason, flush: async () => {}, shutdown: async () => {} };
}

function active(session: Session, withinMs: number): TaskTelemetry {
  let ending: Promise<void> | undefined;
  const end = async () => {
    await session.shutdown(withinMs);
    stopWatching();
  };
  const telemetry: TaskTelemetry = {
    isActive: true,
    flush: () => session.flush(withinMs),
    shutdown: () => {
      ending ??= end();
      return ending;
    },
  };
  const stopWatching = watchProcess({
    flush: telemetry.flush,
    shutdown: telemetry.shutdown,
    flushNow: () => session.flushNow(withinMs),
    hasOpen: () => session.hasOpen() || hasOpenMeasures(),
    interrupt: (signal) => {
      stopCommands(signal);
      settleMeasures("cancellation");
      session.endOpen({ errorType: signal, message: `the process was told to end by ${signal}` });
    },
    fail: (failure) => {
      settleMeasures("failure");
      session.endOpen(failure);
    },
    close: () => {
      settleMeasures("success");
      session.endOpen();
    },
  });
  return telemetry;
}
