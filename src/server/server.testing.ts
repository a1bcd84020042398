/** A real server on a real store, for the tests of a file; gone when they are over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openEmbeddedStore, type TraceStore } from "../store/index.ts";
import { type RunningServer, type ServerOptions, startServer } from "./index.ts";

export type TestServer = RunningServer;

export const FREE_PORTS = { ui: 0, otlpHttp: 0, otlpGrpc: 0 };

/** A directory of its own, removed after the tests. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "throughline-server-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function openTestStore(): Promise<TraceStore> {
  const store = await openEmbeddedStore({ directory: temporaryDirectory() });
  afterAll(() => store.close());
  return store;
}

export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const store = options.store ?? (await openTestStore());
  const server = await startServer({
    store,
    host: "127.0.0.1",
    ports: FREE_PORTS,
    version: "0.0.0",
    ...options,
  });
  afterAll(() => server.close());
  return server;
}

/** A store in words: what it has, and what it answers. For what a real one does too rarely to wait for. */
export function storeThat(answers: Partial<TraceStore>): TraceStore {
  const kept = async () => ({ kind: "kept", rejected: 0, reason: "" }) as const;
  return {
    addSpans: kept,
    addMetrics: kept,
    addLogs: kept,
    select: async () => [],
    health: () => ({ kind: "ok" }),
    statistics: async () => ({}),
    onKept: () => () => {},
    close: async () => {},
    ...answers,
  };
}

/** An OTLP/JSON request with one span. */
export function requestOf(span: Record<string, unknown> = {}): Record<string, unknown> {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const whole = {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: "eee19b7ec3c1b174",
    name: "a span",
    kind: 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5_000_000n),
    ...span,
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "test" } }] },
        scopeSpans: [{ spans: [whole] }],
      },
    ],
  };
}
