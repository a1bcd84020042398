/** Puts into the pipeline what is known before its first task starts (docs/variables.md, "Variables Available in a Pipeline"). */
import {
  joinReplacements,
  paramReplacements,
  type Replacements,
  settleParams,
  substitutePipelineSpec,
  substitutePipelineTask,
  textReplacements,
} from "../spec/index.ts";
import type { PipelineRun, PipelineSpec, PipelineTask } from "../types/index.ts";

export interface Application {
  run: PipelineRun;
  spec: PipelineSpec;
  /** `context.pipeline.name`. */
  pipelineName: string;
}

/**
 * Params first, then contexts, then workspaces, so that the value of a param may contain a variable of the others. What the
 * results of tasks are is put in when a task starts.
 */
export function applyVariables({ run, spec, pipelineName }: Application): PipelineSpec {
  const withParams = substitutePipelineSpec(spec, paramReplacements(paramsOf(run, spec)));
  const withContext = substitutePipelineSpec(withParams, contextOf(run, pipelineName));
  const workspaces = boundWorkspaces(run, spec);
  const perTask = (task: PipelineTask) =>
    applyWorkspaces(substitutePipelineTask(task, contextOfTask(task)), workspaces);
  return {
    ...withContext,
    ...(withContext.tasks !== undefined && { tasks: withContext.tasks.map(perTask) }),
    ...(withContext.finally !== undefined && { finally: withContext.finally.map(perTask) }),
  };
}

/** What fields of the run itself may say, which are used when a task starts. */
export function runVariables({ run, spec, pipelineName }: Application): Replacements {
  return joinReplacements(paramReplacements(paramsOf(run, spec)), contextOf(run, pipelineName));
}

/** Params that a pipeline does not declare are for inline specs only (docs/pipelineruns.md, "Propagated Parameters"). */
function paramsOf({ spec: { params = [], pipelineRef } }: PipelineRun, { params: specs = [] }: PipelineSpec) {
  const declared = new Set(specs.map(({ name }) => name));
  const given = pipelineRef === undefined ? params : params.filter(({ name }) => declared.has(name));
  return settleParams({ specs, given }).values;
}

function contextOf({ metadata }: PipelineRun, pipelineName: string): Replacements {
  return textReplacements({
    "context.pipelineRun.name": metadata.name,
    "context.pipelineRun.namespace": metadata.namespace ?? "",
    "context.pipelineRun.uid": metadata.uid ?? "",
    "context.pipeline.name": pipelineName,
  });
}

function contextOfTask({ retries = 0 }: PipelineTask): Replacements {
  return textReplacements({ "context.pipelineTask.retries": String(retries) });
}

function boundWorkspaces(
  { spec: { workspaces: bindings = [] } }: PipelineRun,
  { workspaces = [] }: PipelineSpec,
) {
  const isBound = (name: string) => bindings.some((binding) => binding.name === name);
  return textReplacements(
    Object.fromEntries(workspaces.map(({ name }) => [`workspaces.${name}.bound`, String(isBound(name))])),
  );
}

/** Inside an inline taskSpec the same names mean the task's own workspaces. */
function applyWorkspaces({ taskSpec, ...task }: PipelineTask, workspaces: Replacements): PipelineTask {
  const applied = substitutePipelineTask(task, workspaces);
  return taskSpec === undefined ? applied : { ...applied, taskSpec };
}
