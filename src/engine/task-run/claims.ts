/** Volume claims that a TaskRun asks for with `volumeClaimTemplate` (docs/workspaces.md). */
import { CoreKind, isApiError, type PersistentVolumeClaim, type Stored } from "../../kube/index.ts";
import { claimName } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { TaskRun, WorkspaceBinding } from "../types/index.ts";
import { isRefusal } from "./api-faults.ts";
import { ownerReferenceTo } from "./metadata.ts";
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
      claimed.push(claim === undefined ? binding : bindTo(binding, claim));
    }
    return { kind: "ready", bindings: claimed };
  },
});

function claimFor(
  taskRun: Stored<TaskRun>,
  { name: workspace, volumeClaimTemplate: template }: WorkspaceBinding,
): PersistentVolumeClaim | undefined {
  if (template === undefined) return undefined;
  const { namespace, uid } = taskRun.metadata;
  const { name, labels, annotations } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: claimName({ template: name, workspace, ownerUid: uid }),
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [ownerReferenceTo(taskRun)],
    },
    spec: template.spec as PersistentVolumeClaim["spec"],
  };
}

function bindTo(
  { volumeClaimTemplate: _, ...binding }: WorkspaceBinding,
  claim: PersistentVolumeClaim,
): WorkspaceBinding {
  return { ...binding, persistentVolumeClaim: { claimName: claim.metadata.name } };
}

/** The name holds the run's UID: one that is there already is the run's own. */
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
