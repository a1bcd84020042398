/**
 * A step, as Tekton's entrypoint runs it (docs/container-contract, pkg/entrypoint): wait for the step before, put in what it
 * left, decide whether to run at all, run, tell the next one, and report through the termination message.
 */
import {
  evaluateWhen,
  type Replacements,
  replaceList,
  replaceText,
  replaceWhen,
} from "../../engine/index.ts";
import type { ContainerEnd } from "../executors/index.ts";
import type { StepOrder } from "./entrypoint.ts";
import { writeScript } from "./init-work.ts";
import type { Command } from "./launch.ts";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan, PodScope } from "./pod-scope.ts";
import { writeWithin } from "./safe-path.ts";
import { collectResults } from "./step-results.ts";
import { findUnresolved, mentionsSteps, stepVariables } from "./step-variables.ts";
import { type Entry, formatMessage, internalEntry, MESSAGE_TOO_LONG } from "./termination-message.ts";

/** What a step needs of its container. */
export interface StepContext {
  plan: ContainerPlan;
  scope: PodScope;
  /** Says that its turn has come; answers when. */
  begin: () => string;
  launch: (command: StepCommand) => Promise<StepEnd>;
  /** A line of ours in the step's log. */
  print: (line: string) => void;
}

export interface StepCommand extends Command {
  timeoutMillis?: number;
  stdoutPath?: string;
  stderrPath?: string;
}

export type StepEnd = ContainerEnd | { kind: "timedOut" } | { kind: "stopped"; code: number };

/** How a container has ended. */
export interface ContainerResult {
  exitCode: number;
  signal?: number;
  /** Kubernetes' own is "Completed" or "Error". */
  reason?: string;
  message?: string;
  /** What the step after it is told, once the end of this one stands in the Pod's status. */
  passage?: "open" | "failed";
}

/** How the step ends: what its container says, and what the next step is told. */
interface Conclusion {
  exitCode: number;
  passage: "open" | "failed";
  /** What the file `exitCode` says; none without it. */
  exitCodeFile?: string;
  /** Whether the command had its chance to write results. */
  hasRun: boolean;
  entries: readonly Entry[];
}

/** Answers undefined if the Pod was ended before the step's turn came. */
export async function runStep(order: StepOrder, context: StepContext): Promise<ContainerResult | undefined> {
  const passage = await context.scope.barriers.pass(order.waitFiles);
  if (passage === "closed") return undefined;
  const started = internalEntry("StartedAt", context.begin());
  const conclusion = await concludeStep(order, context, passage).catch((fault: unknown) =>
    failure(context, fault),
  );
  const entries = [started, ...conclusion.entries];
  const whole = withResults({ ...conclusion, entries }, order, context);
  leaveFiles(order, context, whole);
  return { exitCode: whole.exitCode, message: formatMessage(whole.entries), passage: whole.passage };
}

function failure({ print }: StepContext, fault: unknown): Conclusion {
  print(fault instanceof Error ? fault.message : String(fault));
  return { exitCode: 1, passage: "failed", hasRun: false, entries: [] };
}

const SKIPPED = internalEntry("Reason", "Skipped");

async function concludeStep(
  order: StepOrder,
  context: StepContext,
  passage: "open" | "failed",
): Promise<Conclusion> {
  if (passage === "failed") return { exitCode: 1, passage, hasRun: false, entries: [SKIPPED] };
  const variables = variablesFor(order, context);
  const when = evaluateWhen(variables === undefined ? order.when : replaceWhen(order.when, variables));
  if (when.kind === "invalid") throw new Error(`when expression: ${when.message}`);
  if (when.kind === "skip")
    return { exitCode: 0, passage, exitCodeFile: "0", hasRun: false, entries: [SKIPPED] };
  const command = commandOf(order, context, variables);
  return conclusionOf(await context.launch(command), order, context);
}

/** Undefined if nothing in the step refers to another, which saves looking at their files. */
function variablesFor(order: StepOrder, { plan, scope }: StepContext): Replacements | undefined {
  const guards = order.when.flatMap(({ input, values = [], cel }) => [input, cel, ...values]);
  const script = scope.scripts.get(order.program ?? "");
  const texts = [...order.args, order.program, ...Object.values(plan.variables), ...guards, script];
  if (!mentionsSteps(texts)) return undefined;
  return stepVariables(scope.plans.slice(0, scope.plans.indexOf(plan)));
}

