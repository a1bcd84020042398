import type { Container, Pod, Stored } from "../../kube/index.ts";
import { planContainer } from "./container-plan.ts";
import type { ContainerPlan } from "./pod-scope.ts";
import type { PodStatusDraft } from "./pod-status.ts";
import { makeVolumes, type VolumeRequest } from "./volumes.ts";

/**
 * Makes a Pod's volumes and looks up everything its containers need, init containers first. What is missing is told in the
 * waiting containers of the draft, and the answer is undefined; it may be there later.
 */
export function preparePod(request: VolumeRequest, draft: PodStatusDraft): ContainerPlan[] | undefined {
  const made = makeVolumes(request);
  if (made.kind === "refused") {
    const waiting = { reason: "CreateContainerConfigError", message: made.message };
    for (const { name } of containersOf(request.pod)) draft.setState(name, { state: { waiting } });
    return undefined;
  }
  if (made.kind === "missing") {
    draft.waitForAll(made.message);
    return undefined;
  }
  draft.waitForAll();
  const plans = containersOf(request.pod).map((container) => {
    const planning = planContainer({ container, volumes: made.volumes, ...request });
    if (planning.kind === "planned") return planning.plan;
    const waiting = { reason: "CreateContainerConfigError", message: planning.message };
    draft.setState(container.name, { state: { waiting } });
    return undefined;
  });
  const complete = plans.filter((plan) => plan !== undefined);
  return complete.length === plans.length ? complete : undefined;
}

/** In the order in which they begin. */
export function containersOf({ spec }: Stored<Pod>): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}
