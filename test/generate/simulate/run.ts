// The PipelineRun controller against the simulated clock: start what is ready, wait until something ends, look again.

import type { Interruption, RunHistory, TaskHistory } from "../history.ts";
import type { TaskScenario, WhenExpression } from "../scenario.ts";
import type { Cluster } from "./cluster.ts";
import { childName } from "./names.ts";
import { outcomeOfRun } from "./outcome.ts";
import { combinations, substituteAll, substituteWhen } from "./references.ts";
import { SKIPPED } from "./skip-reasons.ts";
import {
  hasFailed,
  isSettled,
  type OpenRun,
  openRun,
  type Phase,
  parentsOf,
  type RunInput,
  reasonToSkip,
  variablesOf,
} from "./state.ts";
import { type NewTask, simulateCustomRun, simulateTaskRun, stopTask } from "./task.ts";

/** Runs a pipeline to its end. Throws when the scenario cannot come to one, or asks for what Tekton cannot do. */
export function simulateRun(cluster: Cluster, input: RunInput): RunHistory {
  const run = openRun(cluster, input);
  runTasks(run, "tasks");
  if (run.endedMs === undefined) runTasks(run, "finally");
  return closeRun(run);
}

function runTasks(run: OpenRun, phase: Phase): void {
  let waiting = run.pipeline[phase] ?? [];
  for (;;) {
    waiting = settleTasks(run, { phase, waiting });
    const next = nextMoment(run, phase);
    if (next === undefined) break;
    advance(run, next);
    if (run.endedMs !== undefined) {
      skipTheRest(run, { phase, waiting });
      return;
    }
  }
  if (waiting.length > 0) {
    const names = waiting.map(({ name }) => name).join(", ");
    throw new Error(
      `pipeline ${run.pipeline.pipeline}: ${names} can never start; check runAfter and results`,
    );
  }
}

/** Starts or skips every task that is ready. A skipped one may make others ready, so it looks until nothing changes. */
function settleTasks(
  run: OpenRun,
  { phase, waiting }: { phase: Phase; waiting: TaskScenario[] },
): TaskScenario[] {
  const left = waiting.filter((task) => !settleTask(run, phase, task));
  return left.length < waiting.length ? settleTasks(run, { phase, waiting: left }) : left;
}

function settleTask(run: OpenRun, phase: Phase, task: TaskScenario): boolean {
  const halted = phase === "tasks" ? run.halt : undefined;
  if (halted === undefined && !parentsOf(task).every((name) => isSettled(run, name))) return false;
  const variables = variablesOf(run, phase);
  const when = substituteWhen(task.when ?? [], variables);
  const reason = halted ?? reasonToSkip(run, { task, when });
  if (reason === undefined) start(run, { phase, task, when, variables });
  else run.skipped.push({ name: task.name, reason, when, atMs: run.clockMs });
  return true;
}

interface StartInput {
  phase: Phase;
  task: TaskScenario;
  when: WhenExpression[];
  variables: Record<string, string>;
}

/** The controller creates one child after the other, milliseconds apart. */
const BETWEEN_CHILDREN_MS = 12;

function start(run: OpenRun, { phase, task, when, variables }: StartInput): void {
  if (phase === "finally") run.finallyStartedMs ??= run.clockMs;
  const params = substituteAll(task.params ?? {}, variables);
  const matrix = combinations(task.matrix ?? {});
  for (const [index, combination] of matrix.entries()) {
    const child = simulateTask(run, {
      name: childName(run.name, `-${task.name}${matrix.length > 1 ? `-${index}` : ""}`),
      uid: run.cluster.random.uuid(),
      task,
      memberOf: phase,
      params: { ...substituteAll(combination, variables), ...params },
      when,
      createdMs: run.clockMs + index * BETWEEN_CHILDREN_MS,
    });
    run.tasks.push(child);
  }
}

