import {
  type Attempt,
  type Container,
  compareTimes,
  type KubernetesEvent,
  type Nanos,
  type Pod,
  type StepState,
  type TaskRun,
} from "../tekton/index.ts";
import { uniqueBy } from "./groups.ts";
import { type Interval, latest, momentWithin, placeWithin } from "./interval.ts";
import { type Outcome, outcomeOfStep, outcomeOfUnstarted } from "./outcome.ts";
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
  const steps = uniqueBy(knownSteps(input), ({ name }) => name).map((step) => withReport(step, input.pod));
  const turns = turnsOf(steps, input.attempt);
  return steps.map((step, index) => timelineOfStep(step, turns[index] ?? "as told", input));
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

function timelineOfStep(
  step: StepState,
  turn: Turn,
  { number, pod, within, taskRun, events }: StepInput,
): StepTimeline {
  const container = pod?.containers.find(({ name }) => name === step.container);
  const neverStarted = turn === "never came" || isNeverStarted(step, taskRun.meta.createdNs);
  const toldNs = toldStart(step, container);
  const isHeld = typeof turn === "object" && container?.commandStartedNs === undefined;
  const startNs = isHeld ? latest([toldNs, turn.after]) : toldNs;
  return {
    spanId: spanIds.step(taskRun.meta.uid, number, step.name),
    step,
    outcome: neverStarted ? outcomeOfUnstarted(step) : outcomeOfStep(step),
    image: container?.image,
    interval: intervalOf(step, { neverStarted, toldNs, startNs, within }),
    containerStartedNs: startedNs(container?.state ?? step.state),
    neverStarted,
    waited: waitingReasons(step, { events, seen: container?.seenWaiting ?? [], within }),
  };
}

/** What the entrypoint reports in the Pod completes what the TaskRun says of a step. */
function withReport(step: StepState, pod: Pod | undefined): StepState {
  const container = pod?.containers.find(({ name }) => name === step.container);
  if (container === undefined) return step;
  const { state } = step;
  const exitCode = container.ignoredExitCode;
  const isIgnored = state.kind === "terminated" && state.exitCode === 0 && exitCode !== undefined;
  const terminationReason = step.terminationReason || container.terminationReason;
  if (!isIgnored && terminationReason === step.terminationReason) return step;
  return { ...step, state: isIgnored ? { ...state, exitCode } : state, terminationReason };
}

/** When a step's turn came: as it says itself, at the end of the steps before it, or not at all. */
type Turn = "as told" | "never came" | { after: Nanos | undefined };

/**
 * All containers of a Pod start together, and the steps in them wait for each other. A step that has ended of itself
 * tells when its command started; one that still runs, or that Tekton stopped, only when its container did. Of those,
 * the first has been at work since the steps before it ended, and the others have never had their turn. Empty where
 * all steps are as they are told.
 */
function turnsOf(steps: readonly StepState[], attempt: Attempt): Turn[] {
  const isHeld = ({ state }: StepState) => state.kind === "running" || isStopped(state, attempt);
  if (!steps.some(isHeld)) return [];
  const after = latest(steps.filter((step) => !isHeld(step)).map(({ state }) => finishedNs(state)));
  let isTaken = false;
  return steps.map((step) => {
    if (!isHeld(step)) return "as told";
    if (isTaken) return "never came";
    isTaken = true;
    return { after };
  });
}

/** Stopping a task, Tekton gives its own reason to every step that has not ended. */
function isStopped(state: StepState["state"], { condition }: Attempt): boolean {
  return state.kind === "terminated" && condition?.status === "False" && state.reason === condition.reason;
}

/** A container that could not be started has an end and no start: it took no time. */
function toldStart({ state }: StepState, container: Container | undefined): Nanos | undefined {
  return container?.commandStartedNs ?? startedNs(state) ?? finishedNs(state);
}

function finishedNs(state: StepState["state"]): Nanos | undefined {
  return state.kind === "terminated" ? state.finishedNs : undefined;
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
  if (state.kind === "running") return state.startedNs === undefined;
  const isInvented = state.startedNs === undefined || state.startedNs === taskRunCreatedNs;
  return state.containerId === undefined && isInvented;
}

interface Placement {
  neverStarted: boolean;
  /** What the objects tell. */
  toldNs: Nanos | undefined;
  /** The same, or later where the step had to wait for its turn. */
  startNs: Nanos | undefined;
  within: Interval;
}

function intervalOf({ state }: StepState, { neverStarted, toldNs, startNs, within }: Placement): Interval {
  const endNs = state.kind === "terminated" ? (state.finishedNs ?? within.endNs) : undefined;
  const open = within.open && state.kind !== "terminated";
  const placed = neverStarted
    ? { ...momentWithin(within, endNs ?? within.endNs), open }
    : placeWithin(within, { startNs, endNs });
  const isMoved = toldNs !== undefined && (neverStarted || toldNs !== startNs) && toldNs !== placed.startNs;
  return isMoved ? { ...placed, rawStartNs: toldNs } : placed;
}

/** The kubelet says in an Event what a container waits for; the state itself is gone once it runs. */
const WAITING = /^Error: (\S+?)(?:: .*)?$/s;

interface Witnesses {
  events: readonly KubernetesEvent[];
  /** By whoever watched the container. */
  seen: NonNullable<Container["seenWaiting"]>;
  within: Interval;
}

function waitingReasons(step: StepState, { events, seen, within }: Witnesses): StepTimeline["waited"] {
  const waited: StepTimeline["waited"] = [];
  for (const { container, reason, message, firstNs } of events) {
    if (container !== step.container || reason !== "Failed" || firstNs === undefined) continue;
    const [, waitingReason] = WAITING.exec(message) ?? [];
    if (waitingReason !== undefined) waited.push({ reason: waitingReason, message, atNs: firstNs });
  }
  const told = new Set(waited.map(({ reason }) => reason));
  waited.push(...seen.filter(({ reason }) => !told.has(reason)));
  const { state } = step;
  if (state.kind === "waiting" && !seen.some(({ reason }) => reason === state.reason)) {
    waited.push({ reason: state.reason, message: state.message, atNs: within.endNs });
  }
  return waited.sort((a, b) => compareTimes(a.atNs, b.atNs));
}
