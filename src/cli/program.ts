import { Command, CommanderError } from "commander";
import { addImportCommand, addTraceCommand, addUpCommand } from "./commands.ts";
import { ExitCode, Failure } from "./failure.ts";
import { addQuestionCommands } from "./questions.ts";
import type { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** What a command does with its arguments; answers the exit code. */
export type Action<Options> = (args: string[], options: Options, terminal: Terminal) => Promise<ExitCode>;

export interface Program {
  /** Runs one command line and answers the exit code. Never throws. */
  run(args: readonly string[]): Promise<ExitCode>;
}

/** The whole command line. Each command's code is loaded when it is used. */
export function createProgram(terminal: Terminal): Program {
  return {
    async run(args) {
      const verbose = args.includes("--verbose");
      let exitCode: ExitCode = ExitCode.ok;
      const program = describeProgram(terminal, (code) => {
        exitCode = code;
      });
      try {
        await program.parseAsync([...args], { from: "user" });
        return exitCode;
      } catch (error) {
        return explain(error, terminal, verbose);
      }
    },
  };
}

function describeProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command("throughline")
    .description("One trace for a whole delivery: Tekton pipelines as OpenTelemetry traces.")
    .version(VERSION, "-V, --version", "print the version")
    .option("--verbose", "print stack traces of faults")
    .helpCommand(false)
    .showHelpAfterError("(see throughline --help)")
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      writeErr: (text) => terminal.say(text.trimEnd()),
      getOutHelpWidth: () => terminal.width,
      getErrHelpWidth: () => terminal.width,
    })
    .exitOverride();

  addUpCommand(program, { terminal, finish });
  addImportCommand(program, { terminal, finish });
  addTraceCommand(program, { terminal, finish });
  addQuestionCommands(program, { terminal, finish });
  return program;
}

function explain(error: unknown, terminal: Terminal, verbose: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
  if (verbose && error instanceof Error) terminal.say(error.stack ?? error.message);
  if (error instanceof Failure) {
    if (!verbose) terminal.say(`throughline: ${error.message}`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (!verbose)
    terminal.say(`throughline: internal fault: ${message} (run again with --verbose and report it)`);
  return ExitCode.fault;
}
