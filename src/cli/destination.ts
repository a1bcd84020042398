/** Where an import puts the spans: to a collector, into a server that runs, into the store, or nowhere. */
import { type ExportSettings, ExportSettingsError, settingsFromEnvironment } from "../otlp/index.ts";
import { Failure } from "./failure.ts";
import { serverUrl } from "./server-address.ts";
import { dataDirectory, findServer } from "./server-file.ts";
import type { Terminal } from "./terminal.ts";

export type Destination =
  | { kind: "nowhere" }
  /** Named by `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  | { kind: "collector"; settings: ExportSettings }
  /** A server of ours, and where its UI is. */
  | { kind: "server"; settings: ExportSettings; ui: string }
  | { kind: "store"; directory: string };

export interface DestinationOptions {
  /** False: `--no-store`. */
  store: boolean;
  server?: string;
  data?: string;
  token?: string;
}

/** Throws {@link Failure} when the server that was named does not answer, or a variable makes no sense. */
export async function chooseDestination(
  options: DestinationOptions,
  env: Terminal["env"],
): Promise<Destination> {
  if (!options.store) return { kind: "nowhere" };
  const token = env["THROUGHLINE_TOKEN"] || undefined;
  if (options.server !== undefined) return namedServer(options.server, options.token ?? token);
  // What is asked for on the command line wins over what happens to be in the environment.
  const collector = options.data === undefined ? collectorSettings(env) : undefined;
  if (collector !== undefined) return { kind: "collector", settings: collector };
  const directory = dataDirectory(options.data, env);
  const server = await findServer(directory);
  if (server === undefined) return { kind: "store", directory };
  const settings = serverSettings(server.otlpHttp, options.token ?? server.token ?? token);
  return { kind: "server", settings, ui: server.ui };
}

function collectorSettings(env: Terminal["env"]): ExportSettings | undefined {
  try {
    return settingsFromEnvironment(env);
  } catch (error) {
    if (error instanceof ExportSettingsError) throw new Failure(error.message);
    throw error;
  }
}

const ANSWER_MILLIS = 5_000;

/** The server says on which port it takes OTLP. */
async function namedServer(given: string, token: string | undefined): Promise<Destination> {
  const ui = serverUrl(given);
  const port = await otlpPortOf(ui);
  if (port === undefined)
    throw new Failure(`no throughline server answers at ${ui.origin}; start one with: throughline up`);
  const otlp = new URL(ui.origin);
  otlp.port = String(port);
  return { kind: "server", settings: serverSettings(otlp.href, token), ui: ui.origin };
}

async function otlpPortOf(ui: URL): Promise<number | undefined> {
  try {
    const answer = await fetch(new URL("/healthz", ui), { signal: AbortSignal.timeout(ANSWER_MILLIS) });
    const { ports } = (await answer.json()) as { ports?: { otlpHttp?: unknown } };
    return typeof ports?.otlpHttp === "number" ? ports.otlpHttp : undefined;
  } catch {
    return undefined;
  }
}

const SEND_MILLIS = 60_000;

function serverSettings(otlpHttp: string, token: string | undefined): ExportSettings {
  return {
    protocol: "http/protobuf",
    endpoint: new URL("/v1/traces", otlpHttp).href,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    timeoutMillis: SEND_MILLIS,
    compression: "none",
    tls: {},
  };
}
