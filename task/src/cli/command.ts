/** A command under `exec`, and the exit code it ends with. */
import { constants } from "node:os";
import type { Outcome } from "../command/process.ts";
import { startQuickly } from "./quick-process.ts";

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

const [STDIN, STDOUT] = [0, 1];

/** Starts the command with our stdin and stdout, and this for its stderr. Never throws. */
export function startCommand(
  words: readonly string[],
  { env, stderr }: { env: NodeJS.ProcessEnv; stderr: number },
): StartedCommand {
  const { outcome, ...started } = startQuickly(words, { env, stdio: [STDIN, STDOUT, stderr] });
  return { ...started, ending: outcome.then(endingOf) };
}

function endingOf(outcome: Outcome): Ending {
  if (outcome.kind === "not started") return notStarted(outcome.error);
  if (outcome.kind === "exited") return outcome;
  return { ...outcome, exitCode: SIGNALLED + constants.signals[outcome.signal] };
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
