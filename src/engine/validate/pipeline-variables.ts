/** Whether what the tasks of a pipeline refer to exists, and can stand where it stands (docs/variables.md). */
import type { Param, ParamSpec, PipelineTask, WhenExpression } from "../types/index.ts";
import { expressionsOfParam, expressionsOfWhen, textsOf } from "./expressions.ts";
import { checkPassedParams } from "./params.ts";
import { invalidValue, type Problems, quote } from "./problem.ts";
import {
  checkIsolated,
  checkKnown,
  checkNoArrays,
  checkNoWholeObjects,
  isWholeReference,
  type TextField,
} from "./variables.ts";

const CONTEXTS: Readonly<Record<string, ReadonlySet<string>>> = {
  "context.pipelineRun": new Set(["name", "namespace", "uid"]),
  "context.pipeline": new Set(["name"]),
  "context.pipelineTask": new Set(["retries"]),
};

interface PlacedParam {
  param: Param;
  /** Of the param. */
  path: string;
}

/** Every param of the task: its own and those of its matrix. */
function paramsOf({ params = [], matrix }: PipelineTask, path: string): PlacedParam[] {
  return [
    ...place(params, `${path}.params`),
    ...place(matrix?.params, `${path}.matrix.params`),
    ...(matrix?.include ?? []).flatMap((each, index) =>
      place(each.params, `${path}.matrix.include[${index}].params`),
    ),
  ];
}

function place(params: readonly Param[] | undefined, path: string): PlacedParam[] {
  return (params ?? []).map((param) => ({ param, path: `${path}[${param.name}]` }));
}

/** `path` is that of the task. */
export function checkContextVariables(task: PipelineTask, path: string): Problems {
  return paramsOf(task, path).flatMap(({ param, path: at }) =>
    textsOf(param.value).flatMap((text) =>
      Object.entries(CONTEXTS).flatMap(([prefix, known]) =>
        checkKnown({ text, path: `${at}.value`, prefix, known }),
      ),
    ),
  );
}

const PREFIXES = ["params", "tasks", "finally", "context", "workspaces", "results"];

/** What begins otherwise is no variable, and most likely meant for a shell. `path` is that of the task. */
export function checkPrefixes(task: PipelineTask, path: string): Problems {
  const check = (expressions: readonly string[], at: string): Problems =>
    expressions
      .filter((expression) => !PREFIXES.includes(expression.split(".")[0] ?? ""))
      .map((expression) => {
        const what = `invalid variable reference ${quote(`$(${expression})`)}, must start with a valid prefix`;
        const rule = `${what}: params, tasks, finally, context, workspaces, or results; if you meant a shell variable, use \${VAR} instead`;
        return invalidValue(rule, at);
      });
  return [
    ...paramsOf(task, path).flatMap(({ param, path: at }) => check(expressionsOfParam(param), `${at}.value`)),
    ...(task.when ?? []).flatMap((expression, index) =>
      check(expressionsOfWhen(expression), `${path}.when[${index}]`),
    ),
  ];
}

/** What a pipeline's tasks may refer to. */
interface Scope {
  names: ReadonlySet<string>;
  arrays: ReadonlySet<string>;
  objects: ReadonlyMap<string, ReadonlySet<string>>;
}

function scopeOf(specs: readonly ParamSpec[]): Scope {
  const objects = specs.filter(({ type }) => type === "object");
  return {
    names: new Set(specs.map(({ name }) => name)),
    arrays: new Set(specs.filter(({ type }) => type === "array").map(({ name }) => name)),
    objects: new Map(objects.map(({ name, properties }) => [name, new Set(Object.keys(properties ?? {}))])),
  };
}

/** The tasks use no params but these, each as its type allows. `path` is that of the list of tasks. */
export function checkTaskParamUsage(
  tasks: readonly PipelineTask[] | undefined,
  specs: readonly ParamSpec[],
  path: string,
): Problems {
  const scope = scopeOf(specs);
  return (tasks ?? []).flatMap((task, index) => {
    const at = `${path}[${index}]`;
    return [
      ...checkPassedParams(task.params, `${at}.params`),
      ...place(task.params, `${at}.params`).flatMap((each) => checkValue(each, scope)),
      ...place(task.matrix?.params, `${at}.matrix.params`).flatMap((each) => checkValue(each, scope)),
      ...(task.matrix?.include ?? []).flatMap((each, position) =>
        place(each.params, `${at}.matrix.include[${position}].params`).flatMap(({ param, path: where }) =>
          checkText({ text: String(param.value), path: where }, scope),
        ),
      ),
      ...(task.when ?? []).flatMap((expression, position) =>
        checkGuard(expression, { scope, path: `${at}.when[${position}]` }),
      ),
    ];
  });
}

function checkValue({ param: { value }, path }: PlacedParam, scope: Scope): Problems {
  if (typeof value === "string") {
    if (isWholeReference(value, "params"))
      return checkKnown({ text: value, path, prefix: "params", known: scope.names });
    return checkText({ text: value, path }, scope);
  }
  if (Array.isArray(value))
    return value.flatMap((text, index) => checkElement({ text, path: `${path}.value[${index}]` }, scope));
  return Object.entries(value).flatMap(([key, text]) =>
    checkText({ text, path: `${path}.properties[${key}]` }, scope),
  );
}

function checkGuard(
  { input = "", values = [] }: WhenExpression,
  { scope, path }: { scope: Scope; path: string },
) {
  return [
    ...checkText({ text: input, path: `${path}.input` }, scope),
    ...values.flatMap((text) => {
      const whole = /^\$\(params\.(.*)\[\*\]\)$/.exec(text)?.[1] ?? "";
      const check = scope.arrays.has(whole) ? checkElement : checkText;
      return check({ text, path: `${path}.values` }, scope);
    }),
  ];
}

function checkText(field: TextField, scope: Scope): Problems {
  return [
    ...checkNames(field, scope),
    ...checkNoArrays({ ...field, prefix: "params", arrays: scope.arrays }),
  ];
}

/** An element of a list. */
function checkElement(field: TextField, scope: Scope): Problems {
  return [
    ...checkNames(field, scope),
    ...checkIsolated({ ...field, prefix: "params", arrays: scope.arrays }),
  ];
}

function checkNames(field: TextField, { names, objects }: Scope): Problems {
  return [
    ...checkKnown({ ...field, prefix: "params", known: names }),
    ...[...objects].flatMap(([name, known]) => checkKnown({ ...field, prefix: `params.${name}`, known })),
    ...checkNoWholeObjects({ ...field, prefix: "params", objects: new Set(objects.keys()) }),
  ];
}