function simulateTask(run: OpenRun, task: NewTask): TaskHistory {
  const { work, workspaces = [] } = task.task;
  const { cluster, volumeNode } = run;
  if (work.kind === "custom") return simulateCustomRun(cluster, { task, work });
  if (work.kind === "steps") {
    return simulateTaskRun(cluster, {
      task,
      work,
      volumeNode: workspaces.length > 0 ? volumeNode : undefined,
    });
  }
  const { name, params, createdMs } = task;
  const child = simulateRun(cluster, { name, pipeline: work, params, createdMs, circumstances: {} });
  const { uid, completedMs, outcome, results } = child;
  return { ...task, kind: "PipelineRun", work, run: child, uid, completedMs, outcome, results };
}

type Moment = { kind: "task ends"; atMs: number } | { kind: "interruption"; interruption: Interruption };

/** Absent when nothing runs any more. */
function nextMoment(run: OpenRun, phase: Phase): Moment | undefined {
  const ends = run.tasks.map(({ completedMs }) => completedMs).filter((ms) => ms > run.clockMs);
  if (ends.length === 0) return undefined;
  const atMs = Math.min(...ends);
  const interruption = run.dueInterruptions.find(({ kind }) => phase === "tasks" || endsAtOnce(kind));
  if (interruption !== undefined && interruption.atMs < atMs) return { kind: "interruption", interruption };
  return { kind: "task ends", atMs };
}

function endsAtOnce(kind: Interruption["kind"]): boolean {
  return kind === "Cancelled" || kind === "pipeline timeout";
}

function advance(run: OpenRun, moment: Moment): void {
  const atMs = moment.kind === "task ends" ? moment.atMs : moment.interruption.atMs;
  run.clockMs = Math.max(run.clockMs, atMs) + run.cluster.random.integer({ from: 15, to: 80 });
  if (moment.kind === "interruption") interrupt(run, moment.interruption);
  if (run.pipeline.tasks.some(({ name }) => hasFailed(run, name))) run.halt ??= SKIPPED.stopping;
}

const HALTS: Record<Interruption["kind"], string | undefined> = {
  Cancelled: undefined,
  CancelledRunFinally: SKIPPED.cancelled,
  StoppedRunFinally: SKIPPED.stopped,
  "tasks timeout": SKIPPED.tasksTimeout,
  "pipeline timeout": SKIPPED.pipelineTimeout,
};

function interrupt(run: OpenRun, { kind }: Interruption): void {
  run.dueInterruptions = [];
  run.interruption = { kind, atMs: run.clockMs };
  run.halt = HALTS[kind];
  if (endsAtOnce(kind)) run.endedMs = run.clockMs;
  if (kind === "StoppedRunFinally") return;
  const why = kind.endsWith("timeout") ? "timed out" : "cancelled";
  run.tasks = run.tasks.map((task) => stopTask(task, { atMs: run.clockMs, why }));
}

/** A pipeline timeout names the tasks it kept from starting; a cancellation names nothing more. */
function skipTheRest(run: OpenRun, { phase, waiting }: { phase: Phase; waiting: TaskScenario[] }): void {
  if (run.interruption?.kind !== "pipeline timeout") return;
  const later = phase === "tasks" ? (run.pipeline.finally ?? []) : [];
  for (const { name, when = [] } of [...waiting, ...later]) {
    run.skipped.push({ name, reason: SKIPPED.pipelineTimeout, when, atMs: run.clockMs });
  }
}

function closeRun(run: OpenRun): RunHistory {
  const { name, uid, pipeline, params, createdMs, startedMs, finallyStartedMs } = run;
  const { tasks, skipped, interruption, circumstances } = run;
  const outcome = outcomeOfRun({
    name,
    tasks,
    skipped,
    interruption,
    timeouts: circumstances.timeouts ?? {},
  });
  const completedMs = run.endedMs ?? run.clockMs;
  const results = pipelineResults(run);
  const times = { createdMs, startedMs, finallyStartedMs, completedMs };
  return { name, uid, pipeline, params, ...times, tasks, skipped, interruption, outcome, results };
}

/** Leaves out what a skipped or failed task did not write. */
function pipelineResults(run: OpenRun): Record<string, string> {
  const results = substituteAll(run.pipeline.results ?? {}, variablesOf(run, "finally"));
  return Object.fromEntries(Object.entries(results).filter(([, value]) => !value.includes("$(")));
}
