/** Given params: of runs, references and the tasks of a pipeline. */
import type { Param } from "../types/index.ts";
import { repeatedAt } from "./names.ts";
import { expectedOneGotBoth, type Problems, problem } from "./problem.ts";

/** Params of a run or a reference stand once, in whichever case. `path` is that of the list. */
export function checkGivenParams(params: readonly Param[] | undefined, path: string): Problems {
  const names = (params ?? []).map(({ name }) => name);
  return repeatedAt(names).map((index) => expectedOneGotBoth(`${path}[${names[index]}].name`));
}

/** Params of a pipeline's task, or of its matrix, stand once. `path` is that of the list. */
export function checkPassedParams(params: readonly Param[] | undefined, path: string): Problems {
  const names = (params ?? []).map(({ name }) => name);
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const message = `parameter names must be unique, the parameter "${name}" is also defined at`;
    return [problem(message, `${path}[${index}].name`)];
  });
}
