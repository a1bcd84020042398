import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { withoutTelemetry } from "./environment.ts";

/** A `throughline up` that is ready. Addresses are URLs without a path. */
export interface Up {
  pid: number;
  ui: string;
  otlpHttp: string;
  otlpGrpc: string;
  /** From the start of the process to its ready line. */
  readyMs: number;
  /** Ends it as Ctrl-C does; resolves when it is gone. Throws when it did not end well. */
  stop(): Promise<void>;
  /** SIGKILL: it gets no chance to finish anything. Resolves when it is gone. */
  kill(): Promise<void>;
}

export interface UpOptions {
  /** The checkout whose built program is to be run. */
  root: string;
  /** The data directory. */
  data: string;
  /** More for `up`. */
  more?: readonly string[];
  /** For Node itself, for example `--cpu-prof`. */
  nodeArguments?: readonly string[];
}

/** It did not come up. What it said on standard error is the message. */
export class UpFailed extends Error {
  readonly exitCode: number | null;

  constructor(exitCode: number | null, said: string) {
    super(said.trim() || `throughline up ended with ${exitCode}`);
    this.name = "UpFailed";
    this.exitCode = exitCode;
  }
}

/** Starts the built program on free ports of 127.0.0.1 and waits until it is ready. Throws {@link UpFailed}. */
export async function startUp({ root, data, more = [], nodeArguments = [] }: UpOptions): Promise<Up> {
  const started = performance.now();
  const ports = ["--port", "0", "--otlp-http", "0", "--otlp-grpc", "0"];
  const args = [join(root, "bin/throughline"), "up", ...ports, "--data", data, "--output", "json", ...more];
  const child = spawn(process.execPath, [...nodeArguments, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: withoutTelemetry(),
  });
  // A bench that fails would leave the server running.
  const end = () => void child.kill("SIGKILL");
  process.on("exit", end);
  child.on("exit", () => process.off("exit", end));
  const said = text(child.stderr);
  const exit = once(child, "exit").then(([code]: (number | null)[]) => code ?? null);
  const line = await Promise.race([firstLine(child), exit]);
  if (typeof line !== "string") throw new UpFailed(line, await said);
  const readyMs = performance.now() - started;
  return {
    ...addressesOf(line),
    pid: child.pid ?? 0,
    readyMs,
    async stop() {
      child.kill("SIGTERM");
      const code = await exit;
      if (code !== 0) throw new UpFailed(code, await said);
    },
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

/** Later output is read too, so that the program never waits for room to write it. */
function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    stdout?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
  });
}

function addressesOf(line: string): Pick<Up, "ui" | "otlpHttp" | "otlpGrpc"> {
  const { ui, otlpHttp, otlpGrpc } = JSON.parse(line);
  for (const address of [ui, otlpHttp, otlpGrpc]) {
    if (!URL.canParse(address))
      throw new Error(`throughline up printed a ready line without addresses: ${line}`);
  }
  return { ui, otlpHttp, otlpGrpc };
}