function commandOf(
  order: StepOrder,
  { plan, scope }: StepContext,
  replacements: Replacements | undefined,
): StepCommand {
  const texts = order.program === undefined ? order.args : [order.program, ...order.args];
  const argv = replacements === undefined ? texts : replaceList(texts, replacements);
  const variables = replacements === undefined ? plan.variables : replaceAll(plan.variables, replacements);
  const unresolved = replacements && findUnresolved([...argv, ...Object.values(variables)]);
  if (unresolved !== undefined) throw new Error(`${unresolved}: no step before has written this result`);
  adaptScript(order, { plan, scope }, replacements);
  const { timeoutMillis, stdoutPath, stderrPath } = order;
  return { argv, variables, timeoutMillis, stdoutPath, stderrPath };
}

function replaceAll(
  variables: Readonly<Record<string, string>>,
  replacements: Replacements,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, replaceText(value, replacements)]),
  );
}

/** Artifacts of other steps are known only now, and so is where the step sees its mounts. */
function adaptScript(
  { program = "" }: StepOrder,
  { plan, scope }: Pick<StepContext, "plan" | "scope">,
  replacements: Replacements | undefined,
): void {
  const script = scope.scripts.get(program);
  const place = hostPathOf(plan.mounts, program);
  if (script === undefined || place === undefined) return;
  const replaced = replacements === undefined ? script : replaceText(script, replacements);
  const adapted = scope.executor.rewrite(replaced, plan.mounts);
  if (adapted !== script) writeScript(place, adapted);
}

const SIGNALLED_EXIT_CODE = 255;

function conclusionOf(end: StepEnd, { continuesOnError }: StepOrder, { print }: StepContext): Conclusion {
  switch (end.kind) {
    case "timedOut":
      return failed(1, [internalEntry("Reason", "TimeoutExceeded")]);
    case "stopped":
      return failed(end.code);
    case "notStarted":
      print(end.message);
      return failed(1);
    case "signalled":
      return exited(SIGNALLED_EXIT_CODE, continuesOnError);
    case "exited":
      return exited(end.code, continuesOnError);
  }
}

function failed(exitCode: number, entries: readonly Entry[] = []): Conclusion {
  return { exitCode, passage: "failed", hasRun: true, entries };
}

function exited(code: number, continuesOnError: boolean): Conclusion {
  if (code !== 0 && !continuesOnError) return failed(code);
  const entries = code === 0 ? [] : [internalEntry("ExitCode", String(code))];
  return { exitCode: 0, passage: "open", exitCodeFile: String(code), hasRun: true, entries };
}

/** A step that failed may have written results before; those that fit are told. */
function withResults(conclusion: Conclusion, order: StepOrder, context: StepContext): Conclusion {
  if (!conclusion.hasRun) return conclusion;
  const results = collectResults(order, { plan: context.plan, before: conclusion.entries });
  if (results.kind === "collected") {
    return { ...conclusion, entries: [...conclusion.entries, ...results.entries] };
  }
  context.print(MESSAGE_TOO_LONG);
  const { entries } = conclusion;
  const why = order.hasRoomForResults ? [internalEntry("Reason", "TaskRunResultLargerThanAllowedLimit")] : [];
  return {
    exitCode: conclusion.exitCode || 1,
    passage: "failed",
    hasRun: true,
    entries: [...entries, ...why],
  };
}

/** The next step goes on even when the files cannot be written: nobody waits for a file. */
function leaveFiles(order: StepOrder, { plan, print }: StepContext, conclusion: Conclusion): void {
  const { metadataDirectory, postFile } = order;
  const write = (path: string, content: string) => {
    const place = hostPathOf(plan.mounts, path);
    if (place !== undefined) writeWithin(place, content);
  };
  try {
    if (metadataDirectory !== undefined && conclusion.exitCodeFile !== undefined)
      write(`${metadataDirectory}/exitCode`, conclusion.exitCodeFile);
    if (postFile !== undefined) write(conclusion.passage === "open" ? postFile : `${postFile}.err`, "");
  } catch (fault) {
    print(`telling the next step: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}
