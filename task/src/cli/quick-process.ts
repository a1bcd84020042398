/**
 * Starts a program by the handle that `node:child_process` itself uses: that module loads sockets, UDP and streams first, and a
 * script that runs `true` by it takes 1.19 times as long as `node -e 0`; by the handle, 1.03 (Node 20.20).
 *
 * The way to the handle, `process.binding`, is deprecated (DEP0111), if only in words. Where it is gone, refused (by
 * `--permission`) or not what it was, in a Node that we have not tried it in, and whenever the program cannot be started,
 * `node:child_process` has its turn, which also knows best what to say of that.
 */
import { constants } from "node:os";
import { type Outcome, type ProcessOptions, type StartProcess, startProcess } from "../command/process.ts";

/** Lines of Node that change no more than they must. A handle that expects something else ends the process, as that of Node 24 does. */
const KNOWN_MAJORS = [20, 22];

/** As far as it is used here. */
interface ProcessHandle {
  pid: number;
  onexit: (exitCode: number, signal: NodeJS.Signals | "") => void;
  /** Answers 0, or an error of libuv. */
  spawn(options: { file: string; args: string[]; envPairs: string[]; stdio: object[] }): number;
  kill(signal: number): number;
  close(): void;
}

/** As {@link startProcess}, sooner. */
export const startQuickly: StartProcess = (words, options) =>
  startByHandle(words, options) ?? startProcess(words, options);

function startByHandle(words: readonly string[], { env, stdio }: ProcessOptions) {
  const [program] = words;
  if (!program) return undefined;
  try {
    const handle = newHandle();
    if (handle === undefined) return undefined;
    let isOver = false;
    const outcome = new Promise<Outcome>((resolve) => {
      handle.onexit = (exitCode, signal) => {
        isOver = true;
        handle.close();
        resolve(signal ? { kind: "killed", signal } : { kind: "exited", exitCode });
      };
    });
    const options = { file: program, args: [...words], envPairs: pairsOf(env), stdio: stdio.map(stdioOf) };
    if (handle.spawn(options) !== 0) return undefined;
    // Its number may be another process's by then.
    const kill = (signal: NodeJS.Signals) => void (isOver || handle.kill(constants.signals[signal]));
    return { pid: handle.pid, kill, outcome };
  } catch {
    return undefined;
  }
}

function newHandle(): ProcessHandle | undefined {
  if (!KNOWN_MAJORS.includes(Number.parseInt(process.versions.node, 10))) return undefined;
  const { noDeprecation = false } = process;
  // It would be said on the command's stderr.
  process.noDeprecation = true;
  try {
    const binding: unknown =
      "binding" in process && isFunction(process.binding) && process.binding("process_wrap");
    if (typeof binding !== "object" || binding === null || !("Process" in binding)) return undefined;
    return isHandleClass(binding.Process) ? new binding.Process() : undefined;
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

function isFunction(value: unknown): value is (name: string) => unknown {
  return typeof value === "function";
}

function isHandleClass(value: unknown): value is new () => ProcessHandle {
  return typeof value === "function" && ["spawn", "kill", "close"].every((name) => name in value.prototype);
}

function pairsOf(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

function stdioOf(file: number | "ignore"): object {
  return file === "ignore" ? { type: "ignore" } : { type: "fd", fd: file };
}
