export type { CustomRun } from "./custom-run.ts";
export { TektonKind } from "./kinds.ts";
export type { Param, ParamSpec, ParamType, ParamValue, ResultSpec, ResultValue } from "./params.ts";
export type { Matrix, Pipeline, PipelineSpec, PipelineTask } from "./pipeline.ts";
export type {
  ChildReference,
  PipelineRun,
  PipelineRunSpec,
  PipelineRunStatus,
  SkippedTask,
  TaskRunOverride,
} from "./pipeline-run.ts";
export type { EmbeddedMetadata, Reference } from "./reference.ts";
export type {
  EmbeddedTask,
  Sidecar,
  Step,
  StepAction,
  Task,
  TaskSpec,
  WorkspaceDeclaration,
  WorkspaceUsage,
} from "./task.ts";
export type {
  Artifact,
  Artifacts,
  AttemptStatus,
  PodTemplate,
  SidecarState,
  StepState,
  TaskRun,
  TaskRunSpec,
  TaskRunStatus,
} from "./task-run.ts";
export type { WhenExpression } from "./when.ts";
export type { WorkspaceBinding } from "./workspace-binding.ts";
