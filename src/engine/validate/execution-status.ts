/** `$(tasks.T.status)`, `$(tasks.T.reason)` and `$(tasks.status)`: for `finally` alone (docs/pipelines.md, "Using Execution Status"). */
import type { PipelineTask } from "../types/index.ts";
import { expressionsOfParam, expressionsOfWhen, isResultExpression } from "./expressions.ts";
import { invalidValue, type Problems } from "./problem.ts";

type Lists = Readonly<Record<"tasks" | "finally", readonly PipelineTask[]>>;

/** `path` is that of the pipeline's spec. */
export function checkExecutionStatus({ tasks, finally: final }: Lists, path: string): Problems {
  const names = new Set(tasks.map(({ name }) => name));
  return [
    ...usesOf(tasks, `${path}.tasks`).flatMap(({ status, path: at }) =>
      status.length === 0
        ? []
        : [
            invalidValue(
              "pipeline tasks can not refer to execution status of any other pipeline task or aggregate status of tasks",
              at,
            ),
          ],
    ),
    ...usesOf(final, `${path}.finally`).flatMap(({ status, path: at }) =>
      status
        .filter((expression) => expression !== "tasks.status" && !names.has(taskOf(expression)))
        .map((expression) =>
          invalidValue(`pipeline task ${taskOf(expression)} is not defined in the pipeline`, at),
        ),
    ),
  ];
}

/** Expressions of status in each param and guard. */
function usesOf(tasks: readonly PipelineTask[], path: string): { status: string[]; path: string }[] {
  return tasks.flatMap(({ params = [], when = [] }, index) => [
    ...params.map((param) => ({
      status: statusExpressions(expressionsOfParam(param)),
      path: `${path}[${index}].params[${param.name}].value`,
    })),
    ...when.map((expression, position) => ({
      status: statusExpressions(expressionsOfWhen(expression)),
      path: `${path}[${index}].when[${position}]`,
    })),
  ]);
}

function statusExpressions(expressions: readonly string[]): string[] {
  return expressions.filter(
    (expression) => !isResultExpression(expression) && /^tasks\.(.*\.)?(status|reason)$/.test(expression),
  );
}

function taskOf(expression: string): string {
  return expression.replace(/^tasks\./, "").replace(/\.(status|reason)$/, "");
}
