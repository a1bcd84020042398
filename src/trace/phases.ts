import {
  type Container,
  type KubernetesEvent,
  type Nanos,
  type Pod,
  parseGoDuration,
} from "../tekton/index.ts";
import { type Interval, placeWithin, type Times } from "./interval.ts";
import { compareText } from "./latest.ts";

/** What a Pod does before its first step: find a node, pull images, run init containers. */
export interface PhaseTimeline {
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

export function phasesOf(pod: Pod, events: readonly KubernetesEvent[], within: Interval): PhaseTimeline[] {
  const phases: Phase[] = [...schedule(pod, events), ...pulls(pod, events), ...initContainers(pod)];
  return phases
    .map(({ times, ...phase }) => ({ ...phase, interval: placeWithin(within, times) }))
    .sort(byStart);
}

type Phase = Omit<PhaseTimeline, "interval"> & { times: Times };

/** Creation to binding. The scheduler's event tells the microsecond, the condition the second. */
function schedule({ meta, scheduledNs }: Pod, events: readonly KubernetesEvent[]): Phase[] {
  const bound = events.find(({ reason }) => reason === "Scheduled")?.firstNs ?? scheduledNs;
  if (meta.createdNs === undefined || bound === undefined) return [];
  return [{ kind: "schedule", times: { startNs: meta.createdNs, endNs: bound } }];
}

/**
 * How the kubelet reports a pull, since 1.27 with the time spent in the queue and since 1.30 with the size:
 * `Successfully pulled image "IMG" in 1.874s (2.1s including waiting). Image size: 318402113 bytes.`
 */
const PULLED =
  /^Successfully pulled image "(.*)" in (\S+?)(?: \((\S+) including waiting\))?(?:\.? Image size: (\d+) bytes\.?)?$/;

function pulls(pod: Pod, events: readonly KubernetesEvent[]): Phase[] {
  const phases: Phase[] = [];
  const pending = new Map<string, { firstNs: Nanos; failure?: KubernetesEvent }>();
  for (const event of events) {
    const { reason, container = "", firstNs, message } = event;
    if (firstNs === undefined) continue;
    if (reason === "Pulling" && !pending.has(container)) pending.set(container, { firstNs });
    const begun = pending.get(container);
    if (begun !== undefined && reason === "Failed" && message.startsWith("Failed to pull image"))
      begun.failure = event;
    if (reason !== "Pulled") continue;
    pending.delete(container);
    const pull = readPull(message, firstNs);
    if (pull !== undefined) phases.push({ kind: "pull", container, ...pull });
  }
  for (const [container, { firstNs, failure }] of pending) {
    const image = [...pod.containers, ...pod.initContainers].find(({ name }) => name === container)?.image;
    const type = "ErrImagePull";
    const failed = failure && { type, message: failure.message };
    phases.push({
      kind: "pull",
      container,
      image,
      times: { startNs: firstNs, endNs: failure?.lastNs },
      failure: failed,
    });
  }
  return phases;
}

function readPull(message: string, pulledNs: Nanos): Omit<Phase, "kind"> | undefined {
  const [, image, transfer = "", withWaiting = transfer, bytes] = PULLED.exec(message) ?? [];
  const transferNs = parseGoDuration(transfer);
  const totalNs = parseGoDuration(withWaiting) ?? transferNs;
  if (totalNs === undefined) return undefined; // The image was there already: nothing was pulled.
  const times = { startNs: pulledNs - totalNs, endNs: pulledNs };
  return { image, times, transferNs, imageBytes: bytes === undefined ? undefined : BigInt(bytes) };
}

function initContainers({ initContainers }: Pod): Phase[] {
  // A sidecar in Kubernetes' own form is an init container that never ends.
  return initContainers.filter(({ name }) => !name.startsWith("sidecar-")).flatMap(initContainer);
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
  if (a.interval.startNs !== b.interval.startNs) return a.interval.startNs < b.interval.startNs ? -1 : 1;
  return ORDER[a.kind] - ORDER[b.kind] || compareText(a.container ?? "", b.container ?? "");
}
