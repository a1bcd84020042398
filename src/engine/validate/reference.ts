/** `taskRef`, `pipelineRef` and a step's `ref`: a name, or a resolver with its params. */
import type { Reference } from "../types/index.ts";
import { qualifiedNameFault } from "./names.ts";
import { checkGivenParams } from "./params.ts";
import { type FieldProblem, invalidValue, missing, type Problems, problem } from "./problem.ts";

const LIKE_URL = /[\w-]+:\/\/*/;

/** `path` is that of the reference. */
export function checkReference({ name, resolver, params }: Reference, path: string): Problems {
  if (!resolver && params === undefined) return checkName(name, path);
  const problems: FieldProblem[] = [];
  if (params !== undefined) {
    if (name) problems.push(problem("expected exactly one, got both", `${path}.name`, `${path}.params`));
    if (!resolver) problems.push(missing(`${path}.resolver`));
    problems.push(...checkGivenParams(params, `${path}.params`));
  }
  if (resolver && name && !LIKE_URL.test(name))
    problems.push(invalidValue("invalid URI for request", `${path}.name`));
  return problems;
}

function checkName(name: string | undefined, path: string): Problems {
  if (!name) return [missing(`${path}.name`)];
  if (LIKE_URL.test(name)) return [missing(`${path}.resolver`)];
  const fault = qualifiedNameFault(name);
  return fault === undefined ? [] : [invalidValue(fault, `${path}.name`)];
}
