// The life of a TaskRun's Pod. Tekton starts all step containers together and lets them take turns:
//
//     created  bound  sandbox  prepare  place-scripts | compile  test | ready
//     |--------|------|--------|--------|-------------|-- pull, create, start --|
//       compile                                                  [ waits ##### ]
//       test                                                     [ waits       ...#### ]
//
// A step looks once a second whether its turn has come: hence the dots.

import type { InitContainerHistory, PodHistory, StepHistory } from "../history.ts";
import type { StepScenario, StepsWork } from "../scenario.ts";
import { type Cluster, pullImage } from "./cluster.ts";

/** The images Tekton brings along. */
export const ENTRYPOINT_IMAGE = "ghcr.io/tektoncd/pipeline/entrypoint:v1.15.0";
export const SHELL_IMAGE = "cgr.dev/chainguard/busybox:latest";

interface PodInput {
  name: string;
  work: StepsWork;
  /** Counted from 0. */
  attempt: number;
  createdMs: number;
  /** The node that holds the volume the task works on. */
  volumeNode?: string;
}

export function simulatePod(cluster: Cluster, input: PodInput): PodHistory {
  const { random } = cluster;
  const { work, createdMs, attempt } = input;
  const scheduling = attempt === 0 ? work.scheduling : undefined;
  const node = scheduling?.node ?? input.volumeNode ?? random.pick(cluster.nodes);
  const boundMs = createdMs + (scheduling?.delayMs ?? 0) + random.integer({ from: 4, to: 30 });
  const sandboxMs = boundMs + random.integer({ from: 350, to: 1100 });
  const initContainers = runInitContainers(cluster, { work, node, atMs: sandboxMs });
  const initializedMs =
    (initContainers.at(-1)?.finishedMs ?? sandboxMs) + random.integer({ from: 80, to: 600 });
  const started = startContainers(cluster, { steps: work.steps, node, atMs: initializedMs });
  const readyMs = Math.max(...started.map(({ pull, startedMs }) => startedMs ?? pull.endedMs));
  const isStuck = started.some(({ startedMs }) => startedMs === undefined);
  const steps = isStuck ? started : takeTurns(cluster, { started, attempt, readyMs });
  const uid = random.uuid();
  const finishedMs = steps.at(-1)?.finishedMs;
  return {
    name: input.name,
    uid,
    node,
    createdMs,
    boundMs,
    sandboxMs,
    initContainers,
    initializedMs,
    readyMs,
    steps,
    finishedMs,
  };
}

/** One after the other: the entrypoint is copied, then the scripts are put where the steps find them. */
function runInitContainers(
  cluster: Cluster,
  input: { work: StepsWork; node: string; atMs: number },
): InitContainerHistory[] {
  const hasScripts = input.work.steps.some(({ script }) => script !== undefined);
  const needed = [
    { name: "prepare", image: ENTRYPOINT_IMAGE },
    ...(hasScripts ? [{ name: "place-scripts", image: SHELL_IMAGE }] : []),
  ];
  let atMs = input.atMs;
  return needed.map(({ name, image }) => {
    const pull = pullImage(cluster, { node: input.node, image, atMs });
    const startedMs = pull.endedMs + cluster.random.integer({ from: 60, to: 180 });
    const finishedMs = startedMs + cluster.random.integer({ from: 15, to: 90 });
    atMs = finishedMs + cluster.random.integer({ from: 100, to: 700 });
    return { name, image, pull, startedMs, finishedMs };
  });
}

/** The kubelet pulls and starts one container after the other; one it cannot pull does not hold up the others. */
function startContainers(
  cluster: Cluster,
  input: { steps: StepScenario[]; node: string; atMs: number },
): StepHistory[] {
  let atMs = input.atMs;
  return input.steps.map((step) => {
    const pull = pullImage(cluster, { node: input.node, image: step.image, atMs });
    const waiting: StepHistory = { step, pull, exitCode: 0, ending: "Completed", results: {} };
    atMs = pull.endedMs;
    if (pull.error !== undefined) return waiting;
    atMs += cluster.random.integer({ from: 60, to: 180 });
    return { ...waiting, startedMs: atMs };
  });
}

/** What the entrypoint in each container does with its step: wait, run or skip it, and say how it ended. */
function takeTurns(
  cluster: Cluster,
  input: { started: StepHistory[]; attempt: number; readyMs: number },
): StepHistory[] {
  let turnMs = input.readyMs + cluster.random.integer({ from: 200, to: 900 });
  let hasFailed = false;
  let written: Record<string, string> = {};
  return input.started.map((container) => {
    const { step } = container;
    const commandStartedMs = turnMs + cluster.random.integer({ from: 10, to: 990 });
    if (hasFailed) {
      turnMs = commandStartedMs + 1;
      const skipped = { commandStartedMs, finishedMs: turnMs, exitCode: 1, ending: "Skipped" } as const;
      return { ...container, ...skipped, results: written };
    }
    turnMs = commandStartedMs + step.durationMs;
    const { exitCode, ending } = endingOf(step, input.attempt);
    hasFailed = ending === "Error";
    if (!hasFailed) written = { ...written, ...step.results };
    return { ...container, commandStartedMs, finishedMs: turnMs, exitCode, ending, results: written };
  });
}

function endingOf(
  { exitCodes = [0], onError }: StepScenario,
  attempt: number,
): Pick<StepHistory, "exitCode" | "ending"> {
  const exitCode = exitCodes[attempt] ?? exitCodes.at(-1) ?? 0;
  if (exitCode === 0) return { exitCode, ending: "Completed" };
  return { exitCode, ending: onError === "continue" ? "Continued" : "Error" };
}
