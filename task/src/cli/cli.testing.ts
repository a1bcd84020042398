/** For tests: the built program with real arguments, a real environment and real pipes, and collectors that keep what they get. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

export const program = join(import.meta.dirname, "../../dist/task.cjs");

const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends.splice(0)) end();
});

/** A directory that is gone after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "throughline-task-"));
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Those that are `undefined` are not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Starts the program; nothing of this process's environment but `PATH` reaches it. */
export function startTask(args: readonly string[], env: Variables = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => {}); // It may end before it has read everything.
  ends.push(() => child.kill("SIGKILL"));
  const finished = once(child, "close").then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr),
  }));
  return { child, finished };
}

/** Runs the program to its end. */
export async function runTask(
  args: readonly string[],
  { env, stdin = "" }: { env?: Variables; stdin?: string | Buffer } = {},
) {
  const { child, finished } = startTask(args, env);
  child.stdin.end(stdin);
  const { exitCode, stdout, stderr } = await finished;
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

export interface Arrival {
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A collector that answers as it is told; 200 unless told otherwise. */
export async function startCollector(
  answer: (response: ServerResponse) => unknown = (response) => response.end("{}"),
) {
  const arrivals: Arrival[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray();
    arrivals.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    answer(response);
  });
  const url = await listen(server);
  ends.push(() => server.closeAllConnections());
  return { url, arrivals };
}

/** Something that takes connections, and does with them what it is told. */
export async function startTcpServer(take: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    take(socket);
  });
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return listen(server);
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port at which nobody listens. */
export async function deadEndpoint(): Promise<string> {
  const server = createTcpServer();
  const url = await listen(server);
  server.close();
  await once(server, "close");
  return url;
}

/** A span of OTLP/JSON, with its attributes as a plain object. */
export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number; message?: string };
  links: { traceId: string; spanId: string }[];
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  scope: string;
}

/** The one span of an `ExportTraceServiceRequest`. */
export function spanOf(request: string): SentSpan {
  const { resource, scopeSpans } = JSON.parse(request).resourceSpans[0];
  const { scope, spans } = scopeSpans[0];
  const [span] = spans;
  return {
    ...span,
    attributes: plain(span.attributes),
    resource: plain(resource.attributes),
    scope: scope.name,
  };
}

/** The spans of a spool. */
export function spooledSpans(path: string): SentSpan[] {
  return readFileSync(path, "utf8").trimEnd().split("\n").map(spanOf);
}

/** Attributes of OTLP/JSON as a plain object. */
export function plain(attributes: readonly { key: string; value: Record<string, unknown> }[]) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: Record<string, unknown>): unknown {
  if ("intValue" in value) return Number(value["intValue"]);
  if (!("arrayValue" in value)) return Object.values(value)[0];
  const { values = [] } = value["arrayValue"] as { values?: Record<string, unknown>[] };
  return values.map(plainValue);
}
