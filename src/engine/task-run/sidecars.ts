/** Sidecars: the steps begin when they are ready, and they stop when the steps are over (docs/tasks.md, "Specifying Sidecars"). */
import { type ContainerStatus, CoreKind, keyOf, type Pod, type Stored } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import { traced } from "../tracing/index.ts";
import type { SidecarState } from "../types/index.ts";
import type { TaskRunPass } from "./pass.ts";
import { isStepContainer, NOP_IMAGE, READY_ANNOTATION } from "./pod/contract.ts";
import { areStepsOver } from "./status/pod-verdict.ts";

const READY = "READY";

/** Whether the first step still waits for a word that it may begin. */
export function awaitsReadiness({ metadata, spec, status }: Stored<Pod>): boolean {
  if (metadata.annotations?.[READY_ANNOTATION] === READY || status?.phase !== "Running") return false;
  const others = status.containerStatuses?.filter(({ name }) => !isStepContainer(name)) ?? [];
  const hasSidecars = spec.containers.some(({ name }) => !isStepContainer(name));
  return hasSidecars && others.length > 0 && others.every(isReadyOrOver);
}

function isReadyOrOver({ state, ready }: ContainerStatus): boolean {
  return state?.terminated !== undefined || (state?.running !== undefined && ready === true);
}

/** Whether the steps are over, and sidecars still run that nobody has told to stop. */
export function hasSidecarsToStop(pod: Stored<Pod>): boolean {
  return areStepsOver(pod) && runningSidecars(pod).size > 0;
}

function runningSidecars({ spec, status }: Stored<Pod>): ReadonlySet<string> {
  const running = (status?.containerStatuses ?? [])
    .filter(({ name, state }) => !isStepContainer(name) && state?.running !== undefined)
    .map(({ name }) => name);
  const stopped = new Set(spec.containers.filter(({ image }) => image === NOP_IMAGE).map(({ name }) => name));
  return new Set(running.filter((name) => !stopped.has(name)));
}

export const sidecars = traced({
  async releaseFirstStep({ engine, span }: TaskRunPass, pod: Stored<Pod>): Promise<void> {
    const annotations = { [READY_ANNOTATION]: READY };
    await engine.api.patch(CoreKind.pod, keyOf(pod), { metadata: { annotations } });
    span.decided("let the first step begin: the sidecars are ready");
  },

  /** Gives them an image that ends at once, which is all of a running container that may be changed. */
  async stopSidecars(pass: TaskRunPass, pod: Stored<Pod>): Promise<void> {
    const stopping = runningSidecars(pod);
    const containers = pod.spec.containers.map((container) =>
      stopping.has(container.name) ? { ...container, image: NOP_IMAGE } : container,
    );
    await pass.engine.api.patch(CoreKind.pod, keyOf(pod), { spec: { containers } });
    pass.span.decided(`stopped ${[...stopping].join(", ")}`);
    tellStopped(pass, stopping);
  },
});

/** Nobody looks at the Pod of a finished TaskRun again, so what becomes of them is told now. */
function tellStopped({ draft, engine }: TaskRunPass, stopping: ReadonlySet<string>): void {
  const finishedAt = timestamp(engine.clock.now());
  const told = draft.status.sidecars?.map((sidecar) =>
    stopping.has(sidecar.container) ? stopped(sidecar, finishedAt) : sidecar,
  );
  if (told !== undefined) draft.status = { ...draft.status, sidecars: told };
}

function stopped({ running, waiting: _, ...sidecar }: SidecarState, finishedAt: string): SidecarState {
  return {
    ...sidecar,
    terminated: {
      exitCode: 0,
      reason: "Completed",
      message: "Sidecar container successfully stopped by nop image",
      ...(running?.startedAt !== undefined && { startedAt: running.startedAt }),
      finishedAt,
    },
  };
}
