import type { Parameters } from "../insight/index.ts";
import type { AskOptions } from "./ask.ts";
import { Failure } from "./failure.ts";
import { oneOf } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Options of a question's command, as commander gives them: `longerThan` for `--longer-than`. */
export type QuestionOptions = AskOptions & { output: string } & Readonly<Record<string, unknown>>;

const NOT_PARAMETERS = new Set(["server", "data", "token", "output", "verbose"]);
/** Those of `compare` that are no options. */
const SIDES = new Set(["a", "b"]);

/** The parameters of a question, under the names the question knows. Throws {@link Failure} for an empty one. */
export function parametersOf(options: QuestionOptions): Parameters {
  const given = Object.entries(options).flatMap(([name, value]) =>
    NOT_PARAMETERS.has(name) || typeof value !== "string" ? [] : [[dashed(name), value] as const],
  );
  // `--branch "$BRANCH"` with nothing in it would be taken as no filter at all: the answer to another question.
  const [empty] = given.find(([name, value]) => value === "" && !SIDES.has(name)) ?? [];
  if (empty !== undefined) throw new Failure(`--${empty} is empty: give it a value, or leave it out`);
  return Object.fromEntries(given);
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Prints an answer as JSON, or as the lines that are made of it. */
export async function printAnswer<Answer>(
  answer: Answer,
  { output, lines, terminal }: { output: string; lines: () => readonly string[]; terminal: Terminal },
): Promise<void> {
  const isJson = oneOf("--output", output, ["text", "json"]) === "json";
  await terminal.write(isJson ? `${JSON.stringify(answer, undefined, 2)}\n` : `${lines().join("\n")}\n`);
}
