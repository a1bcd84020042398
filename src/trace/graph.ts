import type { PipelineTask } from "../tekton/index.ts";

/** A task as its run's pipeline describes it. */
export interface GraphTask extends PipelineTask {
  /** Position in the pipeline, `finally` last. */
  order: number;
  /** Those of `dependsOn` that are in the pipeline: an edited one may name others. */
  after: string[];
}

/** The tasks of a pipeline by name; empty where nothing tells the pipeline. */
export type Graph = ReadonlyMap<string, GraphTask>;

/** Indexes the tasks of a pipelineSpec. Of tasks that share a name, which Tekton refuses, the last counts. */
export function graphOf(tasks: readonly PipelineTask[]): Graph {
  const names = new Set(tasks.map(({ name }) => name));
  return new Map(
    tasks.map((task, order) => [
      task.name,
      { ...task, order, after: task.dependsOn.filter((name) => names.has(name)) },
    ]),
  );
}
