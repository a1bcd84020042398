/** Volume claims that a TaskRun asks for with `volumeClaimTemplate` (docs/workspaces.md). */
import { CoreKind, isApiError, type PersistentVolumeClaim } from "../../kube/index.ts";
import { isRefusal } from "../api-faults.ts";
import { traced } from "../tracing/index.ts";
import type { WorkspaceBinding } from "../types/index.ts";
import { claimFor, withClaim } from "../volume-claims.ts";
import type { Failed, Failure, TaskRunPass } from "./pass.ts";

export type ClaimedBindings = { kind: "ready"; bindings: WorkspaceBinding[] } | Failed;

export const claiming = traced({
  /** The bindings with the claims that were made for them. */
  async createVolumeClaims(
    pass: TaskRunPass,
    bindings: readonly WorkspaceBinding[],
  ): Promise<ClaimedBindings> {
    const claimed: WorkspaceBinding[] = [];
    for (const binding of bindings) {
      const claim = claimFor(pass.object, binding);
      const failure = claim && (await create(pass, claim));
      if (failure !== undefined) return { kind: "failed", failure };
      claimed.push(withClaim(pass.object, binding));
    }
    return { kind: "ready", bindings: claimed };
  },
});

async function create(
  { engine, span }: TaskRunPass,
  claim: PersistentVolumeClaim,
): Promise<Failure | undefined> {
  try {
    await engine.api.create(CoreKind.claim, claim);
    span.decided(`created PersistentVolumeClaim ${claim.metadata.name}`);
    return undefined;
  } catch (fault) {
    if (isApiError(fault, 409)) return undefined;
    if (!isRefusal(fault)) throw fault;
    return { reason: "CouldntCreateWorkspacePVC", message: fault.message };
  }
}
