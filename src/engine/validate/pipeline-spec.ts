import { pipelineGraph } from "../spec/index.ts";
import type { PipelineSpec, PipelineTask } from "../types/index.ts";
import { checkExecutionStatus } from "./execution-status.ts";
import { checkFinally } from "./finally.ts";
import { checkConsumedMatrices, checkMatrix } from "./matrix.ts";
import { checkParamDeclarations, checkParamTypes } from "./param-specs.ts";
import { checkPassedParams } from "./params.ts";
import { checkChildPipelineResults, checkPipelineResults } from "./pipeline-results.ts";
import { checkPipelineTasks } from "./pipeline-task.ts";
import { checkContextVariables, checkPrefixes } from "./pipeline-variables.ts";
import { formatProblems, invalidValue, type Problems, problem, quote } from "./problem.ts";
import { checkWhen } from "./when.ts";

/**
 * What is wrong with the spec of a Pipeline, in Tekton's words; undefined when it is valid. That its params and workspaces are
 * declared is not asked: inline ones get more from their run.
 */
export function validatePipelineSpec(spec: PipelineSpec, path = "spec"): string | undefined {
  return formatProblems(checkPipelineSpec(spec, path));
}

/** `path` is that of the spec. */
export function checkPipelineSpec(spec: PipelineSpec, path: string): Problems {
  const { tasks = [], finally: final = [], params } = spec;
  const lists = { tasks, finally: final };
  return [
    ...checkNotEmpty(spec, path),
    ...checkPipelineTasks(lists, path),
    ...checkGraph(tasks, path),
    ...checkParamTypes(params, `${path}.params`),
    ...checkParamDeclarations(params, path),
    ...Object.entries(lists).flatMap(([field, list]) => checkEach(list, `${path}.${field}`)),
    ...checkExecutionStatus(lists, path),
    ...checkWorkspaceDeclarations(spec, path),
    ...checkPipelineResults(spec, path),
    ...checkChildPipelineResults(lists, path),
    ...checkFinally(lists, path),
  ];
}

/** What concerns the tasks of one list. `path` is that of the list. */
function checkEach(tasks: readonly PipelineTask[], path: string): Problems {
  return [
    ...tasks.flatMap((task, index) => {
      const at = `${path}[${index}]`;
      return [
        ...checkPassedParams(task.params, `${at}.params`),
        ...checkContextVariables(task, at),
        ...checkPrefixes(task, at),
        ...checkWhen(task.when, `${at}.when`),
        ...checkMatrix(task, at),
      ];
    }),
    ...checkConsumedMatrices(tasks, path),
  ];
}

function checkNotEmpty(spec: PipelineSpec, path: string): Problems {
  if (Object.values(spec).some((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value))))
    return [];
  const fields = ["description", "params", "resources", "tasks", "workspaces"];
  return [problem("expected at least one, got none", ...fields.map((field) => `${path}.${field}`))];
}

function checkGraph(tasks: readonly PipelineTask[], path: string): Problems {
  const graph = pipelineGraph(tasks);
  return graph.kind === "ok" ? [] : [invalidValue(graph.message, `${path}.tasks`)];
}

function checkWorkspaceDeclarations({ workspaces = [] }: PipelineSpec, path: string): Problems {
  const names = workspaces.map(({ name }) => name);
  return names.flatMap((name, index) => {
    const at = `${path}.workspaces[${index}]`;
    return [
      ...(name ? [] : [invalidValue(`workspace ${index} has empty name`, at)]),
      ...(names.indexOf(name) < index
        ? [invalidValue(`workspace with name ${quote(name)} appears more than once`, at)]
        : []),
    ];
  });
}
