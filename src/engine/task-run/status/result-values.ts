/** Results as the TaskRun has them: of the type that is declared (docs/tasks.md, "Emitting results"). */
import { paramTypeOf, paramValueOf, typeOfValue } from "../../spec/index.ts";
import type { ParamType, ParamValue, ResultSpec, ResultValue } from "../../types/index.ts";

/** The values of those results that are declared. */
export function typedResults(
  written: readonly { key: string; value: string }[],
  declared: readonly ResultSpec[],
): ResultValue[] {
  return written.flatMap(({ key, value }) => {
    const spec = declared.find(({ name }) => name === key);
    return spec === undefined ? [] : [typedResult(key, parsedAs(typeOfResult(spec), value))];
  });
}

function typedResult(name: string, value: ParamValue): ResultValue {
  return { name, type: typeOfValue(value), value };
}

function typeOfResult({ name, type, properties }: ResultSpec): ParamType {
  return paramTypeOf({ name, type, properties });
}

/** An array or object is written as its JSON. What is none is a text, which then is of the wrong type. */
function parsedAs(type: ParamType, text: string): ParamValue {
  if (type === "string") return text;
  try {
    return paramValueOf(JSON.parse(text));
  } catch {
    return text;
  }
}

const STEP_RESULT = /^\$\(steps\.([^.]+)\.results\.([^.)[]+)(?:\[\*\])?\)$/;

/** The task results that are made of results of steps: `value: $(steps.S.results.R)`. */
export function resultsFromSteps(
  declared: readonly ResultSpec[],
  steps: readonly { name: string; results?: readonly ResultValue[] }[],
): ResultValue[] {
  return declared.flatMap(({ name, value }) => {
    const [, step, result] = STEP_RESULT.exec(typeof value === "string" ? value : "") ?? [];
    const found = steps.find((each) => each.name === step)?.results?.find((each) => each.name === result);
    return found === undefined ? [] : [{ ...found, name }];
  });
}

/** One of each name: every step hands in the task's results as they are when it ends, so the last counts. */
export function lastOfEach(results: readonly ResultValue[]): ResultValue[] {
  return [...new Map(results.map((result) => [result.name, result])).values()];
}

/** What is wrong with the types of results, in Tekton's words. */
export function resultsProblem(
  results: readonly ResultValue[],
  declared: readonly ResultSpec[],
): string | undefined {
  const wrong = declared.flatMap((spec) => wrongType(spec, results));
  if (wrong.length > 0) {
    return `Provided results don't match declared results; may be invalid JSON or missing result declaration: ${wrong.sort().join(",")}`;
  }
  const lacking = declared.flatMap((spec) => missingKeys(spec, results));
  if (lacking.length === 0) return undefined;
  return `missing keys for these results which are required in TaskResult's properties map[${lacking.sort().join(" ")}]`;
}

function wrongType(spec: ResultSpec, results: readonly ResultValue[]): string[] {
  const result = results.find(({ name }) => name === spec.name);
  const type = typeOfResult(spec);
  if (result === undefined || typeOfValue(result.value) === type) return [];
  return [
    ` "${spec.name}": task result is expected to be "${type}" type but was initialized to a different type "${typeOfValue(result.value)}"`,
  ];
}

function missingKeys({ name, properties = {} }: ResultSpec, results: readonly ResultValue[]): string[] {
  const value = results.find((result) => result.name === name)?.value;
  if (value === undefined || typeof value === "string") return [];
  const missing = Object.keys(properties).filter((key) => !Object.hasOwn(value, key));
  return missing.length === 0 ? [] : [`${name}:[${missing.join(" ")}]`];
}
