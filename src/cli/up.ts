/** `throughline up`: the embedded server, until it is told to stop. */
import { fileURLToPath } from "node:url";
import { type PortName, type RunningServer, ServerStartError, startServer } from "../server/index.ts";
import type { TraceStore } from "../store/index.ts";
import { ExitCode, Failure } from "./failure.ts";
import { keepSpans } from "./keep.ts";
import { loadTraces, nothingFound } from "./load.ts";
import { expectAvailable, openClickHouse, openStore } from "./open-store.ts";
import { findServer, removeServerFile, writeServerFile } from "./server-file.ts";
import { stopSignal } from "./stop-signals.ts";
import { Survey } from "./survey.ts";
import { printable, type Terminal } from "./terminal.ts";
import { startUpLaptop, type UpLaptop } from "./up-laptop.ts";
import { readUpOptions, type UpOptions, type UpSettings } from "./up-options.ts";
import { VERSION } from "./version.ts";

export async function upCommand(options: UpOptions, terminal: Terminal): Promise<ExitCode> {
  const stopped = stopSignal();
  const settings = readUpOptions(options, terminal.env);
  await refuseSecond(settings);
  const store = await open(settings, terminal);
  try {
    const server = await start(settings, store);
    try {
      return await withLaptop({ settings, store, server, stopped }, terminal);
    } finally {
      await server.close();
      await removeServerFile(settings.data);
    }
  } finally {
    await store.close();
  }
}

/** The engine would refuse too, but it does not know where the other one answers. */
async function refuseSecond({ data }: UpSettings): Promise<void> {
  const other = await findServer(data);
  if (other === undefined) return;
  throw new Failure(
    `${printable(data)} is served already, at ${other.ui} (process ${other.pid}); stop that one, or name another --data`,
  );
}

function open(
  { data: directory, clickHouse, retainDays }: UpSettings,
  terminal: Terminal,
): Promise<TraceStore> {
  if (clickHouse !== undefined) return openClickHouse(clickHouse, terminal);
  return openStore({ directory, ...(retainDays !== undefined && { retainDays }) }, terminal);
}

/** Beside the bundle, where the build puts the web UI. */
const WEB_ROOT = fileURLToPath(new URL("./web", import.meta.url));

async function start(settings: UpSettings, store: TraceStore): Promise<RunningServer> {
  const { host, ports, token } = settings;
  try {
    return await startServer({
      store,
      host,
      ports,
      ...(token !== undefined && { token }),
      webRoot: WEB_ROOT,
      version: VERSION,
    });
  } catch (fault) {
    throw fault instanceof ServerStartError ? new Failure(startAdvice(fault)) : fault;
  }
}

const FLAGS: Record<PortName, string> = { ui: "--port", otlpHttp: "--otlp-http", otlpGrpc: "--otlp-grpc" };

function startAdvice({ why, port, message }: ServerStartError): string {
  const flag = port === undefined ? "--port" : FLAGS[port];
  switch (why) {
    case "addressInUse":
      return `${message}; choose another port with ${flag}, 0 for any free one`;
    case "notPermitted":
      return `${message}; choose a port from 1024 on with ${flag}`;
    case "noSuchAddress":
      return `${message}; choose another with --host, e.g. 127.0.0.1`;
    case "needsToken":
      return `${message}: set THROUGHLINE_TOKEN or --token, e.g. to the output of: openssl rand -hex 32`;
  }
}

interface Serving {
  settings: UpSettings;
  store: TraceStore;
  server: RunningServer;
  stopped: Promise<void>;
}

/** The cluster ends before the server: what it still has to say is to be kept. */
async function withLaptop(serving: Serving, terminal: Terminal): Promise<ExitCode> {
  const { settings, server } = serving;
  const { otlpHttp } = server.addresses;
  const laptop = await startUpLaptop(
    settings.laptop,
    { store: server.store, otlpHttp, token: settings.token },
    terminal,
  );
  try {
    return await serve({ ...serving, laptop }, terminal);
  } finally {
    await laptop.stop();
  }
}

async function serve(
  { settings, store, server, laptop, stopped }: Serving & { laptop: UpLaptop },
  terminal: Terminal,
): Promise<ExitCode> {
  const { data, token, load } = settings;
  if (load.length > 0) await loadInto(server.store, load, terminal);
  await writeServerFile(data, {
    pid: process.pid,
    ...server.addresses,
    kubeconfig: laptop.kubeconfig,
    ...(token !== undefined && { token }),
  });
  await terminal.write(describe(settings, server, laptop));
  const reason = await Promise.race([stopped, storeFailure(store)]);
  if (reason === undefined) return ExitCode.ok;
  terminal.say(`throughline: the store failed and the server ends: ${printable(reason)}`);
  return ExitCode.fault;
}

async function loadInto(store: TraceStore, files: readonly string[], terminal: Terminal): Promise<void> {
  const loaded = await loadTraces(files, {}, terminal);
  const survey = new Survey();
  const spans = survey.exportable(loaded.runs, { provisional: true });
  await expectAvailable(() => keepSpans(store, spans));
  if (survey.runs.length === 0) throw nothingFound(loaded);
}

function describe(
  settings: UpSettings,
  { addresses }: RunningServer,
  { kube, kubeconfig }: UpLaptop,
): string {
  const { output, data, token } = settings;
  const { ui, otlpHttp, otlpGrpc } = addresses;
  if (output === "json") return `${JSON.stringify({ ui, otlpHttp, otlpGrpc, kube, kubeconfig, data })}\n`;
  return [
    `UI and APIs  ${ui}${token === undefined ? "" : `/?token=${encodeURIComponent(token)}`}`,
    `OTLP/HTTP    ${otlpHttp}`,
    `OTLP/gRPC    ${otlpGrpc}`,
    `Kubernetes   ${kube}  (kubectl --kubeconfig ${printable(kubeconfig)} create -f …)`,
    `data         ${describeData(settings)}`,
    "",
  ].join("\n");
}

function describeData({ data, clickHouse, retainDays }: UpSettings): string {
  if (clickHouse !== undefined) return `ClickHouse at ${new URL(clickHouse.url).host}`;
  return `${printable(data)} (kept ${retainDays === undefined ? "for ever" : `for ${retainDays} days`})`;
}

const HEALTH_CHECK_MILLIS = 500;

/** Answers why, when the store is beyond help. */
function storeFailure(store: TraceStore): Promise<string> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const health = store.health();
      if (health.kind !== "failed") return;
      clearInterval(timer);
      resolve(health.reason);
    }, HEALTH_CHECK_MILLIS);
  });
}
