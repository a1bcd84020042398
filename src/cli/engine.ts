/** `throughline engine`: the reconcilers in a process of their own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startEngine, systemClock } from "../engine/index.ts";
import { connectKubeApi, readKubeconfig } from "../kube/index.ts";
import { exportSpans } from "../otlp/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { chooseDestination, type Destination } from "./destination.ts";
import { ExitCode, Failure } from "./failure.ts";
import { dataDirectory } from "./server-file.ts";
import { SpansInTurns } from "./spans-in-turns.ts";
import { stopSignal } from "./stop-signals.ts";
import { printable, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export interface EngineCommandOptions {
  kubeconfig?: string;
  data?: string;
}

export async function engineCommand(options: EngineCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const stopped = stopSignal();
  const log = (line: string) => terminal.say(printable(line));
  const connection = await connectionOf(options, terminal.env);
  const destination = await chooseDestination({ ...options, store: true }, terminal.env);
  const spans = spansTo(destination, log);
  const otlpEndpoint = endpointOf(destination);
  const engine = startEngine({
    api: connectKubeApi(connection),
    clock: systemClock,
    version: VERSION,
    log,
    config: otlpEndpoint === undefined ? {} : { otlpEndpoint },
    ...(spans !== undefined && { onSpans: spans.add }),
  });
  await Promise.race([engine.ready, stopped]);
  // Only the origin: the path of an embedded API has the token in it.
  await terminal.write(`reconciling what is at ${printable(new URL(connection.server).origin)}\n`);
  await stopped;
  await engine.stop();
  await spans?.flush();
  return ExitCode.ok;
}

/** What was named, else what KUBECONFIG says, else the server that has the data directory open, else whom kubectl would ask. */
async function connectionOf({ kubeconfig, data }: EngineCommandOptions, env: Terminal["env"]) {
  const own = join(dataDirectory(data, env), "kubeconfig");
  const file = kubeconfig ?? (!env["KUBECONFIG"] && existsSync(own) ? own : undefined);
  try {
    return await readKubeconfig({ env, ...(file !== undefined && { file }) });
  } catch (fault) {
    throw new Failure(printable(fault instanceof Error ? fault.message : String(fault)));
  }
}

type Sending = Extract<Destination, { kind: "collector" | "server" }>;

function isSending(destination: Destination): destination is Sending {
  return destination.kind === "collector" || destination.kind === "server";
}

/** Inert where nobody takes them: no endpoint, and no server at the data directory. */
function spansTo(destination: Destination, log: (line: string) => void): SpansInTurns | undefined {
  if (!isSending(destination)) {
    log("spans of reconcilers go nowhere: set OTEL_EXPORTER_OTLP_ENDPOINT, or start throughline up");
    return undefined;
  }
  const { settings } = destination;
  return new SpansInTurns((batch) => send(batch, settings), log);
}

async function send(batch: readonly ResourceSpans[], settings: Sending["settings"]): Promise<void> {
  const { failed, rejected } = await exportSpans([...batch], settings).then((result) =>
    result.kind === "complete" ? { failed: [], rejected: [] } : result,
  );
  const [refusal] = [...failed, ...rejected];
  if (refusal !== undefined) throw new Error(refusal.reason);
}

/** The base URL steps are given: without the path of a signal, and without user and password, for whoever may read a Pod. */
export function endpointOf(destination: Destination): string | undefined {
  if (!isSending(destination)) return undefined;
  const { origin, pathname } = new URL(destination.settings.endpoint);
  return origin + pathname.replace(/(\/v1\/traces)?\/*$/, "");
}
