/** What a span says of a command (OpenTelemetry semantic conventions, "CLI client spans"). */

import { firstWithin } from "../command/byte-limits.ts";
import { type Ending, problemOf } from "../command/ending.ts";
import { executableName, lastLines, shownArguments } from "../command/recorded.ts";
import type { StderrTail } from "../command/stderr-relay.ts";
import { redact, redactArguments } from "../redact.ts";
import { type Attributes, SpanKind, spanRequest } from "../wire/otlp-json.ts";
import { resourceAttributes } from "../wire/resource.ts";
import { datesOf, type Ticks } from "./clock.ts";
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
  const executable = firstWithin(executableName(words[0] ?? ""), MAXIMUM_NAME_BYTES);
  return {
    name: label.name ? firstWithin(label.name, MAXIMUM_NAME_BYTES) : executable,
    attributes: {
      ...label.attributes,
      "process.executable.name": executable,
      "process.command_args": shownArguments(words, redactArguments),
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
  const { parent, link } = from;
  const { traceId, spanId, tracestate } = context;
  return spanRequest(
    { resource: description.resource, scope: SCOPE },
    {
      traceId,
      spanId,
      parentSpanId: parent?.spanId,
      traceState: tracestate,
      name: description.name,
      kind: SpanKind.client,
      ...datesOf(run.ticks),
      attributes,
      links: link ? [{ traceId: link.traceId, spanId: link.spanId, traceState: link.tracestate }] : [],
      error: problemOf(run.ending)?.message,
    },
  );
}

function allAttributes({ plan, description, run }: Subject): Attributes {
  const { pid, ending, stderr } = run;
  const excerpt = stderr !== undefined && problemOf(ending) !== undefined ? lastLines(stderr, redact) : "";
  return {
    ...description.attributes,
    "process.pid": pid,
    ...outcomeAttributes(ending),
    "error.message": excerpt || undefined,
    "throughline.context.invalid": plan.from.invalid,
  };
}

function outcomeAttributes(ending: Ending): Attributes {
  return { "process.exit.code": ending.exitCode, "error.type": problemOf(ending)?.errorType };
}
