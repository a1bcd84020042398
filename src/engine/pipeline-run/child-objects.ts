/** What a pipeline task becomes when it starts: a TaskRun, a CustomRun, or another PipelineRun. */
import {
  childName,
  formatGoDuration,
  goDurationMillis,
  type Replacements,
  replaceText,
  substituteWorkspaceBindings,
  workspaceBindingsFor,
} from "../spec/index.ts";
import type {
  ChildReference,
  CustomRun,
  Param,
  PipelineRun,
  PipelineTask,
  TaskRun,
  TaskRunOverride,
  WorkspaceBinding,
} from "../types/index.ts";
import { withClaim } from "../volume-claims.ts";
import { childMetadata } from "./metadata.ts";
import type { RunPass } from "./pass.ts";
import type { RunKind } from "./plan.ts";
import type { ReadyTask } from "./schedule.ts";
import { limitsOf } from "./timeouts.ts";

/** One object to be created. */
export interface PlannedRun {
  name: string;
  params: readonly Param[];
  displayName?: string;
}

/** A task that starts, and the variables of its run, for what is replaced only now. */
export interface Start {
  ready: ReadyTask;
  variables: Replacements;
}

/** `apiVersion` of each kind of child. */
const API_VERSION: Readonly<Record<RunKind, string>> = {
  TaskRun: "tekton.dev/v1",
  PipelineRun: "tekton.dev/v1",
  CustomRun: "tekton.dev/v1beta1",
};

/** One for each combination; the number is left out where there is only one (docs/matrix.md). */
export function plannedRuns(
  parent: string,
  { task, combinations }: Pick<ReadyTask["state"], "task" | "combinations">,
): PlannedRun[] {
  return combinations.map(({ params, includeName }, index) => {
    const displayName = includeName ?? task.displayName;
    return {
      name: childName(parent, combinations.length === 1 ? `-${task.name}` : `-${task.name}-${index}`),
      params: [...params, ...(task.params ?? [])],
      ...(displayName !== undefined && { displayName }),
    };
  });
}

/** How `status.childReferences` lists it. */
export function referenceTo(
  run: PlannedRun,
  { task, kind }: { task: PipelineTask; kind: RunKind },
): ChildReference {
  return {
    apiVersion: API_VERSION[kind],
    kind,
    name: run.name,
    ...(run.displayName !== undefined && { displayName: run.displayName }),
    pipelineTaskName: task.name,
    ...(task.when !== undefined && { whenExpressions: task.when }),
  };
}

export function taskRunFor(pass: RunPass, { ready, variables }: Start, run: PlannedRun): TaskRun {
  const { task } = ready.state;
  const { metadata: embedded, ...taskSpec } = task.taskSpec ?? { steps: [] };
  const override = overrideFor(pass, task);
  const { spec } = pass.object;
  const podTemplate = { ...spec.taskRunTemplate?.podTemplate, ...override?.podTemplate };
  const timeout = override?.timeout ?? task.timeout ?? inheritedTimeout(pass, ready);
  return {
    apiVersion: API_VERSION.TaskRun,
    kind: "TaskRun",
    metadata: childMetadata(pass, {
      planned: { ...ready, task },
      name: run.name,
      ...(embedded !== undefined && { embedded }),
      ...(override?.metadata !== undefined && { override: override.metadata }),
    }),
    spec: {
      ...(task.taskRef === undefined ? { taskSpec } : { taskRef: task.taskRef }),
      ...(run.params.length > 0 && { params: run.params }),
      serviceAccountName: serviceAccountOf(pass, override),
      ...(timeout !== undefined && { timeout }),
      ...((task.retries ?? 0) > 0 && { retries: task.retries }),
      ...(Object.keys(podTemplate).length > 0 && { podTemplate: replaceTexts(podTemplate, variables) }),
      ...workspacesField(bindingsFor(pass, { ready, variables })),
      ...(override?.stepSpecs !== undefined && { stepSpecs: override.stepSpecs }),
      ...(override?.sidecarSpecs !== undefined && { sidecarSpecs: override.sidecarSpecs }),
      ...(override?.computeResources !== undefined && { computeResources: override.computeResources }),
    },
  };
}

