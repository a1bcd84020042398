import type { StepScenario, StepsWork, TaskScenario } from "../scenario.ts";
import { substitute } from "../simulate/references.ts";
import { type Json, type JsonObject, nameValues, nonEmpty } from "./json.ts";

/** The Task as its author wrote it, and after Tekton replaced the variables whose values it knows. */
export function taskSpec(
  task: TaskScenario,
  work: StepsWork,
  variables: Record<string, string> = {},
): JsonObject {
  const params = [...Object.keys(task.matrix ?? {}), ...Object.keys(task.params ?? {})];
  return {
    params: nonEmpty(params.map((name) => ({ name, type: "string" }))),
    results: nonEmpty(resultNames(work).map((name) => ({ name, type: "string" }))),
    steps: work.steps.map((step) => stepSpec(step, variables)),
    workspaces: nonEmpty((task.workspaces ?? []).map((name) => ({ name }))),
  };
}

function stepSpec(
  { name, image, script, command, args, env, onError }: StepScenario,
  variables: Record<string, string>,
): Json {
  const replaced = (text: string) => substitute(text, variables);
  return {
    name,
    image: replaced(image),
    script: script && replaced(script),
    command: command?.map(replaced),
    args: args?.map(replaced),
    env: nameValues(env ?? {}),
    onError,
    computeResources: {},
  };
}

export function resultNames({ steps }: StepsWork): string[] {
  return [...new Set(steps.flatMap(({ results = {} }) => Object.keys(results)))];
}

/** What `$(…)` stands for inside a task. */
export function taskVariables(input: {
  taskRun: string;
  params: Record<string, string>;
  task: TaskScenario;
  work: StepsWork;
}): Record<string, string> {
  const { taskRun, params, task, work } = input;
  const variables: Record<string, string> = { "context.taskRun.name": taskRun };
  for (const [name, value] of Object.entries(params)) variables[`params.${name}`] = value;
  for (const name of resultNames(work)) variables[`results.${name}.path`] = `/tekton/results/${name}`;
  for (const name of task.workspaces ?? []) variables[`workspaces.${name}.path`] = `/workspace/${name}`;
  return variables;
}
