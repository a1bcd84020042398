import { spawn } from "node:child_process";
import { join } from "node:path";

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
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [join(root, "bin/throughline"), ...args], {
    env: { PATH, HOME, COLUMNS: "100", ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
    if (stopReading) child.stdout.destroy();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  child.stdin.on("error", () => {}); // It may end before it has read everything.
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, ...output }));
  });
}
