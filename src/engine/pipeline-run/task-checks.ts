/** What has to be right between a pipeline and its tasks before the first of them starts. */

import { resolveTask } from "../resolve/index.ts";
import {
  paramValueOf,
  type ResultReference,
  resultReferencesIn,
  resultReferencesOf,
  workspaceBindingsFor,
} from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { PipelineSpec, TaskSpec } from "../types/index.ts";
import { validateTaskSpec } from "../validate/index.ts";
import { refuseOrWait } from "./not-found.ts";
import { nameOf, type Refusal, type RunPass, userError } from "./pass.ts";
import type { Plan, PlannedTask } from "./plan.ts";

export interface Tasks {
  spec: PipelineSpec;
  plan: Plan;
}

/** What is known of the tasks, by pipeline task. Of custom tasks and pipelines nothing is. */
type Definitions = ReadonlyMap<string, TaskSpec>;

interface Resolved extends Tasks {
  definitions: Definitions;
}

export const taskChecking = traced({
  /** Looks up every Task the pipeline refers to, all at once, and holds the pipeline against them. */
  async checkTasks(pass: RunPass, tasks: Tasks): Promise<Refusal | undefined> {
    const definitions = new Map<string, TaskSpec>();
    const answers = await Promise.all(
      tasks.plan.tasks.map(async (planned) => ({
        name: planned.task.name,
        found: await taskChecking.resolvePipelineTask(pass, planned),
      })),
    );
    for (const { name, found } of answers) {
      if (found?.kind === "refused") return found;
      if (found !== undefined) definitions.set(name, found.spec);
    }
    const resolved = { ...tasks, definitions };
    return (
      taskChecking.validateMatrixParams(pass, tasks) ??
      taskChecking.validatePipelineTaskResults(pass, resolved) ??
      taskChecking.validatePipelineResults(pass, resolved) ??
      taskChecking.validateTaskWorkspaces(pass, tasks) ??
      taskChecking.validateOptionalWorkspaces(pass, resolved)
    );
  },

  async resolvePipelineTask(
    pass: RunPass,
    { task, runKind }: PlannedTask,
  ): Promise<{ kind: "found"; spec: TaskSpec } | Refusal | undefined> {
    if (runKind !== "TaskRun") return undefined;
    if (task.taskRef === undefined) return task.taskSpec && { kind: "found", spec: task.taskSpec };
    const reference = task.taskRef;
    const answer = await resolveTask(pass, { reference, namespace: pass.object.metadata.namespace ?? "" });
    if (answer.kind === "failed")
      return refuseOrWait(pass, {
        reason: "CouldntGetTask",
        meanwhile: "ResolvingTaskRef",
        message: `Pipeline ${nameOf(pass)} can't be Run; it contains Tasks that don't exist: Couldn't retrieve Task "${task.name}": ${answer.message}`,
        permanent: answer.permanent,
      });
    const problems = validateTaskSpec(answer.spec);
    if (problems === undefined) return answer;
    return userError("PipelineValidationFailed", `invalid Task of pipeline task "${task.name}": ${problems}`);
  },

  /** Lists that come from results are looked at when they are there. */
  validateMatrixParams(_pass: RunPass, { plan }: Tasks): Refusal | undefined {
    for (const { task } of plan.tasks) {
      const textual = task.matrix?.params?.find(({ value: raw }) => {
        const value = paramValueOf(raw);
        return typeof value === "string" && resultReferencesIn(value).length === 0;
      });
      if (textual === undefined) continue;
      const message = `parameters of type array only are allowed, but param "${textual.name}" has type "string" in pipelineTask "${task.name}"`;
      return userError("InvalidMatrixParameterTypes", message);
    }
    return undefined;
  },

  validatePipelineTaskResults(_pass: RunPass, resolved: Resolved): Refusal | undefined {
    for (const { task } of resolved.plan.tasks) {
      const problem = firstUndeclared(resultReferencesOf(task), resolved);
      if (problem === undefined) continue;
      return userError(
        "InvalidTaskResultReference",
        `invalid result reference in pipeline task "${task.name}": ${problem}`,
      );
    }
    return undefined;
  },

  validatePipelineResults(_pass: RunPass, resolved: Resolved): Refusal | undefined {
    for (const { name, value } of resolved.spec.results ?? []) {
      const problem = firstUndeclared(resultReferencesIn(value), resolved);
      if (problem === undefined) continue;
      return userError("InvalidPipelineResultReference", `invalid pipeline result "${name}": ${problem}`);
    }
    return undefined;
  },

  validateTaskWorkspaces(pass: RunPass, { spec, plan }: Tasks): Refusal | undefined {
    const runBindings = pass.object.spec.workspaces ?? [];
    for (const { task } of plan.tasks) {
      const mapping = workspaceBindingsFor({ pipelineTask: task, pipelineSpec: spec, runBindings });
      if (mapping.kind === "missing") return userError("InvalidWorkspaceBindings", mapping.message);
    }
    return undefined;
  },

  validateOptionalWorkspaces(_pass: RunPass, { spec, plan, definitions }: Resolved): Refusal | undefined {
    const optional = new Set(spec.workspaces?.flatMap(({ name, optional }) => (optional ? [name] : [])));
    for (const { task } of plan.tasks) {
      const declared = definitions.get(task.name)?.workspaces ?? [];
      const problem = task.workspaces?.find(({ name, workspace }) => {
        const required = declared.some((each) => each.name === name && !each.optional);
        return required && optional.has(workspace || name);
      });
      if (problem === undefined) continue;
      const message = `pipeline workspace "${problem.workspace || problem.name}" is marked optional but pipeline task "${task.name}" requires it be provided`;
      return userError("RequiredWorkspaceMarkedOptional", message);
    }
    return undefined;
  },
});

/** References to tasks that are not in the pipeline are what validation of its spec is about. */
function firstUndeclared(
  references: readonly ResultReference[],
  { definitions }: Resolved,
): string | undefined {
  const wrong = references.find(({ pipelineTask, result }) => {
    const definition = definitions.get(pipelineTask);
    return definition !== undefined && !definition.results?.some(({ name }) => name === result);
  });
  return wrong && `"${wrong.result}" is not a named result returned by pipeline task "${wrong.pipelineTask}"`;
}
