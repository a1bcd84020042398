import type { Container } from "../../../kube/index.ts";
import type { Sidecar } from "../../types/index.ts";
import { sidecarContainer } from "./contract.ts";
import type { PodPlan } from "./plan.ts";
import { joinMounts, SIDECAR_SCRIPT_MOUNT } from "./volumes.ts";
import { workspaceMounts } from "./workspaces.ts";

/** A sidecar as a container: it runs beside the steps, from before the first to after the last. */
export function containerOfSidecar(sidecar: Sidecar, index: number, plan: PodPlan): Container {
  const { script: _, workspaces, computeResources, ...rest } = sidecar;
  const container = rest as unknown as Container;
  const script = plan.sidecarScripts.get(index);
  const ofWorkspaces = workspaceMounts(plan.workspaces, { task: plan.task, usages: workspaces });
  const given = script === undefined ? ofWorkspaces : [SIDECAR_SCRIPT_MOUNT, ...ofWorkspaces];
  return {
    ...container,
    ...(computeResources === undefined ? {} : { resources: computeResources }),
    name: sidecarContainer(sidecar.name),
    ...(script === undefined ? {} : { command: [script.path] }),
    volumeMounts: joinMounts(given, container.volumeMounts ?? []),
  };
}
