/** `tekton.dev/v1` PipelineRun, as on the wire (docs/pipelineruns.md). */
import type { Condition, KubeObject } from "../../kube/index.ts";
import type { Param, ResultValue } from "./params.ts";
import type { PipelineSpec } from "./pipeline.ts";
import type { EmbeddedMetadata, Reference } from "./reference.ts";
import type { PodTemplate } from "./task-run.ts";
import type { WhenExpression } from "./when.ts";
import type { WorkspaceBinding } from "./workspace-binding.ts";

export interface PipelineRun extends KubeObject {
  spec: PipelineRunSpec;
  status?: PipelineRunStatus;
}

export interface PipelineRunSpec {
  pipelineRef?: Reference;
  pipelineSpec?: PipelineSpec;
  params?: readonly Param[];
  status?: "" | "Cancelled" | "CancelledRunFinally" | "StoppedRunFinally" | "PipelineRunPending";
  timeouts?: { pipeline?: string; tasks?: string; finally?: string };
  taskRunTemplate?: { serviceAccountName?: string; podTemplate?: PodTemplate };
  taskRunSpecs?: readonly TaskRunOverride[];
  workspaces?: readonly WorkspaceBinding[];
  managedBy?: string;
}

export interface TaskRunOverride {
  pipelineTaskName?: string;
  serviceAccountName?: string;
  podTemplate?: PodTemplate;
  stepSpecs?: unknown;
  sidecarSpecs?: unknown;
  metadata?: EmbeddedMetadata;
  computeResources?: unknown;
  timeout?: string;
}

export interface PipelineRunStatus {
  conditions?: readonly Condition[];
  observedGeneration?: number;
  startTime?: string;
  completionTime?: string;
  finallyStartTime?: string;
  results?: readonly ResultValue[];
  pipelineSpec?: PipelineSpec;
  childReferences?: readonly ChildReference[];
  skippedTasks?: readonly SkippedTask[];
  provenance?: unknown;
  spanContext?: Readonly<Record<string, string>>;
}

export interface ChildReference {
  apiVersion: string;
  kind: "TaskRun" | "CustomRun" | "PipelineRun";
  name: string;
  displayName?: string;
  pipelineTaskName: string;
  whenExpressions?: readonly WhenExpression[];
}

export interface SkippedTask {
  name: string;
  reason: string;
  whenExpressions?: readonly WhenExpression[];
}
