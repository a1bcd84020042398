import { spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The shell shim itself, as users get it. */
export const shim = fileURLToPath(new URL("../throughline-exec", import.meta.url));

/** What it is made from, and what makes it. */
export const source = fileURLToPath(new URL("../shim/throughline-exec.sh", import.meta.url));
export const packer = fileURLToPath(new URL("../shim/pack.js", import.meta.url));

/** A context for the shim to continue. */
export const parent = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

/** The path of a program, if this machine has it. */
export function found(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A directory of the test file's own, removed by `remove`. */
export function scratch(): { path: (...names: string[]) => string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "shim-"));
  return {
    path: (...names) => join(directory, ...names),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** What the shim and the commands of the tests use; without bash, so that it does not go on there. */
const PROGRAMS =
  "sh cat env true sleep kill date tr sed head iconv tee tail printf find touch seq dd od timeout curl wget".split(
    " ",
  );

/** Fills a directory with the usual programs but for some, to serve as PATH. */
export function programsWithout(directory: string, missing: readonly string[] = []): string {
  mkdirSync(directory);
  for (const program of PROGRAMS.filter((name) => !missing.includes(name))) {
    const path = found(program);
    if (path !== undefined) symlinkSync(path, join(directory, program));
  }
  return directory;
}

/** How a run of the shim ended; `released` tells when nobody holds its stdout any more, and nobody either of its outputs. */
export interface Ended {
  released: { stdout: Promise<void>; both: Promise<void> };
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: Buffer;
}

/** Runs the shim, or another `script`, in a shell, with that environment only; `during` gets the process while it runs. */
export function runShim(given: {
  shell: readonly string[];
  script?: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  stdin?: Buffer;
  during?: (kill: (signal: NodeJS.Signals) => void, printed: Promise<void>) => Promise<void> | void;
}): Promise<Ended> {
  const [program = "", ...options] = given.shell;
  const child = spawn(program, [...options, given.script ?? shim, ...given.args], { env: given.env });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const printed = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const released = {
    stdout: new Promise<void>((resolve) => child.stdout.once("close", () => resolve())),
    both: new Promise<void>((resolve) => child.once("close", () => resolve())),
  };
  child.stdin.on("error", () => {}).end(given.stdin ?? "");
  void given.during?.((signal) => child.kill(signal), printed);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      // What the command left behind may hold the pipes: the shim's end is what counts.
      setTimeout(() => {
        resolve({ code, signal, released, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
      }, 20);
    });
  });
}

/** One span as OTLP/JSON has it, attributes and resource as plain values. */
export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState?: string;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
  status: { code?: number };
}

type Value = { stringValue?: string; intValue?: number; arrayValue?: { values: Value[] } };
type KeyValue = { key: string; value: Value };

/** The one span of an ExportTraceServiceRequest. */
export function spanOf(json: string | Buffer): SentSpan {
  const text = typeof json === "string" ? json : new TextDecoder("utf-8", { fatal: true }).decode(json);
  const { resourceSpans } = JSON.parse(text);
  const [{ resource, scopeSpans }] = resourceSpans;
  const { attributes, startTimeUnixNano, endTimeUnixNano, ...span } = scopeSpans[0].spans[0];
  return {
    ...span,
    start: BigInt(startTimeUnixNano),
    end: BigInt(endTimeUnixNano),
    attributes: plain(attributes),
    resource: plain(resource.attributes),
  };
}

function plain(attributes: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, unwrapped(value)]));
}

function unwrapped({ stringValue, intValue, arrayValue }: Value): unknown {
  return stringValue ?? intValue ?? arrayValue?.values.map(unwrapped);
}

/** The span of the one line of a spool. */
export function spooled(path: string): SentSpan {
  const bytes = readFileSync(path);
  if (bytes.indexOf("\n") !== bytes.length - 1) throw new Error(`${path} does not hold exactly one line`);
  return spanOf(bytes);
}

/** A collector in the moods of real ones. */
export async function startCollector() {
  const requests: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      requests.push({ path, headers: request.headers, body: Buffer.concat(chunks) });
      if (path.startsWith("/hangs")) return;
      if (path.startsWith("/nonsense")) return void request.socket.end("\0\xff what?\n\n");
      response.statusCode = path.startsWith("/fails") ? 500 : 200;
      const millis = path.startsWith("/takes-its-time") ? 120 : 0;
      setTimeout(() => response.end('{"partialSuccess":{"rejectedSpans":"1"}}'), millis);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
