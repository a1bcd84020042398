/** What became of a command, in the terms of shells and of spans. */
import { constants } from "node:os";
import type { Outcome } from "./process.ts";

/** How a command ended, or that it could not be started. */
export type Ending =
  | { kind: "exited"; exitCode: number }
  | { kind: "killed"; exitCode: number; signal: NodeJS.Signals }
  | { kind: "not started"; exitCode: 126 | 127; errorType: "not_found" | "not_executable"; reason: string };

/** What shells add to the number of the signal that ended a command. */
const SIGNALLED = 128;

/** With the exit code that shells give (POSIX.1-2024, Shell Command Language, "Exit Status for Commands"). */
export function endingOf(outcome: Outcome): Ending {
  if (outcome.kind === "not started") return notStarted(outcome.error);
  if (outcome.kind === "exited") return outcome;
  return { ...outcome, exitCode: SIGNALLED + constants.signals[outcome.signal] };
}

/** What a span says of a failure: `error.type` and the message of its status. Nothing where there was none. */
export function problemOf(ending: Ending): { errorType: string; message: string } | undefined {
  if (ending.exitCode === 0) return undefined;
  if (ending.kind === "not started") return { errorType: ending.errorType, message: ending.reason };
  const errorType = ending.kind === "killed" ? ending.signal : `exit_code_${ending.exitCode}`;
  return { errorType, message: endInWords(ending) };
}

/** How a command that failed ended, for people. */
export function endInWords({ exitCode, signal }: { exitCode: number; signal?: string }): string {
  return signal === undefined ? `exit code ${exitCode}` : `killed by ${signal}`;
}

function notStarted(error: unknown): Ending {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  // The second is what Node says of a word with a NUL, which no program can be given.
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
