/** The commands that ask questions: `runs`, `tasks`, `errors`, `compare`. Their options are the questions' parameters. */
import type { Command } from "commander";
import { dataOption, serverOption, tokenOption } from "./common-options.ts";
import type { ExitCode } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export interface CommandContext {
  terminal: Terminal;
  /** To be told how a command ended. */
  finish: (code: ExitCode) => void;
}

/** Adds the commands; the code of each is loaded when it is used. */
export function addQuestionCommands(program: Command, { terminal, finish }: CommandContext): void {
  const runs = program
    .command("runs")
    .summary("list runs: which, how they ended, how long they took")
    .description("Lists runs, the latest first. Example: throughline runs --longer-than 10m --since 7d")
    .option("--sort <by>", "started (default), duration or wait")
    .option("--order <order>", "desc (default) or asc")
    .option("--limit <count>", "how many (default: 50)")
    .option("--after <cursor>", "the next page: what the page before tells")
    .action(async (options) => {
      const { runsCommand } = await import("./runs.ts");
      finish(await runsCommand(options, terminal));
    });
  const tasks = program
    .command("tasks")
    .summary("where the time of pipelines goes, the bottleneck on top")
    .description(
      "For each task: how long it takes, waits and fails, its share of the critical path, and by how much the median run " +
        "would be shorter if the task took half as long.",
    )
    .option("--task <name>", "only this pipeline task")
    .option("--limit <count>", "how many (default: 200)")
    .action(async (options) => {
      const { tasksCommand } = await import("./tasks.ts");
      finish(await tasksCommand(options, terminal));
    });
  const errors = program
    .command("errors")
    .summary("what fails, how often, since when and why; and what is flaky")
    .description(
      "Error rates over time with the most frequent messages and exit codes, and tasks that fail and pass on the same commit.",
    )
    .option("--by <subject>", "task (default) or pipeline")
    .option("--bucket <length>", "day (default) or hour")
    .option("--task <name>", "only this pipeline task")
    .option("--limit <count>", "how many (default: 50)")
    .action(async (options) => {
      const { errorsCommand } = await import("./errors.ts");
      finish(await errorsCommand(options, terminal));
    });
  const compare = program
    .command("compare")
    .summary("two branches, periods or pipelines side by side; or two runs")
    .description(
      "Says what differs by more than noise. A side is branch:NAME, pipeline:NAME, period:SINCE..UNTIL or run:ID. " +
        "Example: throughline compare branch:main branch:dev --pipeline build",
    )
    .argument("<a>", "one side")
    .argument("<b>", "the other side")
    .action(async (a: string, b: string, options) => {
      const { compareCommand } = await import("./compare.ts");
      finish(await compareCommand({ ...options, a, b }, terminal));
    });
  for (const command of [runs, tasks, errors, compare]) addCommonOptions(command);
}

function addCommonOptions(command: Command): void {
  command
    .option("--pipeline <name>", "runs of this pipeline")
    .option("--namespace <name>", "runs in this namespace")
    .option("--branch <name>", "runs of this branch")
    .option("--repository <owner/name>", "runs of this repository")
    .option(
      "--result <results>",
      "success, failure, error, timeout, cancellation, running; several with commas",
    )
    .option("--longer-than <duration>", "runs that took longer, e.g. 10m or 1h30m")
    .option("--shorter-than <duration>", "runs that took less")
    .option(
      "--since <time>",
      "runs started from here on: 7d (back from now), 2026-11-20, 2026-11-20T08:00:00Z",
    )
    .option("--until <time>", "runs started before this")
    .option("--application <name>", "runs of this Konflux application")
    .option("--component <name>", "runs of this Konflux component")
    .option(
      "--search <text>",
      "runs with this in the name of run, pipeline, branch or repository, or at the start of the revision",
    )
    .addOption(serverOption())
    .addOption(dataOption())
    .addOption(tokenOption())
    .option("-o, --output <format>", "text or json", "text")
    .option("--verbose", "print stack traces of faults");
}
