import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { FastifyInstance } from "fastify";
import type { TraceStore } from "../store/index.ts";
import { checkToken, isLoopback } from "./access.ts";
import { closeHttpApp } from "./http-app.ts";
import { CLOSE_MILLIS } from "./limits.ts";
import { createOtlpGrpc } from "./otlp/grpc.ts";
import { createOtlpHttp } from "./otlp/http.ts";
import { openPrometheus, type Prometheus } from "./prometheus/index.ts";
import { type PortName, ServerStartError, startErrorOf } from "./start-error.ts";
import { createUi } from "./ui/app.ts";

export interface ServerOptions {
  /** Stays open when the server closes. */
  store: TraceStore;
  /** Name or address to listen on. One that others can reach needs a token. */
  host: string;
  /** 0 picks a free one. */
  ports: Record<PortName, number>;
  /** Asked for as `Authorization: Bearer …` on every port. */
  token?: string;
  /** Directory of the built web UI. */
  webRoot?: string;
  version: string;
}

export interface RunningServer {
  /** URLs without a path, with the ports that were picked. */
  addresses: Record<PortName, string>;
  /** The store for whoever adds to it in this process: what comes through here is in the metrics of the server too. */
  store: TraceStore;
  /** Takes no more, finishes what was accepted, and answers within seconds. A second call answers the same promise. */
  close(): Promise<void>;
}

/** One of the servers, from its creation on. */
interface Part {
  listen(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Starts what `throughline up` offers: UI and APIs, OTLP over HTTP and OTLP over gRPC, all on one store.
 * Throws {@link ServerStartError} when it cannot; then nothing of it is left running.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const bound: Partial<Record<PortName, number>> = {};
  const prometheus = openPrometheus(options);
  const parts = await createParts(options, prometheus, bound);
  const closeAll = async () => {
    await Promise.all(Object.values(parts).map((part) => part.close()));
  };
  try {
    const listenOn = async (port: PortName) => {
      bound[port] = await listen(port, parts[port], options);
      return `http://${authority(reachable(options.host), bound[port])}`;
    };
    // The UI last: whoever finds it answering finds the others too.
    const otlpHttp = await listenOn("otlpHttp");
    const otlpGrpc = await listenOn("otlpGrpc");
    const addresses = { ui: await listenOn("ui"), otlpHttp, otlpGrpc };
    return { addresses, store: prometheus.store, close: once(closeAll) };
  } catch (fault) {
    await closeAll();
    throw fault;
  }
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}

async function createParts(
  { host, ports, token, webRoot, version }: ServerOptions,
  prometheus: Prometheus,
  bound: Partial<Record<PortName, number>>,
): Promise<Record<PortName, Part>> {
  const isLocal = isLoopback(host);
  if (!isLocal && token === undefined)
    throw new ServerStartError(
      "needsToken",
      `${host} can be reached from other machines, so a token is needed`,
    );
  const hasAccess = checkToken(token);
  const { store, losses, routes: metricsRoutes } = prometheus;
  const ui = await createUi({ store, metricsRoutes, token, isLocal, webRoot, version, ports: bound });
  const otlpHttp = createOtlpHttp({ store, losses, hasAccess, isLocal });
  const otlpGrpc = createOtlpGrpc({ store, losses, hasAccess });
  return {
    ui: httpPart(ui, { host, port: ports.ui }),
    otlpHttp: httpPart(otlpHttp, { host, port: ports.otlpHttp }),
    otlpGrpc: grpcPart(otlpGrpc, { host, port: ports.otlpGrpc }),
  };
}

async function listen(port: PortName, part: Part, { host, ports }: ServerOptions): Promise<number> {
  try {
    return await part.listen();
  } catch (fault) {
    throw startErrorOf(fault, { address: authority(host, ports[port]), port });
  }
}

interface Place {
  host: string;
  port: number;
}

function httpPart(app: FastifyInstance, place: Place): Part {
  return {
    listen: async () => Number(new URL(await app.listen(place)).port),
    close: () => closeHttpApp(app),
  };
}

function grpcPart(server: Server, { host, port }: Place): Part {
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.bindAsync(authority(host, port), ServerCredentials.createInsecure(), (fault, bound) =>
          fault === null ? resolve(bound) : reject(fault),
        );
      }),
    close: () =>
      new Promise((resolve) => {
        const deadline = setTimeout(() => {
          server.forceShutdown();
          // It may go on waiting for a client that has stopped reading.
          resolve();
        }, CLOSE_MILLIS);
        server.tryShutdown(() => {
          clearTimeout(deadline);
          resolve();
        });
      }),
  };
}

function authority(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** "All addresses" is nowhere to go; this machine is one of them. */
function reachable(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}
