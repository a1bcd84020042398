// A PipelineRun in the middle of its simulated life, and what its controller can tell from it.

import type { Interruption, SkippedTask, TaskHistory } from "../history.ts";
import {
  DEFAULT_TIMEOUT_MS,
  type PipelineScenario,
  type RunScenario,
  type TaskScenario,
  type WhenExpression,
} from "../scenario.ts";
import type { Cluster } from "./cluster.ts";
import { isFulfilled, type ResultReference, resultReferences, runVariables } from "./references.ts";
import { SKIPPED } from "./skip-reasons.ts";

export interface RunInput {
  name: string;
  pipeline: PipelineScenario;
  params: Record<string, string>;
  createdMs: number;
  circumstances: Pick<RunScenario, "queueMs" | "timeouts" | "interruption">;
}

export interface OpenRun extends RunInput {
  cluster: Cluster;
  uid: string;
  startedMs: number;
  /** When the controller last looked. */
  clockMs: number;
  /** The node its volumes are attached to; Tekton's affinity assistant keeps the Pods together there. */
  volumeNode: string;
  tasks: TaskHistory[];
  skipped: SkippedTask[];
  finallyStartedMs?: number;
  dueInterruptions: Interruption[];
  interruption?: Interruption;
  /** Why nothing of the DAG starts any more. */
  halt?: string;
  /** Ended at once, without `finally`. */
  endedMs?: number;
}

export type Phase = "tasks" | "finally";

export function openRun(cluster: Cluster, input: RunInput): OpenRun {
  const { random, nodes } = cluster;
  const { createdMs, circumstances } = input;
  const startedMs = createdMs + (circumstances.queueMs ?? 0) + random.integer({ from: 15, to: 90 });
  return {
    ...input,
    cluster,
    uid: random.uuid(),
    startedMs,
    clockMs: startedMs + random.integer({ from: 30, to: 120 }),
    volumeNode: random.pick(nodes),
    tasks: [],
    skipped: [],
    dueInterruptions: plannedInterruptions(input, startedMs),
  };
}

function plannedInterruptions({ circumstances }: RunInput, startedMs: number): Interruption[] {
  const { timeouts = {}, interruption } = circumstances;
  const { pipelineMs = DEFAULT_TIMEOUT_MS, tasksMs } = timeouts;
  const planned: Interruption[] = [{ kind: "pipeline timeout", atMs: startedMs + pipelineMs }];
  if (tasksMs !== undefined) planned.push({ kind: "tasks timeout", atMs: startedMs + tasksMs });
  if (interruption !== undefined) {
    planned.push({ kind: interruption.status, atMs: startedMs + interruption.afterMs });
  }
  return planned.sort((a, b) => a.atMs - b.atMs);
}

export function parentsOf(task: TaskScenario): string[] {
  return [...(task.runAfter ?? []), ...resultReferences(task).map(({ task: producer }) => producer)];
}

export function childrenOf({ tasks }: OpenRun, name: string): TaskHistory[] {
  return tasks.filter(({ task }) => task.name === name);
}

/** Skipped, or all its runs have ended. */
export function isSettled(run: OpenRun, name: string): boolean {
  if (run.skipped.some((skipped) => skipped.name === name)) return true;
  const children = childrenOf(run, name);
  return children.length > 0 && children.every(({ completedMs }) => completedMs <= run.clockMs);
}

export function hasFailed(run: OpenRun, name: string): boolean {
  const isFailure = ({ outcome }: TaskHistory) =>
    outcome.status === "False" && outcome.reason !== "FailureIgnored";
  return isSettled(run, name) && childrenOf(run, name).some(isFailure);
}

/** Why a task whose parents are done does not run, in Tekton's order of precedence. */
export function reasonToSkip(
  run: OpenRun,
  { task, when }: { task: TaskScenario; when: WhenExpression[] },
): string | undefined {
  if (!isFulfilled(when)) return SKIPPED.byWhen;
  const parents = run.skipped.filter(({ name }) => parentsOf(task).includes(name));
  if (parents.some(({ reason }) => reason !== SKIPPED.byWhen)) return SKIPPED.withParent;
  return resultReferences(task).every((reference) => isWritten(run, reference))
    ? undefined
    : SKIPPED.noResults;
}

function isWritten(run: OpenRun, { task, result }: ResultReference): boolean {
  const [producer] = childrenOf(run, task);
  const written = producer?.results[result] !== undefined;
  if (!written && producer?.outcome.status === "True") {
    throw new Error(
      `task ${task} succeeds without writing ${result}, which is used: add it to one of its steps`,
    );
  }
  return written;
}

/** Everything a task of this phase may refer to, by name. */
export function variablesOf(run: OpenRun, phase: Phase): Record<string, string> {
  const values = runVariables(run);
  for (const { task, results, completedMs } of run.tasks) {
    if (completedMs > run.clockMs) continue;
    for (const [name, value] of Object.entries(results)) values[`tasks.${task.name}.results.${name}`] = value;
  }
  return phase === "tasks" ? values : { ...values, ...statusVariables(run) };
}

function statusVariables(run: OpenRun): Record<string, string> {
  const statuses = run.pipeline.tasks.map(({ name }): [string, string] => [name, statusOf(run, name)]);
  const all = new Set(statuses.map(([, status]) => status));
  const summary = all.has("Failed") ? "Failed" : all.has("None") ? "Completed" : "Succeeded";
  return {
    ...Object.fromEntries(statuses.map(([name, status]) => [`tasks.${name}.status`, status])),
    "tasks.status": summary,
  };
}

function statusOf(run: OpenRun, name: string): string {
  const children = childrenOf(run, name);
  if (children.length === 0) return "None";
  return children.every(({ outcome }) => outcome.status === "True") ? "Succeeded" : "Failed";
}
