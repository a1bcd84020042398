import type { Attempt, KubernetesEvent, Nanos, Pod, StepState, TaskRun } from "../tekton/index.ts";
import { uniqueBy } from "./groups.ts";
import { type Interval, momentWithin, placeWithin } from "./interval.ts";
import { type Outcome, outcomeOfStep } from "./outcome.ts";
import { spanIds } from "./span-ids.ts";

export interface StepTimeline {
  spanId: string;
  step: StepState;
  interval: Interval;
  outcome: Outcome;
  image?: string;
  /** When the container ran, which is before its command does: steps wait for each other inside it. */
  containerStartedNs?: Nanos;
  /** Told to stop before it had begun. */
  neverStarted: boolean;
  /** Reasons the container was waiting for, as far as anything in the input remembers. */
  waited: { reason: string; message: string; atNs: Nanos }[];
}

interface StepInput {
  attempt: Attempt;
  /** Number of the attempt, from 1. */
  number: number;
  pod?: Pod;
  /** The same steps as the Pod's containers tell them. */
  podSteps: StepState[];
  within: Interval;
  taskRun: TaskRun;
  events: readonly KubernetesEvent[];
}

/** The steps of an attempt in the order of the Task, each with the best times the TaskRun and its Pod have. */
export function stepsOf(input: StepInput): StepTimeline[] {
  return uniqueBy(knownSteps(input), ({ name }) => name).map((step) => timelineOfStep(step, input));
}

/** The TaskRun's steps; the Pod's where the TaskRun has none, or none with names (Tekton of 2019). */
function knownSteps({ attempt: { steps }, podSteps }: StepInput): StepState[] {
  const inPod = new Set(podSteps.map(({ container }) => container));
  const isUnnamed = steps.length > 0 && steps.every(({ name }) => name.startsWith("unnamed-"));
  if (
    podSteps.length > 0 &&
    (steps.length === 0 || isUnnamed) &&
    !steps.some(({ container }) => inPod.has(container))
  ) {
    return podSteps;
  }
  return steps;
}

function timelineOfStep(known: StepState, { number, pod, within, taskRun, events }: StepInput): StepTimeline {
  const container = pod?.containers.find(({ name }) => name === known.container);
  const ignored = container?.ignoredExitCode;
  const state =
    known.state.kind === "terminated" && ignored !== undefined && known.state.exitCode === 0
      ? { ...known.state, exitCode: ignored }
      : known.state;
  const step = {
    ...known,
    state,
    terminationReason: known.terminationReason || container?.terminationReason,
  };
  const outcome = outcomeOfStep(step);
  const neverStarted = isNeverStarted(step, taskRun.meta.createdNs);
  return {
    spanId: spanIds.step(taskRun.meta.uid, number, step.name),
    step,
    outcome,
    image: container?.image,
    interval: intervalOf(step, container?.commandStartedNs, neverStarted, within),
    containerStartedNs: startedNs(container?.state ?? step.state),
    neverStarted,
    waited: waitingReasons(step, events, within),
  };
}

function startedNs(state: StepState["state"]): Nanos | undefined {
  return state.kind === "running" || state.kind === "terminated" ? state.startedNs : undefined;
}

/**
 * When Tekton gives up on a Pod it writes an end for every step, also for those that were still waiting, with the
 * TaskRun's creation as their start (tektoncd/pipeline #8479). Such a step has no container.
 */
function isNeverStarted({ state }: StepState, taskRunCreatedNs: Nanos | undefined): boolean {
  if (state.kind === "waiting" || state.kind === "unknown") return true;
  if (state.startedNs === undefined) return true;
  return (
    state.kind === "terminated" && state.containerId === undefined && state.startedNs === taskRunCreatedNs
  );
}

function intervalOf(
  { state }: StepState,
  commandStartedNs: Nanos | undefined,
  neverStarted: boolean,
  within: Interval,
): Interval {
  if (neverStarted) {
    const atNs = state.kind === "terminated" ? (state.finishedNs ?? within.endNs) : within.endNs;
    return { ...momentWithin(within, atNs), open: within.open && state.kind !== "terminated" };
  }
  const start = commandStartedNs ?? startedNs(state);
  if (state.kind !== "terminated") return placeWithin(within, { startNs: start });
  return placeWithin(within, { startNs: start, endNs: state.finishedNs ?? within.endNs });
}

/** The kubelet says in an Event what a container waits for; the state itself is gone once it runs. */
const WAITING = /^Error: (\S+?)(?:: .*)?$/s;

function waitingReasons(
  step: StepState,
  events: readonly KubernetesEvent[],
  within: Interval,
): StepTimeline["waited"] {
  const waited: StepTimeline["waited"] = [];
  for (const { container, reason, message, firstNs } of events) {
    if (container !== step.container || reason !== "Failed" || firstNs === undefined) continue;
    const [, waitingReason] = WAITING.exec(message) ?? [];
    if (waitingReason !== undefined) waited.push({ reason: waitingReason, message, atNs: firstNs });
  }
  if (step.state.kind === "waiting") {
    waited.push({ reason: step.state.reason, message: step.state.message, atNs: within.endNs });
  }
  return waited;
}
