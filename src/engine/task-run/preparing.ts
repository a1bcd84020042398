/** From a TaskRun to the Task it runs: found, completed with its StepActions, and checked against what the run gives it. */
import { resolveStepAction, resolveTask } from "../resolve/index.ts";
import {
  mergeStepAction,
  paramReplacements,
  type Replacements,
  replaceParams,
  type SettledParams,
  settleParams,
  stepActionProblem,
} from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { Reference, Step, TaskSpec } from "../types/index.ts";
import { validateTaskSpec } from "../validate/index.ts";
import { adoptTask } from "./metadata.ts";
import { type Failed, type Failure, markUnknown, type TaskRunPass, userFailure } from "./pass.ts";
import { type ResolvedTask, validating } from "./validating.ts";

export type Prepared = { kind: "ready"; task: ResolvedTask } | Failed;

/** What comes before a Pod can be made. */
export const preparing = traced({
  async prepare(pass: TaskRunPass): Promise<Prepared> {
    const found = await preparing.findTask(pass);
    if (found.kind === "failed") return found;
    const completed = await preparing.resolveStepActions(pass, found.task);
    if (completed.kind === "failed") return completed;
    const failure = failureOf(pass, completed.task);
    return failure === undefined ? completed : failed(failure);
  },

  /** The Task as it is written, in the TaskRun or elsewhere. */
  async findTask(pass: TaskRunPass): Promise<Prepared> {
    const { spec, metadata } = pass.object;
    const { taskSpec, taskRef } = spec;
    if (taskRef === undefined) return { kind: "ready", task: inlineTask(metadata.name, taskSpec, spec) };
    const reference = referenceFor(pass, taskRef);
    const found = await resolveTask(pass, { reference, namespace: metadata.namespace ?? "" });
    if (found.kind === "failed") return unresolved(pass, { ...found, meanwhile: "ResolvingTaskRef" });
    adoptTask(pass, found.metadata);
    if (found.source !== undefined) rememberSource(pass, found.source);
    const problem = validateTaskSpec(found.spec);
    if (problem !== undefined) return failed(userFailure("TaskValidationFailed", problem));
    return { kind: "ready", task: { name: found.metadata.name, spec: found.spec } };
  },

  /** The Task with the steps that its references to StepActions stand for. */
  async resolveStepActions(pass: TaskRunPass, task: ResolvedTask): Promise<Prepared> {
    const taskParams = paramReplacements(paramsOf(pass, task.spec).values);
    const steps: Step[] = [];
    for (const step of task.spec.steps) {
      const merged = await mergedStep(pass, step, taskParams);
      if (merged.kind === "failed") return merged;
      steps.push(merged.step);
    }
    return { kind: "ready", task: { ...task, spec: { ...task.spec, steps } } };
  },
});

function failed(failure: Failure): Failed {
  return { kind: "failed", failure };
}

interface Unresolved {
  message: string;
  permanent: boolean;
  /** What the condition says while it is asked for again. */
  meanwhile: "ResolvingTaskRef" | "ResolvingStepActionRef";
}

/** What may be there later is asked for again; the queue waits longer each time. */
function unresolved(pass: TaskRunPass, { message, permanent, meanwhile }: Unresolved): Failed {
  if (permanent) return failed({ reason: "TaskRunResolutionFailed", message });
  markUnknown(pass, { reason: meanwhile, message });
  throw new Error(message);
}

/** Inline, every workspace that is bound is declared (docs/taskruns.md, "Propagated Workspaces"). */
function inlineTask(
  name: string,
  taskSpec: TaskSpec = { steps: [] },
  { workspaces = [] }: TaskRunPass["object"]["spec"],
): ResolvedTask {
  const declared = taskSpec.workspaces ?? [];
  const added = workspaces.filter((binding) => !declared.some((each) => each.name === binding.name));
  if (added.length === 0) return { name, spec: taskSpec };
  const names = added.map((binding) => ({ name: binding.name }));
  return { name, spec: { ...taskSpec, workspaces: [...declared, ...names] } };
}

/** What a resolver is asked may depend on the run's params. */
function referenceFor({ object }: TaskRunPass, reference: Reference): Reference {
  if (reference.params === undefined) return reference;
  const { values } = settleParams({ specs: [], given: object.spec.params ?? [] });
  return { ...reference, params: replaceParams(reference.params, paramReplacements(values)) };
}

function rememberSource({ draft }: TaskRunPass, refSource: object): void {
  draft.status = { ...draft.status, provenance: { refSource } };
}

/** The params of the Task with the values they have in this run. */
export function paramsOf({ object }: TaskRunPass, { params = [] }: TaskSpec): SettledParams {
  return settleParams({ specs: params, given: object.spec.params ?? [] });
}

async function mergedStep(
  pass: TaskRunPass,
  step: Step,
  taskParams: Replacements,
): Promise<{ kind: "merged"; step: Step } | Failed> {
  if (step.ref === undefined) return { kind: "merged", step };
  const namespace = pass.object.metadata.namespace ?? "";
  const { params } = step.ref;
  const reference =
    params === undefined ? step.ref : { ...step.ref, params: replaceParams(params, taskParams) };
  const found = await resolveStepAction(pass, { reference, namespace });
  if (found.kind === "failed") return unresolved(pass, { ...found, meanwhile: "ResolvingStepActionRef" });
  const problem = stepActionProblem({ step, action: found.spec });
  if (problem !== undefined) return failed(userFailure("TaskRunValidationFailed", problem));
  return { kind: "merged", step: mergeStepAction({ step, action: found.spec, taskParams }) };
}

function failureOf(pass: TaskRunPass, { name, spec }: ResolvedTask): Failure | undefined {
  const params = paramsOf(pass, spec);
  const { workspaces: bindings = [] } = pass.object.spec;
  return (
    validating.validateResolvedTask(pass, { name, ...params }) ??
    validating.validateEnumParam(pass, params) ??
    validating.validateParamArrayIndex(pass, { spec, ...params }) ??
    validating.validateBindings(pass, { declared: spec.workspaces ?? [], bindings }) ??
    validating.validateOverrides(pass, spec)
  );
}
