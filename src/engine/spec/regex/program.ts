/** Expressions as programs of small instructions, of which several can be under way at once (Thompson, 1968). */
import { type Expression, PatternError } from "./syntax.ts";

export type Instruction =
  /** Goes to the next instruction if the character is one of them. */
  | { kind: "character"; isOneOf: (character: string) => boolean }
  /** Goes to the next instruction if this is the place. */
  | { kind: "place"; isHere: (around: { before: string; after: string }) => boolean }
  /** Goes on at each of them. */
  | { kind: "fork"; to: number[] }
  | { kind: "found" };

/** A repetition of a repetition multiplies; what matters in a pipeline is far smaller. */
const MAX_INSTRUCTIONS = 5000;

/** The program of an expression, from its first instruction to the last, which is `found`. */
export function compileProgram(expression: Expression): Instruction[] {
  const program: Instruction[] = [];
  emit(program, expression);
  program.push({ kind: "found" });
  return program;
}

function emit(program: Instruction[], expression: Expression): void {
  if (program.length > MAX_INSTRUCTIONS) throw new PatternError("the pattern is too large");
  switch (expression.kind) {
    case "character":
    case "place":
      program.push(expression);
      return;
    case "sequence":
      if (expression.parts.length === 0) emitNothing(program);
      for (const part of expression.parts) emit(program, part);
      return;
    case "choice":
      emitChoice(program, expression.options);
      return;
    case "repeat":
      emitRepeat(program, expression);
  }
}

/** Each option but the last is forked around, and jumps behind the last. */
function emitChoice(program: Instruction[], options: readonly Expression[]): void {
  const jumps: number[][] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) emit(program, option);
    else jumps.push(emitSkippable(program, () => emitWithJump(program, option)));
  }
  for (const jump of jumps) jump.push(program.length);
}

/** Emits the option and a jump behind it, whose target is for the caller to fill in. */
function emitWithJump(program: Instruction[], option: Expression): number[] {
  emit(program, option);
  const to: number[] = [];
  program.push({ kind: "fork", to });
  return to;
}

function emitRepeat(
  program: Instruction[],
  { part, least, most }: Extract<Expression, { kind: "repeat" }>,
): void {
  if (most === 0) emitNothing(program);
  for (let count = 0; count < least; count++) emit(program, part);
  if (Number.isFinite(most)) {
    for (let count = least; count < most; count++) emitSkippable(program, () => emit(program, part));
    return;
  }
  const start = program.length;
  emitSkippable(program, () => {
    emit(program, part);
    program.push({ kind: "fork", to: [start] });
  });
}

/** Even nothing takes an instruction, so that repeating it cannot go on without reaching the limit. */
function emitNothing(program: Instruction[]): void {
  program.push({ kind: "fork", to: [program.length + 1] });
}

/** A fork before what is emitted: into it, and past it. */
function emitSkippable<T>(program: Instruction[], emitPart: () => T): T {
  const to = [program.length + 1];
  program.push({ kind: "fork", to });
  const emitted = emitPart();
  to.push(program.length);
  return emitted;
}
