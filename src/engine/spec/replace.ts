/**
 * Variables put into texts, lists and values.
 *
 * The rule is exact text: `$(KEY)` of every known KEY is replaced, from left to right and once; what was inserted is not looked
 * at again, and what is not known stays as it is. There is no way to escape (tektoncd/pipeline docs/variables.md).
 */
import type { Param, ParamValue, WhenExpression } from "../types/index.ts";
import type { Replacements } from "./replacements.ts";
import { isList, paramValueOf } from "./values.ts";

/** The text with its variables replaced. Those of whole arrays and objects have no place in a text, and stay. */
export function replaceText(text: string, { strings }: Replacements): string {
  let replaced = "";
  let done = 0;
  let open = text.indexOf("$(");
  while (open !== -1) {
    const close = text.indexOf(")", open + 2);
    if (close === -1) break;
    // No key has `$(` in it, so only the last one before the parenthesis can open a variable.
    open = text.lastIndexOf("$(", close);
    const value = strings.get(text.slice(open + 2, close));
    if (value !== undefined) {
      replaced += text.slice(done, open) + value;
      done = close + 1;
    }
    open = text.indexOf("$(", close + 1);
  }
  return done === 0 ? text : replaced + text.slice(done);
}

/** The list with its variables replaced. An element that is nothing but the variable of an array becomes its elements. */
export function replaceList(list: readonly string[], replacements: Replacements): string[] {
  return list.flatMap((element) => arrayOf(element, replacements) ?? replaceText(element, replacements));
}

/**
 * The value with its variables replaced. A text that is nothing but the variable of an array or object becomes that
 * (docs/pipelines.md, "Specifying Parameters").
 */
export function replaceValue(value: ParamValue, replacements: Replacements): ParamValue {
  if (typeof value === "string") {
    return arrayOf(value, replacements) ?? objectOf(value, replacements) ?? replaceText(value, replacements);
  }
  if (isList(value)) return replaceList(value, replacements);
  return replaceMembers(value, replacements);
}

/** The params with the variables in their values replaced. */
export function replaceParams(params: readonly Param[], replacements: Replacements): Param[] {
  return params.map((param) => ({ ...param, value: replaceValue(paramValueOf(param.value), replacements) }));
}

/** Guards with their variables replaced. An array as `input` is its JSON, since an input is one text. */
export function replaceWhen(when: readonly WhenExpression[], replacements: Replacements): WhenExpression[] {
  return when.map((expression) => {
    const replaced = { ...expression };
    if (expression.input !== undefined) replaced.input = replaceInput(expression.input, replacements);
    if (expression.values !== undefined) replaced.values = replaceList(expression.values, replacements);
    if (expression.cel !== undefined) replaced.cel = replaceText(expression.cel, replacements);
    return replaced;
  });
}

function replaceInput(input: string, replacements: Replacements): string {
  const array = arrayOf(input, replacements);
  return array === undefined ? replaceText(input, replacements) : JSON.stringify(array);
}

function replaceMembers(
  value: Readonly<Record<string, string>>,
  replacements: Replacements,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, replaceText(text, replacements)]),
  );
}

function arrayOf(text: string, { arrays }: Replacements): readonly string[] | undefined {
  return isWholeVariable(text) ? arrays.get(text.slice(2, -1)) : undefined;
}

function objectOf(text: string, { objects }: Replacements): Readonly<Record<string, string>> | undefined {
  return isWholeVariable(text) ? objects.get(text.slice(2, -1)) : undefined;
}

function isWholeVariable(text: string): boolean {
  return text.startsWith("$(") && text.endsWith(")");
}
