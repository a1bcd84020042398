/** Commands of a task, each as a span: the same one that `throughline exec` and the shell script make. */
import { type ChildProcess, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { type Attributes, context, type Span, SpanKind, trace } from "@opentelemetry/api";
import { type Ending, endInWords, endingOf, problemOf } from "../command/ending.ts";
import { outcomeOf } from "../command/process.ts";
import { executableName, lastLines, shownArguments } from "../command/recorded.ts";
import { openStderrRelay, type StderrRelay } from "../command/stderr-relay.ts";
import { formatTraceparent } from "../context/context.ts";
import { stepContextOf } from "./active-context.ts";
import { markFailed } from "./failure.ts";
import { recordable, recordableArguments } from "./redaction.ts";
import { remember } from "./run-command-children.ts";
import { withSpan } from "./span.ts";

/** How a command is run and recorded. */
export interface CommandOptions {
  /** Name of the span; else the program's name without its directory. */
  name?: string;
  /** More attributes of the span. */
  attributes?: Attributes;
  /** Directory to run in. */
  cwd?: string;
  /** Variables on top of this process's own; `undefined` takes one away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** `capture` returns what the command prints, up to 16 MiB, rather than print it. */
  stdout?: "inherit" | "capture";
  /** `false` keeps the last lines of stderr out of the span; so does `THROUGHLINE_EXEC_STDERR=0` for all commands. */
  recordStderr?: boolean;
  /** Throw a `CommandError` when the command fails. */
  check?: boolean;
}

/** How a command ended. */
export interface CommandResult {
  /** As a shell has it: 127 when there is no such program, 126 when it cannot be started, 128 + n when signal n ended it. */
  exitCode: number;
  /** The signal that ended it, such as `SIGKILL`. Not `NodeJS.Signals`: a task need not have the types of Node. */
  signal?: string;
  /** What it printed, when that was captured. */
  stdout?: string;
  /** When it failed: the last lines it wrote to stderr, at most 4 KiB, as they are recorded, without secrets. */
  stderr?: string;
}

/** A command that failed although `check` was asked for. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly result: CommandResult;

  constructor(command: string, result: CommandResult) {
    super(`${command}: ${endInWords(result)}${result.stderr ? `\n${result.stderr}` : ""}`);
    this.result = result;
  }
}

/**
 * Runs a command as a child span of the active one and waits for its end. The command finds its span in `TRACEPARENT`; its
 * input and output are this process's own. A command that fails makes a failed span, and is a result like any other.
 *
 * @example const { exitCode } = await runCommand("npm", ["test"], { name: "unit tests" });
 */
export async function runCommand(
  command: string,
  args: readonly string[] = [],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const name = options.name ?? executableName(command);
  const attributes = { ...options.attributes, ...commandAttributes(command, args) };
  const result = await withSpan(name, { kind: SpanKind.CLIENT, attributes }, (span) =>
    runRecorded({ command, args, options, span }),
  );
  if (options.check && result.exitCode !== 0) throw new CommandError(name, result);
  return result;
}

interface Run {
  command: string;
  args: readonly string[];
  options: CommandOptions;
  span: Span;
}

/** Semantic conventions, "CLI client spans". */
function commandAttributes(command: string, args: readonly string[]): Attributes {
  return {
    "process.executable.name": executableName(command),
    "process.command_args": shownArguments([command, ...args], recordableArguments),
  };
}

async function runRecorded(run: Run): Promise<CommandResult> {
  const relay = wantsStderr(run) ? await openStderrRelay(process.env) : undefined;
  const { ending, stdout } = await runToEnd(run, relay);
  const tail = await relay?.finish();
  const problem = problemOf(ending);
  const stderr = tail !== undefined && problem !== undefined ? lastLines(tail, recordable) : "";
  run.span.setAttribute("process.exit.code", ending.exitCode);
  if (problem !== undefined) markFailed(run.span, problem);
  if (stderr !== "") run.span.setAttribute("error.message", stderr);
  return {
    exitCode: ending.exitCode,
    ...(ending.kind === "killed" && { signal: ending.signal }),
    ...(stdout !== undefined && { stdout }),
    ...(stderr !== "" && { stderr }),
  };
}

function wantsStderr({ span, options }: Run): boolean {
  return span.isRecording() && (options.recordStderr ?? process.env["THROUGHLINE_EXEC_STDERR"] !== "0");
}

interface Ended {
  ending: Ending;
  /** What it printed, when that was captured. */
  stdout?: string;
}

async function runToEnd(run: Run, relay: StderrRelay | undefined): Promise<Ended> {
  const child = start(run, relay);
  if (child instanceof Error) return { ending: endingOf({ kind: "not started", error: child }) };
  if (child.pid !== undefined) {
    remember(child);
    run.span.setAttribute("process.pid", child.pid);
  }
  const output = child.stdout === null ? undefined : capture(child.stdout);
  const ending = endingOf(await outcomeOf(child));
  if (output === undefined || ending.kind === "not started") return { ending };
  return { ending, stdout: await output() };
}

/** The child, or why Node does not even try: a NUL in an argument. */
function start({ command, args, options, span }: Run, relay: StderrRelay | undefined): ChildProcess | Error {
  const output = options.stdout === "capture" ? "pipe" : "inherit";
  try {
    return spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env, ...contextVariables(span) },
      stdio: ["inherit", output, relay?.commandEnd ?? "inherit"],
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    relay?.started();
  }
}

/**
 * The variables by which the command finds its span; none where there is no span. `TRACESTATE` goes with its span,
 * `BAGGAGE` stays unless the context has some.
 */
function contextVariables(span: Span): NodeJS.ProcessEnv {
  const own = stepContextOf(trace.setSpan(context.active(), span));
  if (own === undefined) return {};
  const { tracestate, baggage } = own;
  return {
    TRACEPARENT: formatTraceparent(own),
    TRACESTATE: tracestate,
    ...(baggage !== undefined && { BAGGAGE: baggage }),
  };
}

const MAXIMUM_CAPTURE_BYTES = 16 * 1024 * 1024;
/** What a command wrote is in the pipe when it ends; only what it left behind in the background keeps the pipe open. */
const LEFT_BEHIND_MS = 100;

/** Collects what is read; the function answers it, once the writer is gone or has been silent after the end of the command. */
function capture(stream: Readable): () => Promise<string> {
  const chunks: Buffer[] = [];
  let room = MAXIMUM_CAPTURE_BYTES;
  let heard = () => {};
  const closed = new Promise<void>((resolve) => stream.once("close", resolve));
  stream.on("data", (chunk: Buffer) => {
    heard();
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
  });
  return async () => {
    const silent = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LEFT_BEHIND_MS);
      heard = () => timer.refresh();
      stream.once("close", () => clearTimeout(timer));
    });
    await Promise.race([closed, silent]);
    // Whoever still writes shall not keep this process from ending, and not be ended by it either.
    if (stream instanceof Socket) stream.unref();
    return Buffer.concat(chunks).toString("utf8");
  };
}
