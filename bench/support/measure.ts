import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { withoutTelemetry } from "./environment.ts";

export interface Measured {
  /** From the start of the process to its end. */
  ms: number;
  peakRssBytes: number;
  stdout: string;
}

/**
 * Loaded into the process before its program: at the end, it says on descriptor 3 what the memory came to. VmHWM is
 * the kernel's own high-water mark of this program; `maxRSS`, which other systems have too, on Linux also counts what
 * the parent held when it forked.
 */
const REPORT_PEAK = `
import { existsSync, readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const kilobytes = /^VmHWM:\\s+(\\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  writeSync(3, String(Number(kilobytes) * 1024));
});`;

/** Runs a Node program in a fresh process. Throws when it fails, with what it said. */
export async function measure(args: string[]): Promise<Measured> {
  const preload = `data:text/javascript,${encodeURIComponent(REPORT_PEAK)}`;
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, ["--import", preload, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: withoutTelemetry(),
  });
  const exit = once(child, "exit").then(([code]) => ({
    code,
    ms: Number(process.hrtime.bigint() - started) / 1e6,
  }));
  const [stdout, stderr, peak] = await Promise.all(
    [1, 2, 3].map((descriptor) => read(child.stdio[descriptor])),
  );
  const { code, ms } = await exit;
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}: ${stderr}`);
  return { ms, peakRssBytes: Number(peak), stdout: stdout ?? "" };
}

async function read(stream: unknown): Promise<string> {
  return stream instanceof Object && Symbol.asyncIterator in stream
    ? await text(stream as AsyncIterable<Uint8Array> & NodeJS.ReadableStream)
    : "";
}
