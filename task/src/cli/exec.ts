/** `exec`: runs a command as a span. The command is started first; everything else can wait for it. */

import { openStderrRelay } from "../command/stderr-relay.ts";
import { deliver } from "../wire/deliver.ts";
import { type Destination, destinationOf } from "../wire/endpoint.ts";
import { startStopwatch } from "./clock.ts";
import { type StartedCommand, startCommand } from "./command.ts";
import { type CommandRun, commandSpanRequest } from "./command-span.ts";
import { exactCommand } from "./exact-command.ts";
import { wordsOf } from "./fault.ts";
import { say } from "./say.ts";
import { forwardSignals } from "./signals.ts";
import { planSpan, type SpanPlan } from "./span-plan.ts";
import { attributesOf, type Given, timeoutMsOf, UsageError } from "./usage.ts";

/** Runs the command and answers its exit code. @throws UsageError before anything is started. */
export async function exec(given: Given, env: NodeJS.ProcessEnv): Promise<number> {
  const { words } = given;
  if (words.length === 0) throw new UsageError("no command is given");
  const label = { name: given.values.get("name"), attributes: attributesOf(given) };
  const timeoutMs = timeoutMsOf(given, env);
  const destination = destinationOf(env, "traces");
  const plan = planSpan(env, destination);
  const run = await runToEnd(words, { plan, withStderr: wantsStderr(given, env) });
  const { ending } = run;
  if (ending.kind === "not started") say(`throughline exec: ${words[0]}: ${ending.reason}`);
  const lost = await report({ plan, run, label, destination, timeoutMs, env });
  const remark = lost === undefined ? plan.complaint : `span not sent: ${lost}`;
  if (remark !== undefined) say(`throughline exec: ${remark}`);
  return ending.exitCode;
}

function wantsStderr(given: Given, env: NodeJS.ProcessEnv): boolean {
  return !given.flags.has("no-stderr") && env["THROUGHLINE_EXEC_STDERR"] !== "0";
}

async function runToEnd(
  words: readonly string[],
  { plan, withStderr }: { plan: SpanPlan; withStderr: boolean },
): Promise<CommandRun> {
  const { env } = plan;
  const relay = plan.kind === "recorded" && withStderr ? await openStderrRelay(env) : undefined;
  const exact = exactCommand(words, env);
  let started: StartedCommand | undefined;
  let exitCode: number | undefined;
  forwardSignals((signal) => {
    // Who waits for the command waits no longer for a collector.
    if (exitCode !== undefined) process.exit(exitCode);
    started?.kill(signal);
  });
  const readTimes = startStopwatch();
  started = startCommand(exact, { env, stderr: relay?.commandEnd ?? "inherit" });
  relay?.started();
  const ending = await started.ending;
  const times = readTimes();
  exitCode = ending.exitCode;
  return { words, pid: started.pid, ending, times, stderr: await relay?.finish() };
}

/** Answers why the span is lost, if it is. */
async function report(given: {
  plan: SpanPlan;
  run: CommandRun;
  label: { name: string | undefined; attributes: Readonly<Record<string, string>> };
  destination: Destination;
  timeoutMs: number;
  env: NodeJS.ProcessEnv;
}): Promise<string | undefined> {
  const { plan, run, label, destination, timeoutMs, env } = given;
  if (plan.kind !== "recorded") return undefined;
  try {
    return await deliver(commandSpanRequest({ plan, run, label, env }), { destination, timeoutMs });
  } catch (error) {
    // A fault of ours is no fault of the command.
    return wordsOf(error);
  }
}
