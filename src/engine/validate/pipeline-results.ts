/** Results of pipelines, and references to results of their tasks (docs/pipelines.md, "Emitting Results from a Pipeline"). */
import { resultReferencesOf } from "../spec/index.ts";
import type { PipelineSpec, PipelineTask, ResultSpec } from "../types/index.ts";
import { expressionsIn, isResultExpression, parseResultExpression, textsOf } from "./expressions.ts";
import { type FieldProblem, goList, invalidValue, type Problems } from "./problem.ts";

/** `path` is that of the pipeline's spec. */
export function checkPipelineResults(spec: PipelineSpec, path: string): Problems {
  const names = {
    tasks: new Set((spec.tasks ?? []).map(({ name }) => name)),
    finally: new Set((spec.finally ?? []).map(({ name }) => name)),
  };
  return (spec.results ?? []).flatMap((result, index) =>
    checkResult(result, { names, path: `${path}.results[${index}].value` }),
  );
}

interface Names {
  tasks: ReadonlySet<string>;
  finally: ReadonlySet<string>;
}

function checkResult({ value }: ResultSpec, { names, path }: { names: Names; path: string }): Problems {
  const problems: FieldProblem[] = [];
  const expressions = expressionsIn(textsOf(value));
  const rule = "expected pipeline results to be task result expressions but";
  if (expressions.length === 0) problems.push(invalidValue(`${rule} no expressions were found`, path));
  const candidates = expressions.filter(isResultExpression);
  if (candidates.length === 0) problems.push(invalidValue(`${rule} an invalid expressions was found`, path));
  const references = candidates.flatMap((expression) => parseResultExpression(expression) ?? []);
  if (references.length !== candidates.length) {
    const which = goList(references.map(({ pipelineTask, result }) => `${pipelineTask}.${result}`));
    const all = `expected all of the expressions ${goList(candidates)} to be result expressions`;
    problems.push(invalidValue(`${all} but only ${which} were`, path));
  }
  const isKnown = references.every(({ section, pipelineTask }) =>
    (section === "finally" ? names.finally : names.tasks).has(pipelineTask),
  );
  if (!isKnown) problems.push(invalidValue("referencing a nonexistent task", path));
  return problems;
}

/**
 * Pipelines within pipelines hand on no results (docs/pipelines-in-pipelines.md, "Limitations"). `path` is that of the
 * pipeline's spec.
 */
export function checkChildPipelineResults(
  lists: Readonly<Record<"tasks" | "finally", readonly PipelineTask[]>>,
  path: string,
): Problems {
  const children = new Set(
    lists.tasks.filter((task) => task.pipelineRef ?? task.pipelineSpec).map(({ name }) => name),
  );
  if (children.size === 0) return [];
  return Object.entries(lists).flatMap(([field, tasks]) =>
    tasks.flatMap((task, index) =>
      resultReferencesOf(task)
        .filter(({ pipelineTask }) => children.has(pipelineTask))
        .map(({ pipelineTask }) => {
          const rule = `result reference to pipelineTask "${pipelineTask}" is not supported`;
          const why =
            "referenced task uses pipelineRef or pipelineSpec and result propagation from child Pipelines is not yet implemented";
          return invalidValue(`${rule}: ${why}`, `${path}.${field}[${index}]`);
        }),
    ),
  );
}
