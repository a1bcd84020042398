/** `tekton.dev/v1beta1` CustomRun, as on the wire (docs/customruns.md). */
import type { Condition, KubeObject } from "../../kube/index.ts";
import type { Param } from "./params.ts";
import type { EmbeddedMetadata, Reference } from "./reference.ts";
import type { WorkspaceBinding } from "./workspace-binding.ts";

export interface CustomRun extends KubeObject {
  spec: {
    customRef?: Reference;
    customSpec?: { apiVersion?: string; kind?: string; metadata?: EmbeddedMetadata; spec?: unknown };
    params?: readonly Param[];
    status?: "" | "RunCancelled";
    statusMessage?: string;
    retries?: number;
    timeout?: string;
    workspaces?: readonly WorkspaceBinding[];
    serviceAccountName?: string;
  };
  status?: {
    conditions?: readonly Condition[];
    startTime?: string;
    completionTime?: string;
    results?: readonly { name: string; value: string }[];
  };
}
