/** Guards (docs/pipelines.md, "Guard Task execution using when expressions"; docs/tasks.md for those of steps). */
import type { WhenExpression } from "../types/index.ts";
import { type CelOutcome, evaluateCel } from "./cel.ts";

/** `message` says what is wrong with a CEL expression. */
export type WhenOutcome = CelOutcome;

/**
 * Whether all guards hold. Variables have been replaced before. Every CEL expression is evaluated, even when another guard
 * has failed already: one that means nothing is an error of the pipeline, not a reason to skip.
 */
export function evaluateWhen(expressions: readonly WhenExpression[]): WhenOutcome {
  const outcomes = expressions.map(evaluateOne);
  const invalid = outcomes.find(({ kind }) => kind === "invalid");
  return invalid ?? outcomes.find(({ kind }) => kind === "skip") ?? { kind: "pass" };
}

function evaluateOne({ input = "", operator, values = [], cel }: WhenExpression): WhenOutcome {
  if (cel) return evaluateCel(cel);
  const isIn = values.includes(input);
  // Tekton takes every other operator for `notin`; admission has refused what is neither.
  return (operator === "in") === isIn ? { kind: "pass" } : { kind: "skip" };
}
