import { Command, CommanderError } from "commander";
import { ExitCode, Failure } from "./failure.ts";
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

  program
    .command("import")
    .summary("turn a dump of Kubernetes objects into traces")
    .description(
      "Reads PipelineRuns, TaskRuns, Pods and Events from files, directories or standard input (-), in whatever " +
        "form kubectl writes them, and prints where the time of each run went. With OTEL_EXPORTER_OTLP_ENDPOINT " +
        "set, the spans are sent there.",
    )
    .argument("<file...>", "JSON, JSON lines or YAML, gzipped or not; directories; - for standard input")
    .option(
      "-o, --output <format>",
      "text, json, or otlp-json (the spans as OTLP/JSON; nothing is sent)",
      "text",
    )
    .option("--provisional", "include runs that are not over, as far as they are known")
    .option("--timing-names <wait,execute>", "names of the timing spans", "wait_duration,execute_duration")
    .option("--verbose", "print stack traces of faults")
    .action(async (files: string[], options) => {
      const { importCommand } = await import("./import.ts");
      finish(await importCommand(files, options, terminal));
    });

  program
    .command("trace")
    .summary("show a run as a waterfall in the terminal")
    .description(
      "Reads a dump like import does and draws one run of it: what ran when, and the critical path.",
    )
    .argument("<file>", "a file or directory of Kubernetes objects; - for standard input")
    .argument("[run]", "name, namespace/name, UID or trace id of a run; needed where the dump holds several")
    .option("-o, --output <format>", "text or json", "text")
    .option("--verbose", "print stack traces of faults")
    .action(async (file: string, run: string | undefined, options) => {
      const { traceCommand } = await import("./trace.ts");
      finish(await traceCommand({ file, run }, options, terminal));
    });

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
