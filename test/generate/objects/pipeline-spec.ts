import type { PipelineScenario, TaskScenario } from "../scenario.ts";
import { substituteAll, substituteWhen } from "../simulate/references.ts";
import { goDuration } from "../time.ts";
import { type Json, type JsonObject, nameValues, nonEmpty } from "./json.ts";
import { taskSpec } from "./task-spec.ts";

/** `status.pipelineSpec`: params are replaced by their values, results of tasks are not. */
export function pipelineSpec(
  pipeline: PipelineScenario,
  { variables, workspaces = [] }: { variables: Record<string, string>; workspaces?: string[] },
): JsonObject {
  const describe = (task: TaskScenario) => pipelineTask(task, variables);
  return {
    params: nonEmpty(paramNames(variables).map((name) => ({ name, type: "string" }))),
    results: nonEmpty(
      Object.entries(pipeline.results ?? {}).map(([name, value]) => ({ name, value, type: "string" })),
    ),
    tasks: pipeline.tasks.map(describe),
    finally: pipeline.finally?.map(describe),
    workspaces: nonEmpty(workspaces.map((name) => ({ name }))),
  };
}

function paramNames(variables: Record<string, string>): string[] {
  return Object.keys(variables).flatMap((name) =>
    name.startsWith("params.") ? name.slice("params.".length) : [],
  );
}

function pipelineTask(task: TaskScenario, variables: Record<string, string>): Json {
  const { name, runAfter, params = {}, when, matrix, retries, onError, timeoutMs, workspaces = [] } = task;
  return {
    name,
    runAfter,
    params: nameValues(substituteAll(params, variables)),
    when: when && whenExpressions(substituteWhen(when, variables)),
    matrix: matrix && { params: nameValues(matrix) },
    retries,
    onError,
    timeout: timeoutMs && goDuration(timeoutMs),
    workspaces: nonEmpty(workspaces.map((workspace) => ({ name: workspace, workspace }))),
    ...whatItRuns(task, variables),
  };
}

function whatItRuns(task: TaskScenario, variables: Record<string, string>): JsonObject {
  const { work } = task;
  switch (work.kind) {
    case "custom":
      return { taskRef: { apiVersion: work.apiVersion, kind: work.customKind, name: task.name } };
    case "pipeline":
      return { pipelineSpec: pipelineSpec(work, { variables: {} }) };
    case "steps":
      return work.task === undefined
        ? { taskSpec: { metadata: {}, spec: null, ...taskSpec(task, work, variables) } }
        : { taskRef: { kind: "Task", name: work.task } };
  }
}

export function whenExpressions(
  when: readonly { input: string; operator: string; values: string[] }[],
): Json[] | undefined {
  return nonEmpty(when.map(({ input, operator, values }) => ({ input, operator, values })));
}
