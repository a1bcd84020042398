/** `tekton.dev/v1` Task and `tekton.dev/v1beta1` StepAction, as on the wire (docs/tasks.md, docs/stepactions.md). */
import type { Container, KubeObject, SecurityContext, Volume, VolumeMount } from "../../kube/index.ts";
import type { Param, ParamSpec, ResultSpec } from "./params.ts";
import type { EmbeddedMetadata, Reference } from "./reference.ts";
import type { WhenExpression } from "./when.ts";

export interface Task extends KubeObject {
  spec: TaskSpec;
}

export interface TaskSpec {
  displayName?: string;
  description?: string;
  params?: readonly ParamSpec[];
  steps: readonly Step[];
  stepTemplate?: Partial<Container>;
  sidecars?: readonly Sidecar[];
  volumes?: readonly Volume[];
  workspaces?: readonly WorkspaceDeclaration[];
  results?: readonly ResultSpec[];
}

/** What `Omit` would give, had a Container not fields of any name besides. */
type NamelessContainer = {
  [Field in keyof Container as Field extends "name" ? never : Field]: Container[Field];
};

export interface Step extends NamelessContainer {
  name?: string;
  script?: string;
  /** Go duration. */
  timeout?: string;
  onError?: string;
  when?: readonly WhenExpression[];
  ref?: Reference;
  params?: readonly Param[];
  results?: readonly ResultSpec[];
  workspaces?: readonly WorkspaceUsage[];
  stdoutConfig?: { path?: string };
  stderrConfig?: { path?: string };
  computeResources?: unknown;
}

export interface Sidecar extends Container {
  script?: string;
  workspaces?: readonly WorkspaceUsage[];
}

export interface WorkspaceDeclaration {
  name: string;
  description?: string;
  mountPath?: string;
  readOnly?: boolean;
  optional?: boolean;
}

/** A step or sidecar that alone sees a workspace. */
export interface WorkspaceUsage {
  name: string;
  mountPath?: string;
}

/** An embedded Task, or the body of a custom one. */
export interface EmbeddedTask extends TaskSpec {
  metadata?: EmbeddedMetadata;
  apiVersion?: string;
  kind?: string;
  spec?: unknown;
}

export interface StepAction extends KubeObject {
  spec: {
    description?: string;
    image?: string;
    command?: readonly string[];
    args?: readonly string[];
    script?: string;
    env?: Container["env"];
    params?: readonly ParamSpec[];
    results?: readonly ResultSpec[];
    workingDir?: string;
    securityContext?: SecurityContext;
    volumeMounts?: readonly VolumeMount[];
  };
}
