/**
 * `exec`: runs a command as a span. Somebody waits for it, so whatever can be done while another process works is done then:
 *
 *     us       ──┬─ plan, describe ─┬─┬─ load sockets ─┬─ deliver ──▶
 *     mkfifo     └──────────────────┘ │                │
 *     command                         └────────────────┘
 */
import { openStderrRelay, type StderrRelay } from "../command/stderr-relay.ts";
import { deliver, prepareDelivery } from "../wire/deliver.ts";
import { type Destination, destinationOf } from "../wire/endpoint.ts";
import { loadDates, startStopwatch } from "./clock.ts";
import { type StartedCommand, startCommand } from "./command.ts";
import {
  type CommandDescription,
  type CommandRun,
  commandSpanRequest,
  describeCommand,
} from "./command-span.ts";
import { exactCommand } from "./exact-command.ts";
import { wordsOf } from "./fault.ts";
import { startQuickly } from "./quick-process.ts";
import { say } from "./say.ts";
import { forwardSignals } from "./signals.ts";
import { planSpan, type SpanPlan } from "./span-plan.ts";
import { attributesOf, type Given, timeoutMsOf, UsageError } from "./usage.ts";

const STDERR = 2;

/** Runs the command and answers its exit code. @throws UsageError before anything is started. */
export async function exec(given: Given, env: NodeJS.ProcessEnv): Promise<number> {
  const { words } = given;
  if (words.length === 0) throw new UsageError("no command is given");
  const label = { name: given.values.get("name"), attributes: attributesOf(given) };
  const timeoutMs = timeoutMsOf(given, env);
  const destination = destinationOf(env, "traces");
  const opening = wantsStderr({ given, env, destination }) ? openStderrRelay(env, startQuickly) : undefined;
  // What follows, until the relay is waited for, is done while it is being opened.
  const plan = planSpan(env, destination);
  const describe = once(() => describeCommand({ words, label, env }));
  const prepare = () => {
    if (plan.kind !== "recorded") return;
    ahead(describe);
    ahead(loadDates);
    ahead(() => prepareDelivery(destination));
  };
  if (opening !== undefined) ahead(describe);
  const run = await runToEnd(words, { plan, opening, prepare });
  const { ending } = run;
  if (ending.kind === "not started") say(`throughline exec: ${words[0]}: ${ending.reason}`);
  const lost = await report({ plan, run, describe, destination, timeoutMs });
  const remark = lost === undefined ? plan.complaint : `span not sent: ${lost}`;
  if (remark !== undefined) say(`throughline exec: ${remark}`);
  return ending.exitCode;
}

function wantsStderr(from: { given: Given; env: NodeJS.ProcessEnv; destination: Destination }): boolean {
  const { given, env, destination } = from;
  const takesSpans = destination.kind === "spool" || destination.kind === "http";
  return takesSpans && !given.flags.has("no-stderr") && env["THROUGHLINE_EXEC_STDERR"] !== "0";
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Does now what will be asked for again; a fault of it comes out then. */
function ahead(work: () => unknown): void {
  try {
    work();
  } catch {
    // The command is not to suffer from it.
  }
}

/** `prepare` is called when the command runs, to use that time. */
async function runToEnd(
  words: readonly string[],
  {
    plan,
    opening,
    prepare,
  }: { plan: SpanPlan; opening: Promise<StderrRelay | undefined> | undefined; prepare: () => void },
): Promise<CommandRun> {
  const { env } = plan;
  const exact = exactCommand(words, env);
  const relay = await relayFor(plan, opening);
  let started: StartedCommand | undefined;
  let over: Promise<number> | undefined;
  forwardSignals((signal) => {
    // Who waits for the command waits no longer for a collector, but for its last words.
    if (over === undefined) started?.kill(signal);
    else over.then((exitCode) => process.exit(exitCode));
  });
  const readTicks = startStopwatch();
  started = startCommand(exact, { env, stderr: relay?.commandEnd ?? STDERR });
  relay?.started();
  prepare();
  const ending = await started.ending;
  const ticks = readTicks();
  const finishing = Promise.resolve(relay?.finish());
  over = finishing.then(() => ending.exitCode);
  return { pid: started.pid, ending, ticks, stderr: await finishing };
}

/** It is opened before it is known that it is of no use, under a parent that is not recorded. */
async function relayFor(plan: SpanPlan, opening: Promise<StderrRelay | undefined> | undefined) {
  const relay = await opening;
  if (plan.kind === "recorded") return relay;
  await relay?.finish();
  return undefined;
}

/** Answers why the span is lost, if it is. */
async function report(given: {
  plan: SpanPlan;
  run: CommandRun;
  describe: () => CommandDescription;
  destination: Destination;
  timeoutMs: number;
}): Promise<string | undefined> {
  const { plan, run, describe, destination, timeoutMs } = given;
  if (plan.kind !== "recorded") return undefined;
  try {
    const request = commandSpanRequest({ plan, run, description: describe() });
    return await deliver(request, { destination, timeoutMs });
  } catch (error) {
    // A fault of ours is no fault of the command.
    return wordsOf(error);
  }
}
