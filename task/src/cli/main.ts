#!/usr/bin/env node
/** The commands for use inside a step: `exec`, `context` and `metric`. */
import { basename } from "node:path";
import { context } from "./context.ts";
import { exec } from "./exec.ts";
import { wordsOf } from "./fault.ts";
import { HELP } from "./help.ts";
import { metric } from "./metric.ts";
import { print, say } from "./say.ts";
import { type Given, type OptionNames, readOptions, UsageError } from "./usage.ts";

interface Command {
  options: OptionNames;
  /** The first word is another program's, and what follows are its arguments. */
  stopAtWord?: boolean;
  /** Answers the exit code. */
  run(given: Given, env: NodeJS.ProcessEnv): number | Promise<number>;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    "exec",
    {
      options: { flags: ["help", "no-stderr"], values: ["name", "timeout"], lists: ["attr"] },
      stopAtWord: true,
      run: exec,
    },
  ],
  [
    "context",
    { options: { flags: ["help"], values: ["file", "traceparent", "output"], lists: [] }, run: context },
  ],
  [
    "metric",
    {
      options: { flags: ["help", "histogram"], values: ["unit", "timeout"], lists: ["attr"] },
      run: metric,
    },
  ],
]);

/** As in the other commands of Throughline. */
const EXIT_CODE = { ok: 0, badInput: 2, fault: 3 } as const;

async function main([name = "", ...args]: readonly string[]): Promise<number> {
  if (name === "help" || name === "--help" || name === "-h") return help(args[0]);
  const command = COMMANDS.get(name);
  if (command === undefined)
    return explain(
      name === "" ? `say one of ${[...COMMANDS.keys()].join(", ")}` : `unknown command '${name}'`,
    );
  try {
    const { options, stopAtWord = false, run } = command;
    const given = readOptions(args, { names: options, stopAtWord });
    return given.flags.has("help") ? help(name) : await run(given, process.env);
  } catch (error) {
    if (error instanceof UsageError) return explain(error.message, name);
    say(`${programName()}: internal fault: ${wordsOf(error)} (report it)`);
    return EXIT_CODE.fault;
  }
}

function help(name = "all"): number {
  const text = HELP.get(name);
  if (text === undefined) return explain(`unknown command '${name}'`);
  print(text.replaceAll("throughline ", `${programName()} `));
  return EXIT_CODE.ok;
}

function explain(fault: string, command?: string): number {
  const see = [programName(), command, "--help"].filter(Boolean).join(" ");
  say(`${programName()}: ${fault} (see ${see})`);
  return EXIT_CODE.badInput;
}

/** `throughline`, or the task package's own name for it. */
function programName(): string {
  return basename(process.argv[1] ?? "") === "throughline" ? "throughline" : "throughline-task";
}

main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
