/** `tekton.dev/v1` TaskRun, as on the wire (docs/taskruns.md). */
import type { Condition, ContainerTerminated, KubeObject, SecurityContext } from "../../kube/index.ts";
import type { Param, ResultValue } from "./params.ts";
import type { Reference } from "./reference.ts";
import type { EmbeddedTask, TaskSpec } from "./task.ts";
import type { WorkspaceBinding } from "./workspace-binding.ts";

export interface TaskRun extends KubeObject {
  spec: TaskRunSpec;
  status?: TaskRunStatus;
}

export interface TaskRunSpec {
  taskRef?: Reference;
  taskSpec?: EmbeddedTask;
  params?: readonly Param[];
  serviceAccountName?: string;
  status?: "" | "TaskRunCancelled" | "TaskRunPending";
  statusMessage?: string;
  /** Go duration. */
  timeout?: string;
  retries?: number;
  podTemplate?: PodTemplate;
  workspaces?: readonly WorkspaceBinding[];
  stepSpecs?: unknown;
  sidecarSpecs?: unknown;
  computeResources?: unknown;
  debug?: unknown;
  managedBy?: string;
}

/** The fields of a PodSpec that are not the task's (docs/podtemplates.md). */
export interface PodTemplate {
  securityContext?: SecurityContext;
  env?: readonly { name: string; value?: string }[];
  volumes?: readonly unknown[];
  [field: string]: unknown;
}

export interface TaskRunStatus extends AttemptStatus {
  /** Attempts before this one, oldest first, without their own `retriesStatus`. */
  retriesStatus?: readonly AttemptStatus[];
}

export interface AttemptStatus {
  conditions?: readonly Condition[];
  observedGeneration?: number;
  podName?: string;
  startTime?: string;
  completionTime?: string;
  steps?: readonly StepState[];
  sidecars?: readonly SidecarState[];
  results?: readonly ResultValue[];
  artifacts?: Artifacts;
  taskSpec?: TaskSpec;
  provenance?: unknown;
  spanContext?: Readonly<Record<string, string>>;
}

export interface StepState {
  name: string;
  container: string;
  imageID?: string;
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: ContainerTerminated;
  terminationReason?: string;
  results?: readonly ResultValue[];
  inputs?: readonly Artifact[];
  outputs?: readonly Artifact[];
}

export interface SidecarState {
  name: string;
  container: string;
  imageID?: string;
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: ContainerTerminated;
}

export interface Artifacts {
  inputs?: readonly Artifact[];
  outputs?: readonly Artifact[];
}

export interface Artifact {
  name: string;
  values?: readonly { digest?: Readonly<Record<string, string>>; uri?: string }[];
  buildOutput?: boolean;
}
