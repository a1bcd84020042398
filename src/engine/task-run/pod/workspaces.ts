/** Workspaces as a Pod has them: a volume for what is bound, and where containers see it (docs/workspaces.md). */
import type { Volume, VolumeMount } from "../../../kube/index.ts";
import type { TaskSpec, WorkspaceBinding, WorkspaceDeclaration, WorkspaceUsage } from "../../types/index.ts";
import { WORKSPACE_DIRECTORY } from "./contract.ts";
import { letters } from "./scripts.ts";

/** A declared workspace that has something in it. */
export interface BoundWorkspace {
  declaration: WorkspaceDeclaration;
  binding: WorkspaceBinding;
  volume: Volume;
}

/**
 * What the declared workspaces are bound to. Bindings of the same claim share a volume: a Pod may not have it twice. Names
 * of volumes follow from the TaskRun, since variables may hold them.
 */
export function bindWorkspaces({
  declared,
  bindings,
  uid,
}: {
  declared: readonly WorkspaceDeclaration[];
  bindings: readonly WorkspaceBinding[];
  uid: string;
}): BoundWorkspace[] {
  return declared.flatMap((declaration) => {
    const binding = bindings.find(({ name }) => name === declaration.name);
    return binding === undefined ? [] : [{ declaration, binding, volume: volumeOf(binding, uid) }];
  });
}

function volumeOf(
  { name, subPath: _, volumeClaimTemplate: __, ...source }: WorkspaceBinding,
  uid: string,
): Volume {
  const claim = source.persistentVolumeClaim?.claimName;
  const subject = claim === undefined ? `workspace/${name}` : `claim/${claim}`;
  return { name: `ws-${letters(`${uid}/${subject}`)}`, ...source };
}

/** Where the workspace is seen by all who have no place of their own for it. */
export function mountPathOf({ name, mountPath }: WorkspaceDeclaration): string {
  return mountPath || `${WORKSPACE_DIRECTORY}/${name}`;
}

/** Whether only those steps and sidecars see it that ask for it. */
function isIsolated(name: string, { steps, sidecars = [] }: TaskSpec): boolean {
  return [...steps, ...sidecars].some(({ workspaces = [] }) =>
    workspaces.some((usage) => usage.name === name),
  );
}

/** The mounts of one step or sidecar. */
export function workspaceMounts(
  workspaces: readonly BoundWorkspace[],
  { task, usages = [] }: { task: TaskSpec; usages: readonly WorkspaceUsage[] | undefined },
): VolumeMount[] {
  return workspaces.flatMap((workspace) => {
    const { name } = workspace.declaration;
    const usage = usages.find((each) => each.name === name);
    if (usage === undefined && isIsolated(name, task)) return [];
    return [mountOf(workspace, usage?.mountPath)];
  });
}

function mountOf({ declaration, binding, volume }: BoundWorkspace, ownPath: string | undefined): VolumeMount {
  return {
    name: volume.name,
    mountPath: ownPath || mountPathOf(declaration),
    ...(binding.subPath ? { subPath: binding.subPath } : {}),
    ...(declaration.readOnly ? { readOnly: true } : {}),
  };
}
