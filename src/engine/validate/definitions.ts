/** Tasks and Pipelines that stand alone: what they use they declare, for no run gives them more. */
import type { Pipeline, PipelineTask, Task } from "../types/index.ts";
import { checkPipelineSpec } from "./pipeline-spec.ts";
import { checkTaskParamUsage } from "./pipeline-variables.ts";
import { invalidValue, type Problems, problem, quote } from "./problem.ts";
import { checkStepsUsage } from "./step-variables.ts";
import { checkTaskSpec } from "./task-spec.ts";

/** All of a Task's spec (docs/tasks.md). */
export function checkTask({ spec }: Task): Problems {
  return [...checkTaskSpec(spec, "spec"), ...checkStepsUsage(spec.steps, spec.params ?? [], "spec")];
}

/** All of a Pipeline's spec (docs/pipelines.md). */
export function checkPipeline({ spec }: Pipeline): Problems {
  const params = spec.params ?? [];
  const workspaces = new Set((spec.workspaces ?? []).map(({ name }) => name));
  return [
    ...checkPipelineSpec(spec, "spec"),
    ...Object.entries({ tasks: spec.tasks ?? [], finally: spec.finally ?? [] }).flatMap(([field, tasks]) => [
      ...tasks.flatMap(({ taskSpec }, index) =>
        taskSpec === undefined
          ? []
          : checkStepsUsage(
              taskSpec.steps,
              [...params, ...(taskSpec.params ?? [])],
              `spec.${field}[${index}].taskSpec`,
            ),
      ),
      ...checkTaskParamUsage(tasks, params, `spec.${field}`),
      ...tasks.flatMap((task, index) =>
        checkWorkspacesUsed(task, { known: workspaces, path: `spec.${field}[${index}]` }),
      ),
    ]),
  ];
}

function checkWorkspacesUsed(
  { name: task, workspaces = [] }: PipelineTask,
  { known, path }: { known: ReadonlySet<string>; path: string },
): Problems {
  const names = workspaces.map(({ name }) => name);
  return workspaces.flatMap(({ name, workspace }, index) => {
    const at = `${path}.workspaces[${index}]`;
    const wanted = workspace || name;
    const rule = `pipeline task "${task}" expects workspace with name "${wanted}" but none exists in pipeline spec`;
    return [
      ...(names.indexOf(name) < index ? [problem(`workspace name ${quote(name)} must be unique`, at)] : []),
      ...(known.has(wanted) ? [] : [invalidValue(rule, at)]),
    ];
  });
}
