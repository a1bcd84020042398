import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const root = join(import.meta.dirname, "..");

export interface Finished {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface ProgramOptions {
  env?: Record<string, string>;
  stdin?: string | Uint8Array;
  /** Close its output after the first piece, as `head` does. */
  stopReading?: boolean;
}

/** Runs the built program as a user would: real arguments, a real environment, real pipes. */
export function throughline(
  args: readonly string[],
  { env = {}, stdin = "", stopReading = false }: ProgramOptions = {},
): Promise<Finished> {
  const child = start(args, env);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
    if (stopReading) child.stdout?.destroy();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  child.stdin?.on("error", () => {}); // It may end before it has read everything.
  child.stdin?.end(stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, ...output }));
  });
}

/** A server that runs: `throughline up`. */
export interface ServerProgram {
  ui: string;
  otlpHttp: string;
  otlpGrpc: string;
  kube: string;
  kubeconfig: string;
  data: string;
  process: ChildProcess;
  /** Ends it, and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `throughline up` on free ports, and answers when it is ready. Whoever starts it stops it. */
export async function throughlineUp(
  args: readonly string[] = [],
  { env = {} }: Pick<ProgramOptions, "env"> = {},
): Promise<ServerProgram> {
  const ports = ["--port", "0", "--otlp-http", "0", "--otlp-grpc", "0", "--kube-port", "0"];
  const child = start(["up", ...ports, "--output", "json", ...args], env);
  child.stdin?.end();
  const exited = once(child, "exit");
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const ready = await Promise.race([firstLine(child), exited]);
  if (typeof ready !== "string") throw new Error(`throughline up did not start: ${complaints}`);
  return {
    ...(JSON.parse(ready) as Omit<ServerProgram, "process" | "stop">),
    process: child,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      const [exitCode] = await exited;
      return exitCode as number | null;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return line;
  return undefined;
}

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [join(root, "bin/throughline"), ...args], {
    env: { PATH, HOME, COLUMNS: "100", THROUGHLINE_DATA: dataOfThisProcess(), ...env },
  });
  // A server that a failed test did not stop would outlive it.
  const end = () => void child.kill("SIGKILL");
  process.on("exit", end);
  child.on("exit", () => process.off("exit", end));
  return child;
}

let data: string | undefined;

/** Test files run at the same time, and a data directory belongs to one process: each test file has one of its own. */
function dataOfThisProcess(): string {
  if (data !== undefined) return data;
  const made = mkdtempSync(join(tmpdir(), "throughline-data-"));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  data = made;
  return made;
}
