/** Claims made from the templates of a run's workspaces (docs/workspaces.md, "volumeClaimTemplate"). */
import { CoreKind, isApiError, type PersistentVolumeClaim } from "../../kube/index.ts";
import { isRefusal } from "../api-faults.ts";
import { traced } from "../tracing/index.ts";
import { claimFor } from "../volume-claims.ts";
import { nameOf, type Refusal, type RunPass, refused } from "./pass.ts";

export const claiming = traced({
  /** One claim for each template. It goes when the run does. */
  async createPersistentVolumeClaims(pass: RunPass): Promise<Refusal | undefined> {
    for (const binding of pass.object.spec.workspaces ?? []) {
      const claim = claimFor(pass.object, binding);
      const refusal = claim && (await claiming.createPersistentVolumeClaim(pass, claim));
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
      if (!isRefusal(fault)) throw fault;
      const message = `Failed to create PVC for PipelineRun ${nameOf(pass)} Workspaces correctly: ${fault.message}`;
      return refused("CouldntCreateWorkspacePVC", message);
    }
  },
});
