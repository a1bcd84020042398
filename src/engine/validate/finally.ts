/** Tasks that run last (docs/pipelines.md, "Adding Finally to the Pipeline"). */
import type { PipelineTask } from "../types/index.ts";
import { expressionsOfParam, expressionsOfWhen, parseResultExpression } from "./expressions.ts";
import { invalidValue, type Problems } from "./problem.ts";

type Lists = Readonly<Record<"tasks" | "finally", readonly PipelineTask[]>>;

/** `path` is that of the pipeline's spec. */
export function checkFinally({ tasks, finally: final }: Lists, path: string): Problems {
  return [
    ...checkNotAlone({ tasks, finally: final }, path),
    ...final.flatMap(({ name, runAfter }, index) => {
      if (!runAfter?.length) return [];
      const rule = `no runAfter allowed under spec.finally, final task ${name} has runAfter specified`;
      return [invalidValue(rule, `${path}.finally[${index}]`)];
    }),
    ...checkResultReferences({ tasks, finally: final }, path),
  ];
}

function checkNotAlone({ tasks, finally: final }: Lists, path: string): Problems {
  if (tasks.length > 0 || final.length === 0) return [];
  return [invalidValue(`spec.tasks is empty but spec.finally has ${final.length} tasks`, `${path}.finally`)];
}

/** Final tasks run together, and so know results only of those before. */
function checkResultReferences({ tasks, finally: final }: Lists, path: string): Problems {
  const before = new Set(tasks.map(({ name }) => name));
  const beside = new Set(final.map(({ name }) => name));
  const check = (expressions: readonly string[], at: string): Problems =>
    expressions.flatMap((expression) => {
      const producer = parseResultExpression(expression)?.pipelineTask;
      if (producer === undefined || (before.has(producer) && !beside.has(producer))) return [];
      const rule = "invalid task result reference, final task has task result reference from a";
      if (beside.has(producer)) return [invalidValue(`${rule} final task ${producer}`, at)];
      return [invalidValue(`${rule} task ${producer} which is not defined in the pipeline`, at)];
    });
  return final.flatMap(({ params = [], when = [] }, index) => [
    ...params.flatMap((param) =>
      check(expressionsOfParam(param), `${path}.finally[${index}].params[${param.name}].value`),
    ),
    ...when.flatMap((expression, position) =>
      check(expressionsOfWhen(expression), `${path}.finally[${index}].when[${position}]`),
    ),
  ]);
}
