import {
  type Container,
  compareTimes,
  type KubernetesEvent,
  type Nanos,
  type Pod,
  parseGoDuration,
} from "../tekton/index.ts";
import { uniqueBy } from "./groups.ts";
import { type Interval, placeWithin, type Times } from "./interval.ts";
import { spanIds } from "./span-ids.ts";

/** What a Pod does before its first step: find a node, pull images, run init containers. */
export interface PhaseTimeline {
  spanId: string;
  kind: "schedule" | "pull" | "init";
  /** Container the phase is for; absent for scheduling. */
  container?: string;
  image?: string;
  interval: Interval;
  /** Time spent transferring, without waiting for other pulls. */
  transferNs?: Nanos;
  imageBytes?: bigint;
  exitCode?: number;
  failure?: { type: string; message: string };
}

interface PhaseInput {
  pod: Pod;
  events: readonly KubernetesEvent[];
  within: Interval;
  taskUid: string;
  /** Number of the attempt, from 1. */
  attempt: number;
}

export function phasesOf({ pod, events, within, taskUid, attempt }: PhaseInput): PhaseTimeline[] {
  return [...schedule(pod, events), ...pulls(pod, events), ...initContainers(pod)]
    .map(({ times, ...phase }) => ({
      ...phase,
      spanId: spanIds.phase(taskUid, attempt, phase.kind, phase.container),
      interval: placeWithin(within, times),
    }))
    .sort(byStart);
}

type Phase = Omit<PhaseTimeline, "interval" | "spanId"> & { times: Times };

/** Creation to binding. The scheduler's event tells the microsecond, the condition the second. */
function schedule({ meta, scheduledNs, unschedulable }: Pod, events: readonly KubernetesEvent[]): Phase[] {
  const boundNs = events.find(({ reason }) => reason === "Scheduled")?.firstNs ?? scheduledNs;
  const isWaiting = unschedulable !== undefined || events.some(({ reason }) => reason === "FailedScheduling");
  if (meta.createdNs === undefined || (boundNs === undefined && !isWaiting)) return [];
  return [{ kind: "schedule", times: { startNs: meta.createdNs, endNs: boundNs } }];
}

/**
 * How the kubelet reports a pull, since 1.27 with the time spent in the queue and since 1.30 with the size:
 * `Successfully pulled image "IMG" in 1.874s (2.1s including waiting). Image size: 318402113 bytes.`
 */
const PULLED =
  /^Successfully pulled image "(.*)" in (\S+?)(?: \((\S+) including waiting\))?(?:\.? Image size: (\d{1,18}) bytes\.?)?$/;

/** One pull for each container: its success, else its failure, else that it goes on. */
function pulls(pod: Pod, events: readonly KubernetesEvent[]): Phase[] {
  const byContainer = new Map<string, Phase>();
  for (const { reason, container = "", firstNs, lastNs, message } of events) {
    if (firstNs === undefined) continue;
    const known = byContainer.get(container);
    const pulled = reason === "Pulled" ? readPull(message, firstNs) : undefined;
    if (pulled !== undefined)
      byContainer.set(container, { kind: "pull", container, ...sinceFirstTry(pulled, known) });
    else if (reason === "Pulled" && known?.failure !== undefined) {
      known.failure = undefined; // Somebody else's pull brought the image.
      known.times.endNs = firstNs;
    }
    if (known?.transferNs !== undefined) continue;
    if (reason === "Pulling" && known === undefined) {
      const image = imageOf(pod, container);
      byContainer.set(container, {
        kind: "pull",
        container,
        image,
        times: { startNs: firstNs, endNs: startOf(pod, container) },
      });
    }
    if (reason === "Failed" && known !== undefined && message.startsWith("Failed to pull image")) {
      known.failure = { type: "ErrImagePull", message };
      known.times.endNs = lastNs;
    }
  }
  return [...byContainer.values()];
}

/** A pull that worked after others had failed took since the first of them, waiting to try again included. */
function sinceFirstTry(pulled: Omit<Phase, "kind">, before: Phase | undefined): Omit<Phase, "kind"> {
  if (before?.failure === undefined) return pulled;
  return { ...pulled, times: { ...pulled.times, startNs: before.times.startNs } };
}

function imageOf(pod: Pod, container: string): string | undefined {
  return containerOf(pod, container)?.image;
}

/** The latest moment an image can have been pulled: its container has started. */
function startOf(pod: Pod, container: string): Nanos | undefined {
  const state = containerOf(pod, container)?.state;
  return state?.kind === "running" || state?.kind === "terminated" ? state.startedNs : undefined;
}

function containerOf({ containers, initContainers }: Pod, wanted: string): Container | undefined {
  return [...containers, ...initContainers].find(({ name }) => name === wanted);
}

function readPull(message: string, pulledNs: Nanos): Omit<Phase, "kind"> | undefined {
  const [, image, transfer = "", withWaiting = transfer, bytes] = PULLED.exec(message) ?? [];
  const transferNs = parseGoDuration(transfer);
  const totalNs = parseGoDuration(withWaiting) ?? transferNs;
  // The image was there already, or the message is nobody's: nothing was pulled.
  if (totalNs === undefined || totalNs > pulledNs) return undefined;
  const times = { startNs: pulledNs - totalNs, endNs: pulledNs };
  return { image, times, transferNs, imageBytes: bytes === undefined ? undefined : BigInt(bytes) };
}

function initContainers({ initContainers }: Pod): Phase[] {
  return uniqueBy(initContainers, ({ name }) => name)
    .filter(({ isSidecar }) => !isSidecar)
    .flatMap(initContainer);
}

function initContainer({ name, image, state }: Container): Phase[] {
  if (state.kind === "running" && state.startedNs !== undefined) {
    return [{ kind: "init", container: name, image, times: { startNs: state.startedNs } }];
  }
  if (state.kind !== "terminated" || state.startedNs === undefined) return [];
  const { exitCode, startedNs, finishedNs, reason, message } = state;
  const failure =
    exitCode === 0 ? undefined : { type: reason || "InitContainerFailed", message: message || reason };
  return [
    {
      kind: "init",
      container: name,
      image,
      times: { startNs: startedNs, endNs: finishedNs },
      exitCode,
      failure,
    },
  ];
}

const ORDER = { schedule: 0, pull: 1, init: 2 };

function byStart(a: PhaseTimeline, b: PhaseTimeline): number {
  return compareTimes(a.interval.startNs, b.interval.startNs) || ORDER[a.kind] - ORDER[b.kind];
}
