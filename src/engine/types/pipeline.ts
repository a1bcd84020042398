/** `tekton.dev/v1` Pipeline, as on the wire (docs/pipelines.md, docs/matrix.md). */
import type { KubeObject } from "../../kube/index.ts";
import type { Param, ParamSpec, ResultSpec } from "./params.ts";
import type { Reference } from "./reference.ts";
import type { EmbeddedTask } from "./task.ts";
import type { WhenExpression } from "./when.ts";

export interface Pipeline extends KubeObject {
  spec: PipelineSpec;
}

export interface PipelineSpec {
  displayName?: string;
  description?: string;
  params?: readonly ParamSpec[];
  tasks?: readonly PipelineTask[];
  finally?: readonly PipelineTask[];
  workspaces?: readonly { name: string; description?: string; optional?: boolean }[];
  results?: readonly ResultSpec[];
}

export interface PipelineTask {
  name: string;
  displayName?: string;
  description?: string;
  taskRef?: Reference;
  taskSpec?: EmbeddedTask;
  pipelineRef?: Reference;
  pipelineSpec?: PipelineSpec;
  when?: readonly WhenExpression[];
  retries?: number;
  runAfter?: readonly string[];
  params?: readonly Param[];
  matrix?: Matrix;
  workspaces?: readonly { name: string; workspace?: string; subPath?: string }[];
  /** Go duration. */
  timeout?: string;
  onError?: string;
}

export interface Matrix {
  params?: readonly Param[];
  include?: readonly { name?: string; params?: readonly Param[] }[];
}
