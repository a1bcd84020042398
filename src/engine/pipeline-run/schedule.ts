/**
 * What is to start now. Nothing is remembered from pass to pass: the states of all tasks follow from the plan, from
 * what runs already, and from what is wanted of the run. Every task whose predecessors are done is ready, whatever the
 * others are doing:
 *
 *     build ─┬─ test ──┐        test is done, lint still runs: docs starts, package waits
 *            ├─ lint ──┴─ package
 *            └─ docs (runAfter test)
 */
import { isMatrixed } from "../spec/index.ts";
import type { ChildRun } from "./child-run.ts";
import type { Plan, PlannedTask } from "./plan.ts";
import { type Candidate, decideFinalTask, decideGraphTask, type Situation } from "./skip.ts";
import {
  isDone,
  type Progress,
  stateOfStarted,
  stopsPipeline,
  type TaskProgress,
  type TaskState,
} from "./state.ts";

export interface Facts {
  plan: Plan;
  /** By pipeline task. */
  children: ReadonlyMap<string, readonly ChildRun[]>;
  situation: Situation;
}

/** The state of every pipeline task, in the order of the spec. */
export function progressOf(facts: Facts): Progress {
  const first = decideAll(facts, new Map());
  const invalid = new Map([...first].filter(([, { state }]) => state.kind === "invalid"));
  const isNews = invalid.size > 0 && !isStopping(facts);
  return isNews ? decideAll(facts, invalid) : first;
}

/** Tasks to start now. */
export function readyTasks(progress: Progress): ReadyTask[] {
  return [...progress.values()].filter((each): each is ReadyTask => each.state.kind === "ready");
}

export type ReadyTask = TaskProgress & { state: Extract<TaskState, { kind: "ready" }> };

/** Whether all tasks of a section are done. */
export function isSectionDone(progress: Progress, section: PlannedTask["section"]): boolean {
  return [...progress.values()].every((each) => each.section !== section || isDone(each.state));
}

/** With tasks that are known to be invalid, the rest is stopping. */
function decideAll(facts: Facts, invalid: Progress): Progress {
  const byName = new Map(facts.plan.tasks.map((planned) => [planned.task.name, planned]));
  const decided = new Map<string, TaskProgress>();
  const walk: Walk = { facts, invalid, decided, isStopping: invalid.size > 0 || isStopping(facts) };
  for (const name of facts.plan.order) {
    const planned = byName.get(name);
    if (planned !== undefined) decided.set(name, decide(planned, walk, decideGraphTask));
  }
  const isGraphDone = isSectionDone(decided, "tasks");
  const graph = new Map(decided);
  for (const planned of facts.plan.tasks.filter(({ section }) => section === "finally")) {
    const decideOne = isGraphDone ? decideFinalTask : stillWaiting;
    decided.set(planned.task.name, decide(planned, { ...walk, decided: graph }, decideOne));
  }
  return inOrderOfSpec(facts.plan, decided);
}

interface Walk {
  facts: Facts;
  invalid: Progress;
  decided: Progress;
  isStopping: boolean;
}

function decide(
  planned: PlannedTask,
  walk: Walk,
  decideNew: (candidate: Candidate) => TaskState,
): TaskProgress {
  const { facts, invalid } = walk;
  const { task, section, runKind } = planned;
  const children = facts.children.get(task.name) ?? [];
  const started = stateOfStarted(task, children);
  const progress = { task, section, runKind, children };
  if (started === undefined) {
    return { ...progress, state: invalid.get(task.name)?.state ?? decideNew(candidateOf(planned, walk)) };
  }
  const rest = isMatrixed(task) ? restOfMatrix(candidateOf(planned, walk), children) : undefined;
  return { ...progress, state: rest ?? started };
}

function candidateOf(planned: PlannedTask, { facts, decided, isStopping }: Walk): Candidate {
  const names = facts.plan.predecessors.get(planned.task.name) ?? [];
  const parents = [...names].flatMap((parent) => decided.get(parent) ?? []);
  return { ...planned, parents, progress: decided, isStopping, situation: facts.situation };
}

/** A matrix of which only a part was created, since that pass was cut short, is still to be created in full. */
function restOfMatrix(candidate: Candidate, children: readonly ChildRun[]): TaskState | undefined {
  if (mayNotStart(candidate)) return undefined;
  const whole = decideFinalTask(candidate);
  return whole.kind === "ready" && whole.combinations.length > children.length ? whole : undefined;
}

function mayNotStart({ section, situation: { demand, reached } }: Candidate): boolean {
  if (reached.pipeline) return true;
  return section === "finally" ? reached.finally : reached.tasks || demand === "CancelledRunFinally";
}

function stillWaiting(): TaskState {
  return { kind: "waiting" };
}

function isStopping({ plan, children }: Facts): boolean {
  return plan.tasks.some(({ task, section }) => {
    const state = stateOfStarted(task, children.get(task.name) ?? []);
    return section === "tasks" && state !== undefined && stopsPipeline(state);
  });
}

function inOrderOfSpec({ tasks }: Plan, decided: Progress): Progress {
  return new Map(
    tasks.flatMap(({ task }) => {
      const progress = decided.get(task.name);
      return progress === undefined ? [] : [[task.name, progress] as const];
    }),
  );
}
