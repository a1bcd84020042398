/** Volume claims from the templates in a run's workspaces (docs/workspaces.md, "volumeClaimTemplate"). */
import type { KubeObject, PersistentVolumeClaim, Stored } from "../kube/index.ts";
import { ownerReferenceTo } from "./ownership.ts";
import { claimName } from "./spec/index.ts";
import type { WorkspaceBinding } from "./types/index.ts";

/** The claim a binding asks for, if it does. Its name holds the run's UID: one that is there already is the run's own. */
export function claimFor(
  run: Stored<KubeObject>,
  { name: workspace, volumeClaimTemplate: template }: WorkspaceBinding,
): PersistentVolumeClaim | undefined {
  if (template === undefined) return undefined;
  const { namespace, uid } = run.metadata;
  const { name, labels, annotations } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName({ template: name, workspace, ownerUid: uid }),
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [ownerReferenceTo(run)],
    },
    spec: template.spec as PersistentVolumeClaim["spec"],
  };
}

/** The binding with its claim in place of the template. */
export function withClaim(run: Stored<KubeObject>, binding: WorkspaceBinding): WorkspaceBinding {
  const claim = claimFor(run, binding);
  if (claim === undefined) return binding;
  const { volumeClaimTemplate: _, ...rest } = binding;
  return { ...rest, persistentVolumeClaim: { claimName: claim.metadata.name } };
}
