/** Which pipeline tasks wait for which (docs/pipelines.md, "Configuring the Task execution order"). */
import type { PipelineTask } from "../types/index.ts";
import { dependenciesOf } from "./result-references.ts";

export type PipelineGraph =
  | {
      kind: "ok";
      /** The tasks each task waits for, directly; every task has an entry. */
      predecessors: ReadonlyMap<string, ReadonlySet<string>>;
      /** All tasks, none before one it waits for; else as in the spec. */
      order: readonly string[];
    }
  | { kind: "invalid"; message: string };

/** The graph of the tasks of one section. Names have to be there, once, and no task may wait for itself, however indirectly. */
export function pipelineGraph(tasks: readonly PipelineTask[]): PipelineGraph {
  const predecessors = new Map<string, ReadonlySet<string>>();
  for (const task of tasks) {
    if (predecessors.has(task.name)) return invalid(`duplicate pipeline task "${task.name}"`);
    predecessors.set(task.name, new Set(dependenciesOf(task)));
  }
  const stranger = findStranger(predecessors);
  if (stranger !== undefined) return invalid(stranger);
  const order = orderTasks(predecessors);
  if (order.length < tasks.length) return invalid(describeCycle(predecessors, new Set(order)));
  return { kind: "ok", predecessors, order };
}

type Predecessors = ReadonlyMap<string, ReadonlySet<string>>;

function invalid(message: string): PipelineGraph {
  return { kind: "invalid", message };
}

function findStranger(predecessors: Predecessors): string | undefined {
  for (const [name, waitsFor] of predecessors) {
    const stranger = [...waitsFor].find((other) => !predecessors.has(other));
    if (stranger === undefined) continue;
    return `task ${name} depends on ${stranger} but ${stranger} wasn't present in Pipeline`;
  }
  return undefined;
}

/** Takes tasks that wait for nothing any more until there are none (Kahn's algorithm). What is in a cycle stays out. */
function orderTasks(predecessors: Predecessors): string[] {
  const waitingFor = new Map([...predecessors].map(([name, waitsFor]) => [name, waitsFor.size]));
  const successors = successorsOf(predecessors);
  const order = [...predecessors.keys()].filter((name) => waitingFor.get(name) === 0);
  for (const done of order) {
    for (const successor of successors.get(done) ?? []) {
      const left = (waitingFor.get(successor) ?? 0) - 1;
      waitingFor.set(successor, left);
      if (left === 0) order.push(successor);
    }
  }
  return order;
}

function successorsOf(predecessors: Predecessors): Map<string, string[]> {
  const successors = new Map<string, string[]>([...predecessors.keys()].map((name) => [name, []]));
  for (const [name, waitsFor] of predecessors) {
    for (const other of waitsFor) successors.get(other)?.push(name);
  }
  return successors;
}

/** Tekton's words: the first by name of the tasks that cannot be ordered, and those it waits for in vain. */
function describeCycle(predecessors: Predecessors, ordered: ReadonlySet<string>): string {
  const [first = ""] = [...predecessors.keys()].filter((name) => !ordered.has(name)).sort();
  const waitsFor = [...(predecessors.get(first) ?? [])].filter((name) => !ordered.has(name)).sort();
  return `cycle detected; task "${first}" depends on ${waitsFor.map((name) => `"${name}"`).join(", ")}`;
}
