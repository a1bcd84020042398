/** What stands between `$(` and `)`: the expressions of a pipeline's params, guards and results. */
import type { Param, ParamValue, WhenExpression } from "../types/index.ts";

const EXPRESSION = /\$\(([_a-zA-Z0-9.-]+(?:\[(?:[0-9]+|\*)\])?)\)/g;

/** The expressions of the texts, in order. */
export function expressionsIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(EXPRESSION)].map(([, inner = ""]) => inner));
}

/** All texts of a value. */
export function textsOf(value: ParamValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value : Object.values(value);
}

/** The expressions of a param's value. */
export function expressionsOfParam({ value }: Param): string[] {
  return expressionsIn(textsOf(value));
}

/** The expressions of a guard. */
export function expressionsOfWhen({ input, values = [], cel }: WhenExpression): string[] {
  return expressionsIn([input ?? "", ...values, cel ?? ""]);
}

/** `tasks.T.results.R` or `finally.T.results.R`, perhaps with an index or a key. */
export function isResultExpression(expression: string): boolean {
  const [section, , results, result] = expression.split(".");
  return (section === "tasks" || section === "finally") && results === "results" && result !== undefined;
}

/** The parts of a result expression; undefined for what only looks like one. */
export function parseResultExpression(
  expression: string,
): { section: string; pipelineTask: string; result: string } | undefined {
  if (!isResultExpression(expression)) return undefined;
  const parts = expression.split(".");
  const [section = "", pipelineTask = "", , result = ""] = parts;
  if (parts.length > 5) return undefined;
  return { section, pipelineTask, result: result.replace(/\[\d*\*?\]$/, "") };
}
