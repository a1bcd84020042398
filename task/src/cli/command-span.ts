/** What a span says of a command (OpenTelemetry semantic conventions, "CLI client spans"). */

import { firstWithin, lastWithin } from "../command/byte-limits.ts";
import type { StderrTail } from "../command/stderr-relay.ts";
import { redact, redactArguments } from "../redact.ts";
import { type Attributes, SpanKind, spanRequest } from "../wire/otlp-json.ts";
import { resourceAttributes } from "../wire/resource.ts";
import { datesOf, type Ticks } from "./clock.ts";
import type { Ending } from "./command.ts";
import type { RecordedSpan } from "./span-plan.ts";

/** What the user calls it. */
export interface SpanLabel {
  name: string | undefined;
  attributes: Readonly<Record<string, string>>;
}

/** What is known of a command before it ends. */
export interface CommandDescription {
  name: string;
  attributes: Attributes;
  resource: Attributes;
}

/** A command that is over. */
export interface CommandRun {
  pid: number | undefined;
  ending: Ending;
  ticks: Ticks;
  /** What it wrote at last; nothing where that was not looked at. */
  stderr: StderrTail | undefined;
}

const SCOPE = "throughline exec";
const MAXIMUM_ARGUMENTS = 128;
const MAXIMUM_TEXT_BYTES = 4096;
const MAXIMUM_NAME_BYTES = 1024;
/** What a reader of spools takes as one line, and one write gets to a file in one piece. */
const MAXIMUM_REQUEST_BYTES = 64 * 1024;

/** Describes a command, by its program and arguments and the variables of the step. */
export function describeCommand(given: {
  words: readonly string[];
  label: SpanLabel;
  env: NodeJS.ProcessEnv;
}): CommandDescription {
  const { words, label, env } = given;
  const executable = firstWithin(baseName(words), MAXIMUM_NAME_BYTES);
  return {
    name: label.name ? firstWithin(label.name, MAXIMUM_NAME_BYTES) : executable,
    attributes: {
      ...label.attributes,
      "process.executable.name": executable,
      "process.command_args": shownArguments(words),
    },
    resource: resourceAttributes(env),
  };
}

interface Subject {
  plan: RecordedSpan;
  description: CommandDescription;
  run: CommandRun;
}

/** The request that carries the span; without what is longest where it would be more than 64 KiB. */
export function commandSpanRequest(subject: Subject): string {
  const whole = requestOf(subject, allAttributes(subject));
  if (Buffer.byteLength(whole) < MAXIMUM_REQUEST_BYTES) return whole;
  const { ending } = subject.run;
  return requestOf(subject, { ...outcomeAttributes(ending), "throughline.exec.cut": true });
}

function requestOf({ plan, description, run }: Subject, attributes: Attributes): string {
  const { context, from } = plan;
  const { traceId, spanId, tracestate } = context;
  return spanRequest(
    { resource: description.resource, scope: SCOPE },
    {
      traceId,
      spanId,
      parentSpanId: from.parent?.spanId,
      traceState: tracestate,
      name: description.name,
      kind: SpanKind.client,
      ...datesOf(run.ticks),
      attributes,
      links: from.link ? [{ ...idsOf(from.link), traceState: from.link.tracestate }] : [],
      error: errorOf(run.ending),
    },
  );
}

function allAttributes({ plan, description, run }: Subject): Attributes {
  const { pid, ending, stderr } = run;
  return {
    ...description.attributes,
    "process.pid": pid,
    ...outcomeAttributes(ending),
    "error.message": errorOf(ending) === undefined || stderr === undefined ? undefined : excerptOf(stderr),
    "throughline.context.invalid": plan.from.invalid,
  };
}

function outcomeAttributes(ending: Ending): Attributes {
  return { "process.exit.code": ending.exitCode, "error.type": errorTypeOf(ending) };
}

function errorTypeOf(ending: Ending): string | undefined {
  if (ending.kind === "killed") return ending.signal;
  if (ending.kind === "not started") return ending.errorType;
  return ending.exitCode === 0 ? undefined : `exit_code_${ending.exitCode}`;
}

function errorOf(ending: Ending): string | undefined {
  if (ending.kind === "killed") return `killed by ${ending.signal}`;
  if (ending.kind === "not started") return ending.reason;
  return ending.exitCode === 0 ? undefined : `exit code ${ending.exitCode}`;
}

/** The first 128, and of these the first 4 KiB. */
function shownArguments(words: readonly string[]): string[] {
  const shown: string[] = [];
  let room = MAXIMUM_TEXT_BYTES;
  // Twice as much as is shown: a secret that is cut may not look like one any more.
  const few = words.slice(0, MAXIMUM_ARGUMENTS).map((word) => word.slice(0, 2 * MAXIMUM_TEXT_BYTES));
  for (const argument of redactArguments(few)) {
    if (room <= 0) break;
    shown.push(firstWithin(argument, room));
    room -= Buffer.byteLength(argument);
  }
  return shown;
}

/** Whole lines where there is more than one; nothing when nothing was written. */
function excerptOf({ bytes, isCut }: StderrTail): string | undefined {
  const lineEnd = bytes.indexOf("\n");
  const from = isCut && lineEnd !== -1 && lineEnd < bytes.length - 1 ? lineEnd + 1 : 0;
  const text = redact(bytes.toString("utf8", from)).trimEnd();
  return text === "" ? undefined : lastWithin(text, MAXIMUM_TEXT_BYTES);
}

function baseName([program = ""]: readonly string[]): string {
  return program.replace(/\/+$/, "").split("/").at(-1) || program;
}

function idsOf({ traceId, spanId }: { traceId: string; spanId: string }) {
  return { traceId, spanId };
}
