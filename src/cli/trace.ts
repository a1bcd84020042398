import { existsSync } from "node:fs";
import type { AskOptions } from "./ask.ts";
import type { ExitCode } from "./failure.ts";
import { oneOf } from "./options.ts";
import type { Terminal } from "./terminal.ts";

interface TraceOptions extends AskOptions {
  output: string;
  all?: boolean;
  reconciles?: boolean;
}

/** What is to be drawn, as it was typed. */
export interface TraceTarget {
  /** A file, a directory, `-`, or a run that is kept. */
  target: string;
  /** Of those in the file. */
  run: string | undefined;
}

/** `throughline trace`: one run as a waterfall. Each way to get at it is loaded when it is taken. */
export async function traceCommand(
  { target, run }: TraceTarget,
  { output, all = false, reconciles = false, ...options }: TraceOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const drawing = {
    output: oneOf("--output", output, ["text", "json"]),
    isWhole: all,
    hasReconciles: reconciles,
  };
  if (run !== undefined || isFile(target)) {
    const { traceOfFile } = await import("./trace-file.ts");
    return traceOfFile({ file: target, run }, drawing, terminal);
  }
  const { traceOfStore } = await import("./trace-stored.ts");
  return traceOfStore(target, { ...options, ...drawing }, terminal);
}

/** One that is not there, too: whoever types `dump.json` means a file. */
function isFile(target: string): boolean {
  return target === "-" || existsSync(target) || /^[./~]|\.(?:json|jsonl|ndjson|ya?ml|gz)$/i.test(target);
}
