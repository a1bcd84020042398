/** Fan-out (docs/matrix.md). */
import { DEFAULT_CONFIG } from "../config.ts";
import { combinationCount, isMatrixed } from "../spec/index.ts";
import type { PipelineTask } from "../types/index.ts";
import { expressionsOfParam, isResultExpression, parseResultExpression } from "./expressions.ts";
import { checkPassedParams } from "./params.ts";
import { expectedOneGotBoth, invalidValue, outOfBounds, type Problems, problem } from "./problem.ts";

/** The matrix of a single task. `path` is that of the task. */
export function checkMatrix(task: PipelineTask, path: string): Problems {
  const { matrix = {}, params = [] } = task;
  const { params: lists = [], include = [] } = matrix;
  const names = new Set([...lists, ...include.flatMap((each) => each.params ?? [])].map(({ name }) => name));
  return [
    ...(isMatrixed(task) ? checkSize(task, path) : []),
    ...checkPassedParams(lists, `${path}.matrix.params`),
    ...include.flatMap((each, index) =>
      checkPassedParams(each.params, `${path}.matrix.include[${index}].params`),
    ),
    ...params
      .filter(({ name }) => names.has(name))
      .map(({ name }) => expectedOneGotBoth(`${path}.matrix[${name}]`, `${path}.params[${name}]`)),
  ];
}

function checkSize(task: PipelineTask, path: string): Problems {
  const highest = DEFAULT_CONFIG.maxMatrixCombinations;
  const value = combinationCount(task);
  return value > highest ? [outOfBounds({ value, lowest: 0, highest, path: `${path}.matrix` })] : [];
}

/** Results of a task that fans out are consumed together, and are texts. `path` is that of the list. */
export function checkConsumedMatrices(tasks: readonly PipelineTask[] | undefined, path: string): Problems {
  const producers = new Map((tasks ?? []).map((task) => [task.name, task]));
  return (tasks ?? []).flatMap(({ params = [] }, index) =>
    params.flatMap((param) =>
      expressionsOfParam(param)
        .filter(isResultExpression)
        .flatMap((expression) => {
          const { pipelineTask = "", result = "" } = parseResultExpression(expression) ?? {};
          const producer = producers.get(pipelineTask);
          if (producer === undefined || !isMatrixed(producer)) return [];
          const at = `${path}[${index}].params[${param.name}].value`;
          return checkConsumption({ expression, result, producer, path: at });
        }),
    ),
  );
}

interface Consumption {
  expression: string;
  result: string;
  producer: PipelineTask;
  path: string;
}

function checkConsumption({ expression, result, producer, path }: Consumption): Problems {
  if (!expression.endsWith("[*]")) {
    const rule = "A matrixed pipelineTask can only be consumed in aggregate using [*] notation";
    return [problem(`${rule}, but is currently set to ${expression}`, path)];
  }
  const { type = "string" } = producer.taskSpec?.results?.find(({ name }) => name === result) ?? {};
  if (type === "string") return [];
  const rule = "Matrixed PipelineTasks emitting results must have an underlying type string";
  return [invalidValue(`${rule}, but result ${result} has type ${type} in pipelineTask`, path)];
}
