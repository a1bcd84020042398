import type { Command } from "commander";
import { Failure } from "./failure.ts";

/** Of the task package, which `bin/throughline` hands them to before it loads anything else. Here they are listed. */
const STEP_COMMANDS = {
  "exec [command...]": "inside a step: run a command as a span",
  "context [save|load|show]": "inside a step: hand the trace from task to task by a file",
  "metric [record|add...]": "inside a step: record one data point of a metric",
};

/** `exec`, `context` and `metric`, for the list of commands. */
export function addStepCommands(program: Command): void {
  for (const [usage, summary] of Object.entries(STEP_COMMANDS)) {
    const [name] = usage.split(" ");
    program
      .command(usage)
      .summary(summary)
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw new Failure(`${name} comes first: throughline ${name} … (see throughline ${name} --help)`);
      });
  }
}
