/** What Tekton's webhook fills in (docs/additional-configs.md, "Customizing basic execution parameters"). */
import { DEFAULT_CONFIG } from "../config.ts";
import { formatGoDuration, paramTypeOf } from "../spec/index.ts";
import type {
  CustomRun,
  EmbeddedTask,
  ParamSpec,
  Pipeline,
  PipelineRun,
  PipelineSpec,
  PipelineTask,
  Reference,
  ResultSpec,
  StepAction,
  Task,
  TaskRun,
  TaskSpec,
} from "../types/index.ts";

const DEFAULT_TIMEOUT = formatGoDuration(DEFAULT_CONFIG.defaultTimeoutMillis);

/** Types of params and results. */
export function withTaskDefaults(task: Task): Task {
  return { ...task, spec: withSpecDefaults(task.spec) };
}

/** Types of params, and the kind that tasks refer to. */
export function withPipelineDefaults(pipeline: Pipeline): Pipeline {
  return { ...pipeline, spec: withPipelineSpecDefaults(pipeline.spec) };
}

/** Types of params and results. */
export function withStepActionDefaults(action: StepAction): StepAction {
  const { params, results, ...spec } = action.spec;
  return { ...action, spec: { ...spec, ...typed(params, results) } };
}

/** The service account. */
export function withCustomRunDefaults(run: CustomRun): CustomRun {
  const serviceAccountName = run.spec.serviceAccountName || DEFAULT_CONFIG.serviceAccountName;
  return { ...run, spec: { ...run.spec, serviceAccountName } };
}

/** Timeout, service account, the kind it refers to, and who manages it; what its inline Task would get. */
export function withTaskRunDefaults(run: TaskRun): TaskRun {
  const { taskRef, taskSpec, timeout = DEFAULT_TIMEOUT, serviceAccountName, ...spec } = run.spec;
  const labels = { [MANAGED_BY]: DEFAULT_CONFIG.managedByLabel, ...run.metadata.labels };
  return {
    ...run,
    metadata: { ...run.metadata, labels },
    spec: {
      ...spec,
      serviceAccountName: serviceAccountName || DEFAULT_CONFIG.serviceAccountName,
      ...(taskRef !== undefined && { taskRef: withKind(taskRef) }),
      ...(taskSpec !== undefined && { taskSpec: withSpecDefaults(taskSpec) }),
      timeout,
    },
  };
}

const MANAGED_BY = "app.kubernetes.io/managed-by";

/** Timeout and service account; what its inline Pipeline would get. */
export function withPipelineRunDefaults(run: PipelineRun): PipelineRun {
  const { pipelineSpec, timeouts, taskRunTemplate, ...spec } = run.spec;
  const serviceAccountName = taskRunTemplate?.serviceAccountName || DEFAULT_CONFIG.serviceAccountName;
  return {
    ...run,
    spec: {
      ...spec,
      ...(pipelineSpec !== undefined && { pipelineSpec: withPipelineSpecDefaults(pipelineSpec) }),
      taskRunTemplate: { ...taskRunTemplate, serviceAccountName },
      timeouts: { ...timeouts, pipeline: timeouts?.pipeline ?? DEFAULT_TIMEOUT },
    },
  };
}

function withSpecDefaults<T extends TaskSpec | EmbeddedTask>(spec: T): T {
  return { ...spec, ...typed(spec.params, spec.results) };
}

function withPipelineSpecDefaults(spec: PipelineSpec): PipelineSpec {
  const { tasks, finally: final, params } = spec;
  return {
    ...spec,
    ...(params !== undefined && { params: params.map(withParamType) }),
    ...(tasks !== undefined && { tasks: tasks.map(withPipelineTaskDefaults) }),
    ...(final !== undefined && { finally: final.map(withPipelineTaskDefaults) }),
  };
}

function withPipelineTaskDefaults(task: PipelineTask): PipelineTask {
  const { taskRef, taskSpec, pipelineSpec } = task;
  return {
    ...task,
    ...(taskRef !== undefined && { taskRef: withKind(taskRef) }),
    ...(taskSpec !== undefined && { taskSpec: withSpecDefaults(taskSpec) }),
    ...(pipelineSpec !== undefined && { pipelineSpec: withPipelineSpecDefaults(pipelineSpec) }),
  };
}

/** What is not resolved from elsewhere is a Task of the same namespace. */
function withKind(reference: Reference): Reference {
  return reference.kind || reference.resolver ? reference : { ...reference, kind: "Task" };
}

function typed(params: readonly ParamSpec[] | undefined, results: readonly ResultSpec[] | undefined) {
  return {
    ...(params !== undefined && { params: params.map(withParamType) }),
    ...(results !== undefined && { results: results.map(withResultType) }),
  };
}

function withParamType(spec: ParamSpec): ParamSpec {
  return { ...spec, type: paramTypeOf(spec), ...typedProperties(spec) };
}

function withResultType(spec: ResultSpec): ResultSpec {
  const type = spec.type ?? (spec.properties === undefined ? "string" : "object");
  return { ...spec, type, ...typedProperties(spec) };
}

function typedProperties({ properties }: ParamSpec | ResultSpec): Pick<ParamSpec, "properties"> {
  if (properties === undefined) return {};
  const entries = Object.entries(properties).map(([key, { type = "string" }]) => [key, { type }]);
  return { properties: Object.fromEntries(entries) };
}
