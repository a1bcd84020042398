/**
 * Params of definitions that stand inside a run: there, names come from the run, from the pipeline and from the task
 * together (docs/pipelineruns.md, "Propagated Parameters").
 */
import { typeOfValue } from "../spec/index.ts";
import type { Param, ParamSpec, PipelineRun, PipelineTask, TaskRun } from "../types/index.ts";
import { checkTaskParamUsage } from "./pipeline-variables.ts";
import type { Problems } from "./problem.ts";
import { checkStepArrays, checkStepsUsage } from "./step-variables.ts";

/** What the steps of an inline task use is given by the run or declared. `path` is that of the run's spec. */
export function checkTaskRunParams({ params = [], taskSpec }: TaskRun["spec"], path: string): Problems {
  if (taskSpec?.steps === undefined) return [];
  const scope = inOneScope(params.map(declare), taskSpec.params);
  const at = `${path}.taskSpec`;
  return [...checkStepArrays(taskSpec.steps, scope, at), ...checkStepsUsage(taskSpec.steps, scope, at)];
}

/** The same for all tasks of an inline pipeline. `path` is that of the run's spec. */
export function checkPipelineRunParams(
  { params = [], pipelineSpec }: PipelineRun["spec"],
  path: string,
): Problems {
  if (pipelineSpec === undefined) return [];
  const { tasks = [] } = pipelineSpec;
  const outer = inOneScope(params.map(declare), pipelineSpec.params);
  const everything = inOneScope(tasks.flatMap(ownParams), outer);
  const at = `${path}.pipelineSpec.tasks`;
  return [
    ...tasks.flatMap((task, index) => {
      if (task.taskSpec?.steps === undefined) return [];
      const scope = inOneScope(everything, ownParams(task));
      const where = `${at}[${index}].taskSpec`;
      return [
        ...checkStepArrays(task.taskSpec.steps, scope, where),
        ...checkStepsUsage(task.taskSpec.steps, scope, where),
      ];
    }),
    ...checkTaskParamUsage(tasks, everything, at),
  ];
}

/** What the task declares, or is at least given. */
function ownParams({ params = [], taskSpec }: PipelineTask): ParamSpec[] {
  return inOneScope(params.map(declare), taskSpec?.params);
}

/** A declaration that the given value fits. */
function declare({ name, value }: Param): ParamSpec {
  const type = typeOfValue(value);
  if (type !== "object") return { name, type };
  const properties = Object.fromEntries(Object.keys(value).map((key) => [key, { type: "string" }]));
  return { name, type, properties };
}

/** Later declarations of a name win; an object has the keys of all of them. */
function inOneScope(outer: readonly ParamSpec[], inner: readonly ParamSpec[] = []): ParamSpec[] {
  const scope = new Map<string, ParamSpec>();
  for (const spec of [...outer, ...inner]) scope.set(spec.name, united(scope.get(spec.name), spec));
  return [...scope.values()];
}

function united(earlier: ParamSpec | undefined, later: ParamSpec): ParamSpec {
  if (earlier?.properties === undefined || later.properties === undefined) return later;
  return { ...later, properties: { ...earlier.properties, ...later.properties } };
}
