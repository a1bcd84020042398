import type { KubeObject, Volume } from "../../kube/index.ts";

/** What a run puts into a workspace: exactly one source (docs/workspaces.md). */
export interface WorkspaceBinding {
  name: string;
  subPath?: string;
  emptyDir?: Volume["emptyDir"];
  persistentVolumeClaim?: Volume["persistentVolumeClaim"];
  volumeClaimTemplate?: Partial<KubeObject> & { spec?: unknown };
  configMap?: Volume["configMap"];
  secret?: Volume["secret"];
  projected?: Volume["projected"];
  csi?: unknown;
}
