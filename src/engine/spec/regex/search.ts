/**
 * RE2's `matches`, in time proportional to the text. JavaScript's own expressions try one way after the other, which takes
 * `(a+)+$` longer than anyone waits; here all ways go forward together, one character at a time.
 */
import { parsePattern } from "./parse.ts";
import { compileProgram, type Instruction } from "./program.ts";
import { PatternError } from "./syntax.ts";

/** Instructions times characters: some hundred milliseconds. */
const MAX_WORK = 20_000_000;

/**
 * Whether a part of the text matches the pattern, as RE2 understands it. Throws a {@link PatternError} when it is not
 * one, or when pattern and text are too large together.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const program = compileProgram(parsePattern(pattern));
  const characters = [...text];
  if (program.length * characters.length > MAX_WORK) {
    throw new PatternError("the text is too large for the pattern");
  }
  let waiting: number[] = [];
  for (let at = 0; at <= characters.length; at++) {
    const around = { before: characters[at - 1] ?? "", after: characters[at] ?? "" };
    // A match may begin anywhere, so the first instruction joins at every character.
    const reached = follow({ program, from: [0, ...waiting], around });
    if (reached === "found") return true;
    waiting = reached.filter((index) => accepts(program[index], around.after)).map((index) => index + 1);
  }
  return false;
}

interface Step {
  program: readonly Instruction[];
  from: readonly number[];
  around: { before: string; after: string };
}

/** The instructions that wait for a character, once all are followed that do not. */
function follow({ program, from, around }: Step): number[] | "found" {
  const seen = new Set<number>();
  const waiting: number[] = [];
  const open = [...from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const instruction = program[index];
    if (instruction === undefined || seen.has(index)) continue;
    seen.add(index);
    if (instruction.kind === "found") return "found";
    if (instruction.kind === "character") waiting.push(index);
    else if (instruction.kind === "fork") open.push(...instruction.to);
    else if (instruction.isHere(around)) open.push(index + 1);
  }
  return waiting;
}

function accepts(instruction: Instruction | undefined, character: string): boolean {
  return character !== "" && instruction?.kind === "character" && instruction.isOneOf(character);
}
