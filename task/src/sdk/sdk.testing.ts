/** For tests: real programs that use the built package, and a real receiver of what they send. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

/** The built package. */
export const dist = join(import.meta.dirname, "../../dist");

/** A `traceparent` to be under, and its two ids. */
export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const PARENT_ID = "00f067aa0ba902b7";
export const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "throughline-task-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** How a program ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Running {
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the program has printed the text. */
  printed(text: string): Promise<void>;
  ended: Promise<Ended>;
}

/**
 * Starts a program in a directory of its own: `source` is a module that has all of the package's exports in scope. It finds the
 * variables given and no other of telemetry.
 */
export function startProgram(source: string, env: Record<string, string | undefined>): Running {
  const directory = temporaryDirectory();
  const file = join(directory, "program.mjs");
  const names =
    "context, metrics, redact, runCommand, CommandError, loadTraceContext, saveTraceContext, shutdown";
  const more = "startTaskTelemetry, taskMetrics, trace, withSpan";
  const from = JSON.stringify(pathToFileURL(join(dist, "standalone.js")).href);
  writeFileSync(file, `import { ${names}, ${more} } from ${from};\n${source}`);
  const child = spawn(process.execPath, [file], {
    cwd: directory,
    env: { PATH: process.env["PATH"], THROUGHLINE_CONTEXT_FILE: join(directory, "none.json"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout: stdout.text(), stderr: stderr.text() });
    });
  });
  return { kill: (signal) => child.kill(signal), printed: stdout.has, ended };
}

/** Runs a program to its end. */
export function runProgram(source: string, env: Record<string, string | undefined>): Promise<Ended> {
  return startProgram(source, env).ended;
}

function collect(stream: NodeJS.ReadableStream) {
  let text = "";
  const waiting = new Map<string, () => void>();
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    for (const [wanted, found] of waiting) if (text.includes(wanted)) found();
  });
  return {
    text: () => text,
    has: (wanted: string) =>
      new Promise<void>((resolve) => {
        if (text.includes(wanted)) resolve();
        else waiting.set(wanted, resolve);
      }),
  };
}

/** A span as a program sent it. */
export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  status: { code?: number; message?: string };
  links: { traceId: string; spanId: string }[];
  events: { name: string; attributes: Record<string, unknown> }[];
}

/** A metric as a program sent it. */
export interface SentMetric {
  name: string;
  unit: string;
  resource: Record<string, unknown>;
  temporality: number | undefined;
  points: { attributes: Record<string, unknown>; [field: string]: unknown }[];
}

/** The spans of OTLP/JSON requests. */
export function spansOf(requests: readonly string[]): SentSpan[] {
  return requests.flatMap((request) => {
    const { resourceSpans = [] } = JSON.parse(request);
    return resourceSpans.flatMap(
      ({ resource, scopeSpans }: { resource: Attributed; scopeSpans: { spans: never[] }[] }) =>
        scopeSpans.flatMap(({ spans }) => spans.map((span) => flatSpan(span, resource))),
    );
  });
}

interface Attributed {
  attributes?: unknown;
}

function flatSpan(span: SentSpan, resource: Attributed): SentSpan {
  const events = span.events.map((event) => ({ ...event, attributes: flat(event) }));
  return { ...span, attributes: flat(span), resource: flat(resource), events };
}

/** The metrics of OTLP/JSON requests. */
export function metricsOf(requests: readonly string[]): SentMetric[] {
  return requests.flatMap((request) => {
    const { resourceMetrics = [] } = JSON.parse(request);
    return resourceMetrics.flatMap(
      ({ resource, scopeMetrics }: { resource: Attributed; scopeMetrics: { metrics: never[] }[] }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map((metric) => flatMetric(metric, resource))),
    );
  });
}

function flatMetric(metric: SentMetric & Record<string, unknown>, resource: Attributed): SentMetric {
  const data = (metric["histogram"] ?? metric["sum"] ?? metric["gauge"]) as {
    dataPoints: Attributed[];
    aggregationTemporality?: number;
  };
  const points = data.dataPoints.map((point) => ({ ...point, attributes: flat(point) }));
  const { name, unit } = metric;
  return { name, unit, resource: flat(resource), temporality: data.aggregationTemporality, points };
}

function flat({ attributes }: Attributed): Record<string, unknown> {
  const pairs = (attributes ?? []) as { key: string; value: Record<string, unknown> }[];
  return Object.fromEntries(pairs.map(({ key, value }) => [key, flatValue(value)]));
}

function flatValue(value: Record<string, unknown>): unknown {
  const [only] = Object.values(value);
  const list = value["arrayValue"] as { values: Record<string, unknown>[] } | undefined;
  return list === undefined ? only : list.values.map(flatValue);
}

/** The requests in a spool; none when there is no such file. */
export function requestsIn(spool: string): string[] {
  return existsSync(spool) ? readFileSync(spool, "utf8").split("\n").slice(0, -1) : [];
}

/** What came to an endpoint. */
export interface Received {
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** An OTLP/HTTP endpoint on a free port that keeps what it gets, and answers as told. */
export async function startReceiver(
  answer: (response: ServerResponse) => void = (response) => response.end("{}"),
) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    received,
    /** The requests of that path, as text. */
    requests: (path = "/v1/traces") =>
      received.filter((each) => each.path === path).map(({ body }) => body.toString("utf8")),
  };
}

/** The environment of a program that sends JSON to the endpoint, under `TRACEPARENT`. */
export function jsonTo(endpoint: string): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", TRACEPARENT };
}
