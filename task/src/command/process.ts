/** Starting somebody else's program, and what became of it. */
import type { ChildProcess } from "node:child_process";

/** How a program ended, or that it could not be started. */
export type Outcome =
  | { kind: "exited"; exitCode: number }
  | { kind: "killed"; signal: NodeJS.Signals }
  | { kind: "not started"; error: unknown };

/** A program that was started, or was to be. */
export interface StartedProcess {
  pid: number | undefined;
  /** Does nothing when it is over. */
  kill(signal: NodeJS.Signals): void;
  outcome: Promise<Outcome>;
}

/** What a program finds when it starts. */
export interface ProcessOptions {
  env: NodeJS.ProcessEnv;
  /** For stdin, stdout and stderr. */
  stdio: readonly (number | "ignore")[];
}

/** Starts a program with its arguments. Never throws. */
export type StartProcess = (words: readonly string[], options: ProcessOptions) => StartedProcess;

/** By `node:child_process`, which is loaded when it is used. */
export const startProcess: StartProcess = ([program = "", ...args], { env, stdio }) => {
  try {
    const { spawn } = process.getBuiltinModule("node:child_process");
    const child = spawn(program, args, { env, stdio: [...stdio] });
    return { pid: child.pid, kill: (signal) => void child.kill(signal), outcome: outcomeOf(child) };
  } catch (error) {
    return { pid: undefined, kill: () => {}, outcome: Promise.resolve({ kind: "not started", error }) };
  }
};

/** Waits for the end of a program that was started by `node:child_process`, or was to be. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      // A signal that could not be passed on comes here too.
      if (child.pid === undefined) resolve({ kind: "not started", error });
    });
    child.on("exit", (exitCode, signal) => {
      resolve(signal === null ? { kind: "exited", exitCode: exitCode ?? 0 } : { kind: "killed", signal });
    });
  });
}
