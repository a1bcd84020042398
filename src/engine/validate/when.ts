/** Guards of tasks and steps (docs/pipelines.md, "Guard Task execution using when expressions"). */
import { parse } from "@marcbachmann/cel-js";
import type { WhenExpression } from "../types/index.ts";
import { invalidValue, missing, type Problems, problem } from "./problem.ts";

const OPERATORS: readonly string[] = ["in", "notin"];

/** `path` is that of the list. */
export function checkWhen(expressions: readonly WhenExpression[] | undefined, path: string): Problems {
  return (expressions ?? []).flatMap((expression, index) => checkExpression(expression, `${path}[${index}]`));
}

function checkExpression({ input, operator, values = [], cel }: WhenExpression, path: string): Problems {
  if (cel) {
    if (!input && !operator && values.length === 0) return checkCel(cel, path);
    const printed = `{${[input, operator, `[${values.join(" ")}]`, cel].join(" ")}}`;
    return [problem(`cel and input+operator+values cannot be set in one WhenExpression: ${printed}`, path)];
  }
  if (!input && !operator && values.length === 0) return [missing(path)];
  if (!OPERATORS.includes(operator ?? "")) {
    const valid = OPERATORS.join(",");
    return [invalidValue(`operator "${operator ?? ""}" is not recognized. valid operators: ${valid}`, path)];
  }
  return values.length === 0 ? [invalidValue("expecting non-empty values field", path)] : [];
}

/** Only its grammar: variables are put in as text before it is evaluated. */
function checkCel(cel: string, path: string): Problems {
  try {
    parse(cel);
    return [];
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    return [problem(`invalid cel expression: ${cel} with err: ${why}`, path)];
  }
}
