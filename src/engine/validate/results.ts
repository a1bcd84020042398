/** Declared results of tasks and steps (docs/tasks.md, "Emitting Results"). */
import { typeOfValue } from "../spec/index.ts";
import type { ResultSpec } from "../types/index.ts";
import { isDnsLabel, LABEL_RULE } from "./names.ts";
import { nonTextKeys } from "./param-specs.ts";
import {
  type FieldProblem,
  goList,
  invalidKeyName,
  invalidValue,
  missing,
  type Problems,
  problem,
  quote,
} from "./problem.ts";

const NAME = "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$";
const NAME_PATTERN = new RegExp(NAME);
const NAME_RULE = `must consist of alphanumeric characters, '-', '_', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my-name',  or 'my_name', regex used for validation is '${NAME}')`;

/** `path` is that of the list. */
export function checkTaskResults(results: readonly ResultSpec[] | undefined, path: string): Problems {
  return (results ?? []).flatMap((result, index) => {
    const at = `${path}[${index}]`;
    const name = checkName(result.name, at);
    if (name.length > 0) return name;
    return [...checkType(result, at, "type must be string"), ...checkSource(result, at)];
  });
}

/** `path` is that of the list. */
export function checkStepResults(results: readonly ResultSpec[] | undefined, path: string): Problems {
  return (results ?? []).flatMap((result, index) => {
    const at = `${path}[${index}]`;
    const name = checkName(result.name, at);
    return name.length > 0 ? name : checkType(result, at, `invalid type ${result.type}`);
  });
}

function checkName(name: string, path: string): Problems {
  if (NAME_PATTERN.test(name)) return [];
  return [invalidKeyName(name, `${path}.name`, `Name ${NAME_RULE}`)];
}

function checkType({ name, type, properties }: ResultSpec, path: string, details: string): Problems {
  if (type === undefined || type === "string" || type === "array") return [];
  if (type !== "object") return [invalidValue(type, `${path}.type`, details)];
  if (properties === undefined) return [missing(`${path}.${name}.properties`)];
  const wrong = nonTextKeys(properties);
  if (wrong.length === 0) return [];
  const message = `The value type specified for these keys ${goList(wrong)} is invalid, the type must be string`;
  return [problem(message, `${path}.${name}.properties`)];
}

const STEP_RESULT = /\$\(steps\.(.*?)\.results\.(.*?)\)/;

/** Where a task takes the result from: a result of a step. */
function checkSource({ name, value }: ResultSpec, path: string): Problems {
  if (value === undefined || value === "") return [];
  if (typeof value !== "string")
    return [problem(`Invalid Type. Wanted string but got: "${typeOfValue(value)}"`, `${path}.${name}.type`)];
  const [source, step = "", result = ""] = STEP_RESULT.exec(value) ?? [];
  if (source === undefined) {
    const message = `Could not extract step name and result name. Expected value to look like $(steps.<stepName>.results.<resultName>) but got "${value}"`;
    return [problem(message, `${path}.${name}.value`)];
  }
  return checkSourceNames({ step, result, path: `${path}.${name}.value` });
}

function checkSourceNames({ step, result, path }: { step: string; result: string; path: string }): Problems {
  const problems: FieldProblem[] = [];
  const where = "in $(steps.<stepName>.results.<resultName>)";
  if (!isDnsLabel(step)) {
    const details = `stepName ${where} ${LABEL_RULE}`;
    problems.push({ message: `invalid extracted step name ${quote(step)}`, paths: [path], details });
  }
  if (!NAME_PATTERN.test(result.replace(/\[\d*\*?\]$/, ""))) {
    const details = `resultName ${where} ${NAME_RULE}`;
    problems.push({ message: `invalid extracted result name ${quote(result)}`, paths: [path], details });
  }
  return problems;
}
