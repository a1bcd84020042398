/** Claims made from the templates of a run's workspaces (docs/workspaces.md, "volumeClaimTemplate"). */
import { CoreKind, isApiError, type PersistentVolumeClaim, type Stored } from "../../kube/index.ts";
import { claimName } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { PipelineRun, WorkspaceBinding } from "../types/index.ts";
import { isPermanent } from "./api-faults.ts";
import { ownerReferenceTo } from "./metadata.ts";
import { nameOf, type Refusal, type RunPass, refused } from "./pass.ts";

/** The run's workspaces, with the claim in place of each template. */
export function boundClaims({ spec, metadata }: Stored<PipelineRun>): WorkspaceBinding[] {
  return (spec.workspaces ?? []).map(({ volumeClaimTemplate, ...binding }) => {
    if (volumeClaimTemplate === undefined) return binding;
    return {
      ...binding,
      persistentVolumeClaim: { claimName: nameOfClaim(volumeClaimTemplate, binding, metadata) },
    };
  });
}

export const claiming = traced({
  /** One claim for each template. It goes when the run does. */
  async createPersistentVolumeClaims(pass: RunPass): Promise<Refusal | undefined> {
    for (const claim of claimsOf(pass.object)) {
      const refusal = await claiming.createPersistentVolumeClaim(pass, claim);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  },

  async createPersistentVolumeClaim(
    pass: RunPass,
    claim: PersistentVolumeClaim,
  ): Promise<Refusal | undefined> {
    try {
      await pass.engine.api.create(CoreKind.claim, claim);
      pass.span.decided(`created PersistentVolumeClaim ${claim.metadata.name}`);
      return undefined;
    } catch (fault) {
      if (isApiError(fault, 409)) return undefined;
      if (!isPermanent(fault)) throw fault;
      const message = `Failed to create PVC for PipelineRun ${nameOf(pass)} Workspaces correctly: ${fault.message}`;
      return refused("CouldntCreateWorkspacePVC", message);
    }
  },
});

function claimsOf(run: Stored<PipelineRun>): PersistentVolumeClaim[] {
  return (run.spec.workspaces ?? []).flatMap(({ volumeClaimTemplate: template, ...binding }) => {
    if (template === undefined) return [];
    return [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: {
          ...template.metadata,
          name: nameOfClaim(template, binding, run.metadata),
          namespace: run.metadata.namespace ?? "",
          ownerReferences: [ownerReferenceTo(run)],
        },
        spec: template.spec as NonNullable<PersistentVolumeClaim["spec"]>,
      },
    ];
  });
}

function nameOfClaim(
  template: NonNullable<WorkspaceBinding["volumeClaimTemplate"]>,
  { name: workspace }: WorkspaceBinding,
  { uid: ownerUid }: Stored<PipelineRun>["metadata"],
): string {
  return claimName({ template: template.metadata?.name, workspace, ownerUid });
}
