/** What a pipeline is going to do, as far as its text tells: which task is where, after which others, and run as what. */
import { pipelineGraph } from "../spec/index.ts";
import type { ChildReference, PipelineSpec, PipelineTask } from "../types/index.ts";

/** Which kind of object runs a pipeline task. */
export type RunKind = ChildReference["kind"];

export interface PlannedTask {
  task: PipelineTask;
  /** `tekton.dev/memberOf` of what runs it. */
  section: "tasks" | "finally";
  runKind: RunKind;
}

export interface Plan {
  /** In the order of the spec, `finally` last. */
  tasks: readonly PlannedTask[];
  /** Tasks of the graph, each after all it waits for. */
  order: readonly string[];
  /** Empty for those of `finally`. */
  predecessors: ReadonlyMap<string, ReadonlySet<string>>;
}

type Planning = { kind: "ok"; plan: Plan } | { kind: "invalid"; message: string };

/** Reading all texts of a large pipeline takes a millisecond, and its run is looked at hundreds of times. */
const plannings = new WeakMap<PipelineSpec, Planning>();

/** The plan, or why the tasks do not make a graph (docs/pipelines.md, "Configuring the Task execution order"). */
export function planOf(spec: PipelineSpec): Planning {
  const planning = plannings.get(spec) ?? makePlan(spec);
  plannings.set(spec, planning);
  return planning;
}

function makePlan(spec: PipelineSpec): Planning {
  const graph = pipelineGraph(spec.tasks ?? []);
  if (graph.kind === "invalid") return graph;
  const { order, predecessors } = graph;
  const tasks = [...planned("tasks", spec.tasks), ...planned("finally", spec.finally)];
  return { kind: "ok", plan: { tasks, order, predecessors } };
}

function planned(section: PlannedTask["section"], tasks: readonly PipelineTask[] = []): PlannedTask[] {
  return tasks.map((task) => ({ task, section, runKind: runKindOf(task) }));
}

/** A pipeline in a pipeline, a task that somebody else's controller runs (docs/customruns.md), or one of Tekton's. */
function runKindOf({ pipelineRef, pipelineSpec, taskRef, taskSpec }: PipelineTask): RunKind {
  if (pipelineRef !== undefined || pipelineSpec !== undefined) return "PipelineRun";
  return isForeign(taskRef) || isForeign(taskSpec) ? "CustomRun" : "TaskRun";
}

function isForeign(type: { apiVersion?: string; kind?: string } | undefined): boolean {
  const { apiVersion = "", kind = "" } = type ?? {};
  if (apiVersion === "" || kind === "") return false;
  return !apiVersion.startsWith("tekton.dev/") || !["task", "clustertask"].includes(kind.toLowerCase());
}
