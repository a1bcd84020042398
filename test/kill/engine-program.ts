import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { root } from "../program.ts";

/** `throughline engine` in a process of its own. */
export interface EngineProgram {
  /** Settles once it reconciles; or when it has ended before. */
  ready: Promise<unknown>;
  /** What it said on stderr, when it has ended, however that came. */
  ended: Promise<string>;
  /** Ends it, and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts it. Whoever starts it stops it. */
export function throughlineEngine(args: readonly string[]): EngineProgram {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [join(root, "bin/throughline"), "engine", ...args], {
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = () => void child.kill("SIGKILL");
  process.on("exit", end);
  const complaints = text(child.stderr);
  const ended = once(child, "exit").then(() => {
    process.off("exit", end);
    return complaints;
  });
  return {
    ready: Promise.race([once(createInterface({ input: child.stdout }), "line"), ended]),
    ended,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}
