/** What `up` runs besides the server: the laptop's cluster, and the collector that brings its runs into the store. */
import { join, resolve } from "node:path";
import { type Collector, startCollector } from "../cluster/index.ts";
import { systemClock } from "../engine/index.ts";
import {
  type ExecutorName,
  type KubeServer,
  type Laptop,
  serveKubeApi,
  startLaptop,
  writeKubeconfig,
} from "../local/index.ts";
import { spanById, type TraceStore } from "../store/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { Failure } from "./failure.ts";
import { Intake } from "./intake.ts";
import { keepSpans } from "./keep.ts";
import { kubeToken } from "./kube-token.ts";
import { sayLost } from "./lost-telemetry.ts";
import { startReceiver } from "./receiver.ts";
import { resourceOf } from "./resource.ts";
import { pickExecutor } from "./run/pick-executor.ts";
import { SpansInTurns } from "./spans-in-turns.ts";
import { type OtlpBody, takeIn } from "./spool.ts";
import { StepLogs } from "./step-logs.ts";
import { printable, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export interface UpLaptopSettings {
  host: string;
  kubePort: number;
  data: string;
  executor: "auto" | ExecutorName;
  network: "host" | "none";
  /** Directories of this machine that Pods may mount. */
  hostPaths: readonly string[];
  /** False: reconcilers run elsewhere. */
  hasEngine: boolean;
}

export interface UpLaptop {
  /** URL of the embedded Kubernetes API. */
  kube: string;
  kubeconfig: string;
  /** Ends what runs, and answers when all of it is in the store. */
  stop(): Promise<void>;
}

/** What it works with: the store, and the OTLP/HTTP address in front of it, which may ask for a token. */
export interface UpLaptopContext {
  store: TraceStore;
  otlpHttp: string;
  token: string | undefined;
}

/** Starts them all. Throws {@link Failure} when the port is taken; then nothing of it goes on. */
export async function startUpLaptop(
  settings: UpLaptopSettings,
  context: UpLaptopContext,
  terminal: Terminal,
): Promise<UpLaptop> {
  const parts = await startParts(settings, context, terminal);
  try {
    return await offer(parts, settings);
  } catch (fault) {
    await stop(parts);
    throw fault;
  }
}

interface Parts {
  laptop: Laptop;
  collector: Collector;
  reconciles: SpansInTurns;
  logs: StepLogs;
  telemetry: Telemetry;
  log: (line: string) => void;
}

async function startParts(
  { data, executor: wanted, network, hostPaths, hasEngine }: UpLaptopSettings,
  context: UpLaptopContext,
  terminal: Terminal,
): Promise<Parts> {
  const { store } = context;
  const workDirectory = join(resolve(data), "kubelet");
  const executor = await pickExecutor(wanted, workDirectory, terminal);
  const log = (line: string) => terminal.say(printable(line));
  const sink = async (spans: Iterable<ResourceSpans>) => void (await keepSpans(store, spans));
  const reconciles = new SpansInTurns(sink, log);
  const logs = new StepLogs((body) => takeInWhole(body, store), log);
  const telemetry = await telemetryOfSteps(context);
  const laptop = await startLaptop({
    workDirectory,
    objectDirectory: join(resolve(data), "objects"),
    executor,
    network,
    access: { shared: hostPaths.map((directory) => resolve(directory)), hidden: [resolve(data)] },
    version: VERSION,
    onOutput: logs.add,
    onTelemetry: telemetry.intake.collect,
    engine: hasEngine && { config: { otlpEndpoint: telemetry.endpoint }, onSpans: reconciles.add },
    log,
  });
  const collector = startCollector({
    api: laptop.api,
    clock: systemClock,
    trace: { resource: resourceOf(terminal.env), version: VERSION },
    sink,
    isKept: async (run) => {
      const [span] = await store.select(spanById(run));
      return span !== undefined && span.attributes["throughline.provisional"] !== "true";
    },
    log,
  });
  return { laptop, collector, reconciles, logs, telemetry, log };
}

/** Puts the API where others find it. */
async function offer(parts: Parts, { host, kubePort: port, data }: UpLaptopSettings): Promise<UpLaptop> {
  // Whoever may reach the port may run anything as this user, so that even on loopback a token is asked for.
  const token = await kubeToken(resolve(data));
  const served = await serve({ laptop: parts.laptop, host, port, token });
  const kubeconfig = join(resolve(data), "kubeconfig");
  try {
    await writeKubeconfig({ file: kubeconfig, server: served.url, token });
  } catch (fault) {
    await served.close();
    throw fault;
  }
  const stopAll = async () => {
    await served.close();
    await stop(parts);
  };
  return { kube: served.url, kubeconfig, stop: stopAll };
}

interface Telemetry {
  /** What steps are told. */
  endpoint: string;
  intake: Intake;
  /** How much did not get into the store, and was not told so by the server. */
  refused(): number;
  close(): Promise<void>;
}

/** A token would have to be in the environment of every step, and so in every Pod: a door of their own is for this machine alone. */
async function telemetryOfSteps({ store, otlpHttp, token }: UpLaptopContext): Promise<Telemetry> {
  const intake = new Intake((body) => takeInWhole(body, store));
  const receiver = token === undefined ? undefined : await startReceiver(intake);
  return {
    endpoint: receiver?.endpoint ?? otlpHttp,
    intake,
    refused: () => intake.refused + (receiver?.unreadable() ?? 0),
    close: async () => {
      await receiver?.close();
      await intake.settled();
    },
  };
}

async function takeInWhole(body: OtlpBody, store: TraceStore): Promise<void> {
  const trouble = await takeIn(body, store);
  if (trouble !== undefined) throw new Error(trouble);
}

async function serve({
  laptop,
  host,
  port,
  token,
}: {
  laptop: Laptop;
  host: string;
  port: number;
  token: string;
}): Promise<KubeServer> {
  try {
    return await serveKubeApi({
      api: laptop.api,
      host,
      port,
      token,
      podLogs: (request) => laptop.kubelet.readLog(request),
    });
  } catch (fault) {
    const isTaken = fault instanceof Error && "code" in fault && fault.code === "EADDRINUSE";
    if (isTaken)
      throw new Failure(
        `${host}:${port} is in use; choose another port with --kube-port, 0 for any free one`,
      );
    throw fault;
  }
}

/** The collector after the kubelet, so that it sees what became of everything. */
async function stop({ laptop, collector, reconciles, logs, telemetry, log }: Parts): Promise<void> {
  await laptop.stopWork();
  await collector.stop();
  await Promise.all([reconciles.flush(), logs.end(), telemetry.close()]);
  sayLost({ requests: telemetry.refused(), lines: logs.lost, spans: 0 }, log);
  await laptop.stop();
}
