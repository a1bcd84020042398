/** Starting somebody else's program, and what became of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";

/** What shells add to the number of the signal that ended a command. */
const SIGNALLED = 128;

/** How a command ended, or that it could not be started. */
export type Ending =
  | { kind: "exited"; exitCode: number }
  | { kind: "killed"; exitCode: number; signal: NodeJS.Signals }
  | { kind: "not started"; exitCode: 126 | 127; errorType: "not_found" | "not_executable"; reason: string };

/** A command that was started. */
export interface StartedCommand {
  pid: number | undefined;
  kill(signal: NodeJS.Signals): void;
  ending: Promise<Ending>;
}

/** Starts the command with our stdin and stdout. Never throws. */
export function startCommand(
  words: readonly string[],
  { env, stderr }: { env: NodeJS.ProcessEnv; stderr: number | "inherit" },
): StartedCommand {
  const [program = "", ...args] = words;
  try {
    const child = spawn(program, args, { env, stdio: ["inherit", "inherit", stderr] });
    return { pid: child.pid, kill: (signal) => void child.kill(signal), ending: endingOf(child) };
  } catch (error) {
    return { pid: undefined, kill: () => {}, ending: Promise.resolve(notStarted(error)) };
  }
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      // A signal that could not be passed on comes here too.
      if (child.pid === undefined) resolve(notStarted(error));
    });
    child.on("exit", (exitCode, signal) => {
      if (signal !== null)
        resolve({ kind: "killed", exitCode: SIGNALLED + constants.signals[signal], signal });
      else resolve({ kind: "exited", exitCode: exitCode ?? 0 });
    });
  });
}

/** As shells have it (POSIX.1-2024, Shell Command Language, "Exit Status for Commands"). */
function notStarted(error: unknown): Ending {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (code === "ENOENT" || code === "ERR_INVALID_ARG_VALUE")
    return { kind: "not started", exitCode: 127, errorType: "not_found", reason: "not found" };
  const reason = REASONS[code] ?? `cannot be started (${code})`;
  return { kind: "not started", exitCode: 126, errorType: "not_executable", reason };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "not executable",
  ENOEXEC: "not a program",
  E2BIG: "too many arguments or variables",
};
