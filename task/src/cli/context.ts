/** `context`: hands a step's context to other tasks by a file, takes one over, and shows what a wrapper would go by. */
import {
  type ContextReading,
  contextFileOf,
  formatTraceparent,
  parentOf,
  readContextFile,
  readEnvironment,
  type StepContext,
  writeContextFile,
} from "../context/context.ts";
import { readFields } from "../context/fields.ts";
import { savedLongAgo } from "../context/file.ts";
import { wordsOf } from "./fault.ts";
import { print, say } from "./say.ts";
import { type Given, UsageError } from "./usage.ts";

/** A step goes on without a context: what cannot be saved or loaded is said, and the exit code stays 0. */
const EXIT_CODE = 0;

/** Runs the command line and answers the exit code. @throws UsageError */
export function context(given: Given, env: NodeJS.ProcessEnv): number {
  const [action = "", ...more] = given.words;
  const run = new Map([
    ["save", save],
    ["load", load],
    ["show", show],
  ]).get(action);
  if (run === undefined || more.length > 0) throw new UsageError("say one of save, load, show");
  const remark = run(given, env);
  if (remark !== undefined) say(`throughline context: ${remark}`);
  return EXIT_CODE;
}

/** Answers what to say when it does not work, as the other two do. */
function save(given: Given, env: NodeJS.ProcessEnv): string | undefined {
  const reading = ownContext(given, env);
  if (reading.kind === "absent") return "nothing saved: TRACEPARENT is not set";
  if (reading.kind === "invalid") return `nothing saved: ${reading.reason}`;
  try {
    writeContextFile(fileOf(given, env), reading.context);
    return undefined;
  } catch (error) {
    return `nothing saved: ${wordsOf(error)}`;
  }
}

function ownContext(given: Given, env: NodeJS.ProcessEnv): ContextReading {
  const traceparent = given.values.get("traceparent");
  if (traceparent === undefined) return readEnvironment(env);
  const reading = readFields({ fields: { traceparent }, from: "TRACEPARENT" });
  if (reading.kind !== "found") throw new UsageError(`--traceparent '${traceparent}' is malformed`);
  return reading;
}

function load(given: Given, env: NodeJS.ProcessEnv): string | undefined {
  const write = formatOf(given, { env: exportLines, json: jsonLine, traceparent: traceparentLine });
  const file = fileOf(given, env);
  const reading = readContextFile(file);
  if (reading.kind === "absent") return `nothing loaded: there is no ${file}`;
  if (reading.kind === "invalid") return `nothing loaded: ${reading.reason}`;
  const objection = write === exportLines ? objectionTo(file, env) : undefined;
  if (objection === undefined) print(write(reading.context));
  return objection;
}

/** Why what is saved must not become the parent of what the step does. */
function objectionTo(file: string, env: NodeJS.ProcessEnv): string | undefined {
  if (readEnvironment(env).kind === "found")
    return "nothing loaded: the step has a context of its own, and its spans link to the saved one";
  return savedLongAgo(file) ? `nothing loaded: ${file} was saved more than a day ago` : undefined;
}

/** In single quotes, for a shell to evaluate: what a file holds must not become a command. */
function exportLines({ tracestate, baggage, ...parent }: StepContext): string {
  const variables = { TRACEPARENT: formatTraceparent(parent), TRACESTATE: tracestate, BAGGAGE: baggage };
  const lines = Object.entries(variables).map(([name, value]) =>
    value === undefined ? "" : `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
  );
  return lines.join("");
}

function jsonLine(loaded: StepContext): string {
  return `${JSON.stringify(headersOf(loaded))}\n`;
}

function traceparentLine(loaded: StepContext): string {
  return `${formatTraceparent(loaded)}\n`;
}

function show(given: Given, env: NodeJS.ProcessEnv): undefined {
  const write = formatOf(given, { text: describe, json: (shown: Shown) => `${JSON.stringify(shown)}\n` });
  const { parent, link, invalid, reason = "" } = parentOf({ env, file: fileOf(given, env) });
  const own = readEnvironment(env);
  const from = own.kind === "found" ? own.from : "file";
  print(
    write({
      parent: parent && { from, ...headersOf(parent) },
      link: link && { from: "file", ...headersOf(link) },
      invalid: invalid === undefined ? undefined : { carrier: invalid, reason },
    }),
  );
}

interface Shown {
  parent: { from: string; traceparent: string } | undefined;
  link: { from: string; traceparent: string } | undefined;
  invalid: { carrier: string; reason: string } | undefined;
}

function describe({ parent, link, invalid }: Shown): string {
  const lines = [
    parent ? `parent  ${parent.traceparent} (${parent.from})` : "parent  none: a new trace would begin",
    link && `link    ${link.traceparent} (${link.from})`,
    invalid && `unused  ${invalid.reason}`,
  ];
  return `${lines.filter(Boolean).join("\n")}\n`;
}

function headersOf(shown: StepContext) {
  const { tracestate, baggage } = shown;
  return { traceparent: formatTraceparent(shown), tracestate, baggage };
}

function fileOf(given: Given, env: NodeJS.ProcessEnv): string {
  return given.values.get("file") ?? contextFileOf(env);
}

/** The way to write that `--output` names; the first one when it is not given. */
function formatOf<Format>(given: Given, formats: Readonly<Record<string, Format>>): Format {
  const names = Object.keys(formats);
  const format = new Map(Object.entries(formats)).get(given.values.get("output") ?? names[0] ?? "");
  if (format === undefined) throw new UsageError(`--output is one of ${names.join(", ")}`);
  return format;
}
