/**
 * What a question can be asked with. One description serves the command line, HTTP and the OpenAPI document; values are
 * checked here and nowhere else.
 */
import { type Nanos, parseGoDuration, parseTime } from "../tekton/index.ts";

export interface Parameter {
  name: string;
  description: string;
  kind: ParameterKind;
  /** Part of the path, so always there. */
  inPath?: boolean;
  isRequired?: boolean;
  /** For `choice` and `choices`. */
  values?: readonly string[];
  /** What it is when it is not given, as it would be given. */
  default?: string;
  /** For `count`. */
  most?: number;
}

/**
 * `duration`: `90s`, `1h30m`, `7d`. `time`: RFC 3339, or a duration back from now. `choices`: several, separated by commas.
 * `count`: an integer from 1.
 */
export type ParameterKind = "text" | "duration" | "time" | "choice" | "choices" | "count";

/** The parameters of a question as they are given. */
export type Parameters = Readonly<Record<string, string>>;

/** A question that cannot be answered as it was asked. */
export class QuestionError extends Error {
  override readonly name = "QuestionError";
  /** `notFound`: what it asks about is not in the store. */
  readonly code: "badRequest" | "notFound";

  constructor(message: string, code: QuestionError["code"] = "badRequest") {
    super(message);
    this.code = code;
  }
}

/** Parameters by name and sort. Where one is not given and has no default it is undefined. */
export interface Given {
  text(name: string): string | undefined;
  durationNs(name: string): bigint | undefined;
  time(name: string): Nanos | undefined;
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined;
  choices<Choice extends string>(name: string, choices: readonly Choice[]): Choice[] | undefined;
  /** For those with a default. */
  count(name: string): number;
}

/** Checks that all given is known and all required is given. What is empty counts as not given. */
export function readGiven(known: readonly Parameter[], parameters: Parameters, nowNs: Nanos): Given {
  const values = new Map(Object.entries(parameters).filter(([, value]) => value !== ""));
  for (const name of values.keys()) {
    if (!known.some((parameter) => parameter.name === name)) throw unknownParameter(name, known);
  }
  for (const { name, description, isRequired } of known) {
    if (isRequired && !values.has(name)) throw new QuestionError(`${name} is missing: ${description}`);
  }
  const given = (name: string) => values.get(name) ?? known.find((each) => each.name === name)?.default;
  const read = <Value>(name: string, reader: (text: string) => Value): Value | undefined => {
    const text = given(name);
    return text === undefined ? undefined : reader(text);
  };
  return {
    text: given,
    durationNs: (name) => read(name, (text) => readDuration(name, text)),
    time: (name) => read(name, (text) => readTime(name, text, nowNs)),
    choice: (name, choices) => read(name, (text) => readChoice(name, text, choices)),
    choices: (name, choices) => read(name, (text) => readChoices(name, text, choices)),
    count: (name) =>
      readCount(
        known.find((each) => each.name === name),
        given(name),
      ),
  };
}

function unknownParameter(name: string, known: readonly Parameter[]): QuestionError {
  return new QuestionError(
    `${name} is no parameter of this question; it takes ${wordList(known.map((each) => each.name))}`,
  );
}

const DAY_NS = 86_400_000_000_000n;

/** As Go writes it, and with days. Throws {@link QuestionError}. */
function readDuration(name: string, text: string): bigint {
  const nanos = parseDuration(text);
  if (nanos !== undefined) return nanos;
  throw new QuestionError(`${name}: ${quote(text)} is no duration; write 90s, 10m, 1h30m or 7d`);
}

function parseDuration(text: string): bigint | undefined {
  const [, days = "", rest = ""] = /^(?:(\d{1,5})d)?(.*)$/.exec(text) ?? [];
  if (days === "" || rest === "") return days === "" ? parseGoDuration(text) : BigInt(days) * DAY_NS;
  const restNs = parseGoDuration(rest);
  return restNs === undefined ? undefined : BigInt(days) * DAY_NS + restNs;
}

/** RFC 3339, a date (its first moment in UTC), `now`, or a duration back from now. Throws {@link QuestionError}. */
export function readTime(name: string, text: string, nowNs: Nanos): Nanos {
  if (text === "now") return nowNs;
  const backNs = parseDuration(text);
  if (backNs !== undefined) return backNs > nowNs ? 0n : nowNs - backNs;
  const timeNs = parseTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (timeNs !== undefined) return timeNs;
  throw new QuestionError(
    `${name}: ${quote(text)} is no time; write 2026-11-20T08:00:00Z, 2026-11-20, or how long ago, such as 7d or 12h`,
  );
}

function readChoice<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw new QuestionError(`${name}: ${quote(text)} is none of ${wordList(choices)}`);
}

function readChoices<Choice extends string>(
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice[] {
  return text.split(",").map((each) => readChoice(name, each.trim(), choices));
}

function readCount(parameter: Parameter | undefined, text = ""): number {
  const { name = "", most = Number.MAX_SAFE_INTEGER } = parameter ?? {};
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new QuestionError(`${name}: ${quote(text)} is no number from 1 to ${most}`);
}

const QUOTED_LENGTH = 60;

/** What was given, so that a line of it stays a line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text);
}

function wordList(words: readonly string[]): string {
  return words.length === 0 ? "none" : words.join(", ");
}
