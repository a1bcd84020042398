import { Command, CommanderError } from "commander";
import { addCollectorConfigCommand } from "./collector-config-options.ts";
import {
  addEngineCommand,
  addImportCommand,
  addRunCommand,
  addTraceCommand,
  addUpCommand,
} from "./commands.ts";
import { ExitCode, Failure } from "./failure.ts";
import { addQuestionCommands } from "./questions.ts";
import { addStepCommands } from "./step-commands.ts";
import { printable, type Terminal } from "./terminal.ts";
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
        if (error instanceof CommanderError) return explainUsage(error, { program, args, terminal });
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
    .configureOutput({
      writeOut: (text) => void terminal.write(text),
      writeErr: (text) => terminal.say(text.trimEnd()),
      // Said in our own form, when it is caught.
      outputError: () => {},
      getOutHelpWidth: () => terminal.width,
      getErrHelpWidth: () => terminal.width,
    })
    .exitOverride();

  addUpCommand(program, { terminal, finish });
  addRunCommand(program, { terminal, finish });
  addEngineCommand(program, { terminal, finish });
  addImportCommand(program, { terminal, finish });
  addTraceCommand(program, { terminal, finish });
  addQuestionCommands(program, { terminal, finish });
  addCollectorConfigCommand(program, { terminal, finish });
  addStepCommands(program);
  return program;
}

/** One line, as commander would say it in two. */
function explainUsage(
  { code, exitCode, message }: CommanderError,
  { program, args, terminal }: { program: Command; args: readonly string[]; terminal: Terminal },
): ExitCode {
  if (exitCode === 0) return ExitCode.ok;
  // Without any command the help itself is the answer, and has been given.
  if (code === "commander.help") return ExitCode.badInput;
  const command = args.find((arg) => program.commands.some((each) => each.name() === arg));
  const help = ["throughline", command, "--help"].filter(Boolean).join(" ");
  const fault = message.replace(/^error: /, "").replace(/\s*\(Did you mean (.*)\)$/s, "; did you mean $1");
  terminal.say(`throughline: ${printable(fault)} (see ${help})`);
  return ExitCode.badInput;
}

function explain(error: unknown, terminal: Terminal, verbose: boolean): ExitCode {
  if (verbose && error instanceof Error) terminal.say(error.stack ?? error.message);
  if (error instanceof Failure) {
    if (!verbose) terminal.say(`throughline: ${error.message}`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  const lack = lackOf(error);
  if (lack !== undefined) {
    terminal.say(
      `throughline: ${lack} (${printable(message)}); free some, or name another place with TMPDIR or --data`,
    );
    return ExitCode.badInput;
  }
  if (!verbose)
    terminal.say(`throughline: internal fault: ${message} (run again with --verbose and report it)`);
  return ExitCode.fault;
}

/** What the machine has run out of, which is no fault of ours. */
function lackOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC") return "the disk is full";
  return code === "EDQUOT" ? "the disk quota is used up" : undefined;
}
