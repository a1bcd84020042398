/** Exit codes of every command (documented in docs/cli.md). */
export const ExitCode = { ok: 0, runFailed: 1, badInput: 2, fault: 3 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command with one line on stderr that names the object and the next step. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.badInput) {
    super(message);
    this.exitCode = exitCode;
  }
}
