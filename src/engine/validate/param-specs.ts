/** Declared params (docs/tasks.md, "Specifying Parameters"). */
import { typeOfValue } from "../spec/index.ts";
import type { ParamSpec, ParamType } from "../types/index.ts";
import { duplicatesOf } from "./names.ts";
import { type FieldProblem, goList, invalidValue, missing, type Problems, problem } from "./problem.ts";

const TYPES: readonly string[] = ["string", "array", "object"] satisfies ParamType[];

const TEXT_OR_ARRAY_NAME = /^[_a-zA-Z][_a-zA-Z0-9.-]*$/;
const OBJECT_NAME = /^[_a-zA-Z][_a-zA-Z0-9-]*$/;

/** Type, default and properties fit each other. `path` is that of the list. */
export function checkParamTypes(specs: readonly ParamSpec[] | undefined, path: string): Problems {
  return (specs ?? []).flatMap((spec) => checkType(spec, `${path}.${spec.name}`));
}

function checkType({ type = "string", default: fallback, properties }: ParamSpec, path: string): Problems {
  if (!TYPES.includes(type)) return [invalidValue(type, `${path}.type`)];
  if (fallback !== undefined && typeOfValue(fallback) !== type) {
    const message = `"${type}" type does not match default value's type: "${typeOfValue(fallback)}"`;
    return [problem(message, `${path}.type`, `${path}.default.type`)];
  }
  const wrong = nonTextKeys(properties);
  if (wrong.length === 0) return [];
  return [
    problem(`The value type specified for these keys ${goList(wrong)} is invalid`, `${path}.properties`),
  ];
}

/** Keys whose type is not text: nothing else is supported. */
export function nonTextKeys(properties: ParamSpec["properties"]): string[] {
  return Object.entries(properties ?? {})
    .filter(([, { type }]) => type !== undefined && type !== "string")
    .map(([key]) => key)
    .sort();
}

/** Names are well formed and stand once; enums make sense. `path` is that of the object the params are declared in. */
export function checkParamDeclarations(specs: readonly ParamSpec[] | undefined, path: string): Problems {
  if (specs === undefined) return [];
  return [...checkDuplicates(specs, path), ...specs.flatMap((spec) => checkEnum(spec, path))];
}

function checkDuplicates(specs: readonly ParamSpec[], path: string): Problems {
  const names = duplicatesOf(specs.map(({ name }) => name));
  return names.map((name) => problem("parameter appears more than once", `${path}.params[${name}]`));
}

function checkEnum(
  { name, type = "string", enum: allowed = [], default: fallback }: ParamSpec,
  path: string,
) {
  const at = `${path}.params[${name}]`;
  const problems: FieldProblem[] = duplicatesOf(allowed).map((value) =>
    problem(`parameter enum value ${value} appears more than once`, at),
  );
  if (allowed.length === 0) return problems;
  if (type !== "string") problems.push(problem("enum can only be set with string type param", at));
  if (typeof fallback === "string" && fallback !== "" && !allowed.includes(fallback))
    problems.push(problem(`param default value ${fallback} not in the enum list`, at));
  return problems;
}

/** Which characters the names of params and of the keys of objects may have. */
export function checkNameFormats(specs: readonly ParamSpec[] | undefined, path: string): Problems {
  const all = specs ?? [];
  const wrong = all.filter(({ type, name }) => type !== "object" && !TEXT_OR_ARRAY_NAME.test(name));
  const wrongObjects = all.filter(({ type }) => type === "object").flatMap(describeBadObject);
  return [
    ...(wrong.length > 0 ? [badNames(wrong.map(({ name }) => name).sort(), path)] : []),
    ...(wrongObjects.length > 0 ? [badObjects(wrongObjects.sort(), path)] : []),
  ];
}

/** Name and wrong keys as Go prints a map's entry; nothing when all is well. */
function describeBadObject({ name, properties = {} }: ParamSpec): string[] {
  const keys = Object.keys(properties).filter((key) => !OBJECT_NAME.test(key));
  return keys.length > 0 || !OBJECT_NAME.test(name) ? [`${name}:${goList(keys)}`] : [];
}

function badNames(names: readonly string[], path: string): FieldProblem {
  return {
    message: `The format of following array and string variable names is invalid: ${goList(names)}`,
    paths: [`${path}.params`],
    details:
      "String/Array Names: \nMust only contain alphanumeric characters, hyphens (-), underscores (_), and dots (.)\nMust begin with a letter or an underscore (_)",
  };
}

function badObjects(entries: readonly string[], path: string): FieldProblem {
  return {
    message: `Object param name and key name format is invalid: map${goList(entries)}`,
    paths: [`${path}.params`],
    details:
      "Object Names: \nMust only contain alphanumeric characters, hyphens (-), underscores (_) \nMust begin with a letter or an underscore (_)",
  };
}

/** Objects say which keys they have. `path` is that of the object the params are declared in. */
export function checkObjectsHaveProperties(specs: readonly ParamSpec[] | undefined, path: string): Problems {
  return (specs ?? [])
    .filter(({ type, properties }) => type === "object" && properties === undefined)
    .map(({ name }) => missing(`${path}.${name}.properties`));
}