export function customRunFor(pass: RunPass, { ready, variables }: Start, run: PlannedRun): CustomRun {
  const { task } = ready.state;
  const { apiVersion, kind, metadata: embedded, spec } = task.taskSpec ?? {};
  return {
    apiVersion: API_VERSION.CustomRun,
    kind: "CustomRun",
    metadata: childMetadata(pass, {
      planned: { ...ready, task },
      name: run.name,
      ...(embedded !== undefined && { embedded }),
    }),
    spec: {
      ...(task.taskRef === undefined
        ? { customSpec: { ...texts({ apiVersion, kind }), ...(embedded && { metadata: embedded }), spec } }
        : { customRef: task.taskRef }),
      ...(run.params.length > 0 && { params: run.params }),
      serviceAccountName: serviceAccountOf(pass, overrideFor(pass, task)),
      ...texts({ timeout: task.timeout }),
      ...((task.retries ?? 0) > 0 && { retries: task.retries }),
      ...workspacesField(bindingsFor(pass, { ready, variables })),
    },
  };
}

export function pipelineRunFor(pass: RunPass, { ready, variables }: Start, run: PlannedRun): PipelineRun {
  const { task } = ready.state;
  const { taskRunTemplate } = pass.object.spec;
  const metadata = childMetadata(pass, { planned: { ...ready, task }, name: run.name });
  return {
    apiVersion: API_VERSION.PipelineRun,
    kind: "PipelineRun",
    metadata,
    spec: {
      ...(task.pipelineRef === undefined
        ? { pipelineSpec: task.pipelineSpec ?? {} }
        : { pipelineRef: task.pipelineRef }),
      ...(run.params.length > 0 && { params: run.params }),
      ...(taskRunTemplate !== undefined && { taskRunTemplate }),
      ...(task.timeout !== undefined && { timeouts: { pipeline: task.timeout } }),
      ...workspacesField(bindingsFor(pass, { ready, variables })),
    },
  };
}

function overrideFor({ object }: RunPass, { name }: PipelineTask): TaskRunOverride | undefined {
  return object.spec.taskRunSpecs?.find(({ pipelineTaskName }) => pipelineTaskName === name);
}

function serviceAccountOf({ object, engine }: RunPass, override: TaskRunOverride | undefined): string {
  const ofRun = object.spec.taskRunTemplate?.serviceAccountName;
  return override?.serviceAccountName || ofRun || engine.config.serviceAccountName;
}

/** The time its section has, where that is more than a TaskRun gets anyway. */
function inheritedTimeout({ object, engine }: RunPass, { section }: ReadyTask): string | undefined {
  const { defaultTimeoutMillis } = engine.config;
  const given = object.spec.timeouts?.[section];
  if (given !== undefined && goDurationMillis(given) === 0) return formatGoDuration(0);
  const limit = limitsOf(object.spec, { defaultTimeoutMillis })[section];
  return limit !== undefined && limit > defaultTimeoutMillis ? formatGoDuration(limit) : undefined;
}

/** What is missing was refused before the first task started, or may be missing. */
function bindingsFor(pass: RunPass, { ready: { state }, variables }: Start): readonly WorkspaceBinding[] {
  const { workspaces = [] } = pass.object.spec;
  const claimed = workspaces.map((binding) => withClaim(pass.object, binding));
  const runBindings = substituteWorkspaceBindings(claimed, variables);
  const { pipelineSpec = {} } = pass.draft.status;
  const pipelineTask = withPropagated(state.task, runBindings);
  const mapping = workspaceBindingsFor({ pipelineTask, pipelineSpec, runBindings });
  return mapping.kind === "bound" ? mapping.bindings : [];
}

/** An inline pipelineSpec sees the workspaces around it (docs/pipelines-in-pipelines.md). */
function withPropagated(task: PipelineTask, bindings: readonly WorkspaceBinding[]): PipelineTask {
  if (task.pipelineSpec === undefined) return task;
  const mapped = task.workspaces ?? [];
  const others = bindings.filter(({ name }) => !mapped.some((each) => each.name === name));
  return { ...task, workspaces: [...mapped, ...others.map(({ name }) => ({ name }))] };
}

function workspacesField(workspaces: readonly WorkspaceBinding[]): {
  workspaces?: readonly WorkspaceBinding[];
} {
  return workspaces.length > 0 ? { workspaces } : {};
}

/** Leaves out what is not given. */
function texts<Name extends string>(
  entries: Record<Name, string | undefined>,
): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<
    Record<Name, string>
  >;
}

/** The same tree with the variables in all its texts replaced. */
function replaceTexts<T>(tree: T, variables: Replacements): T {
  if (typeof tree === "string") return replaceText(tree, variables) as T;
  if (Array.isArray(tree)) return tree.map((each) => replaceTexts(each, variables)) as T;
  if (typeof tree !== "object" || tree === null) return tree;
  const entries = Object.entries(tree).map(([key, value]) => [key, replaceTexts(value, variables)]);
  return Object.fromEntries(entries) as T;
}
