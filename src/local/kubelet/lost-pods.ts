/** Pods of a kubelet that was killed: what becomes of them when the next one starts. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, timestamp } from "../../engine/index.ts";
import {
  type ContainerStatus,
  CoreKind,
  isApiError,
  type KubeApi,
  type Pod,
  type PodStatus,
  type Stored,
} from "../../kube/index.ts";
import type { Places } from "./places.ts";
import { namesIn } from "./read-log.ts";

const MESSAGE = "The process that ran this pod has ended, and the pod with it";

export interface Aftermath {
  api: KubeApi;
  clock: Clock;
  places: Places;
  /** This machine. */
  nodeName: string;
}

/**
 * Fails the Pods of this machine that have not ended, as those of a node that was lost, removes those that were being
 * deleted, and everybody's volumes.
 */
export async function settleLostPods(aftermath: Aftermath): Promise<Stored<Pod>[]> {
  const { api, nodeName, places } = aftermath;
  const { items } = await api.list(CoreKind.pod);
  const ours = items.filter(({ spec }) => spec.nodeName === nodeName);
  for (const pod of ours) await settle(pod, aftermath);
  for (const uid of namesIn(places.pods)) await rm(join(places.pods, uid), { recursive: true, force: true });
  return ours;
}

async function settle(pod: Stored<Pod>, { api, clock }: Aftermath): Promise<void> {
  const { namespace = "", name, uid, deletionTimestamp } = pod.metadata;
  if (!isOver(pod)) {
    const status = lostStatus(pod, timestamp(clock.now()));
    await unlessGone(api.updateStatus(CoreKind.pod, { ...pod, metadata: { name, namespace, uid }, status }));
  }
  if (deletionTimestamp !== undefined) await removePod(api, pod);
}

export function isOver({ status }: Stored<Pod>): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Takes the object itself away: nothing of the Pod is running any more. */
export async function removePod(api: KubeApi, { metadata }: Stored<Pod>): Promise<void> {
  const { namespace = "", name, uid } = metadata;
  await unlessGone(api.delete(CoreKind.pod, { namespace, name }, { uid, gracePeriodSeconds: 0 }));
}

/** Gone, or another one of the same name by now. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (fault) {
    if (!isApiError(fault, 404) && !isApiError(fault, 409)) throw fault;
  }
}

function lostStatus({ spec, status }: Stored<Pod>, now: string): PodStatus {
  const end = (name: string, known: readonly ContainerStatus[] = []) =>
    endedStatus(known.find((container) => container.name === name) ?? { name }, now);
  return {
    ...status,
    phase: "Failed",
    reason: "NodeLost",
    message: MESSAGE,
    conditions: status?.conditions?.map((condition) =>
      condition.type.endsWith("Ready") && condition.status === "True"
        ? { ...condition, status: "False", reason: "PodFailed", lastTransitionTime: now }
        : condition,
    ),
    ...(spec.initContainers && {
      initContainerStatuses: spec.initContainers.map(({ name }) => end(name, status?.initContainerStatuses)),
    }),
    containerStatuses: spec.containers.map(({ name }) => end(name, status?.containerStatuses)),
  };
}

/** As the kubelet says it of containers it cannot find. */
function endedStatus(status: ContainerStatus, now: string): ContainerStatus {
  if (status.state?.terminated !== undefined) return status;
  const startedAt = status.state?.running?.startedAt;
  const terminated = {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: MESSAGE,
    ...(startedAt !== undefined && { startedAt, finishedAt: now }),
  };
  return { ...status, ready: false, started: false, state: { terminated } };
}
