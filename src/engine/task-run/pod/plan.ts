import type { TraceContext } from "../../../context/index.ts";
import type { Stored } from "../../../kube/index.ts";
import type { TaskRun, TaskSpec } from "../../types/index.ts";
import type { Script } from "./scripts.ts";
import type { PodShape } from "./volumes.ts";
import type { BoundWorkspace } from "./workspaces.ts";

/** What a Pod is made from. */
export interface PodOrder {
  taskRun: Stored<TaskRun>;
  /** Of the TaskRun, with those that are still to be written. */
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** With all variables replaced. */
  task: TaskSpec;
  workspaces: readonly BoundWorkspace[];
  podName: string;
  /** Counts from 1. */
  attempt: number;
  /** Of the TaskRun's execution span. */
  context: TraceContext;
  serviceAccountName: string;
  managedBy: string;
  otlpEndpoint: string | undefined;
  /** 0 is no limit. */
  timeoutMillis: number;
}

/** The same with what follows from it and several parts need. Steps are complete: their template is merged into them. */
export interface PodPlan extends PodOrder {
  shape: PodShape;
  stepScripts: ReadonlyMap<number, Script>;
  sidecarScripts: ReadonlyMap<number, Script>;
}
