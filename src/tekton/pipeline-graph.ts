import { type Fields, isObject } from "./fields.ts";

/** A task of a pipeline and what it has to wait for. */
export interface PipelineTask {
  name: string;
  memberOf: "tasks" | "finally";
  /** Names of the tasks it follows by `runAfter`, by a result it uses, or by a resource (v1alpha1 `from`). */
  dependsOn: string[];
  /** Parameters that fan out over a matrix. */
  matrixParams: string[];
}

/**
 * Reads the graph out of a pipelineSpec.
 *
 * Edges are `runAfter` and references to results in params, matrix, when (CEL included) and in the steps and
 * sidecars of an inline taskSpec; references in displayName or taskRef.params make none
 * (tektoncd/pipeline docs/pipelines.md, "Configuring the Task execution order").
 */
export function readPipelineGraph(pipelineSpec: Fields): PipelineTask[] {
  return (["tasks", "finally"] as const).flatMap((memberOf) =>
    pipelineSpec.objects(memberOf).map((task) => ({
      name: task.text("name") ?? "",
      memberOf,
      dependsOn: memberOf === "finally" ? [] : dependencies(task),
      matrixParams: matrixParams(task.object("matrix")),
    })),
  );
}

function dependencies(task: Fields): string[] {
  const names = new Set(task.texts("runAfter"));
  for (const key of ["params", "matrix", "when"]) collectReferences(task.raw(key), names);
  const taskSpec = task.object("taskSpec");
  for (const key of ["steps", "sidecars"]) collectReferences(taskSpec?.raw(key), names);
  for (const input of task.object("resources")?.objects("inputs") ?? []) {
    for (const name of input.texts("from")) names.add(name);
  }
  return [...names];
}

const RESULT_REFERENCE = /\$\(tasks\.([a-z0-9][-a-z0-9]*)\.results[.[]/g;
const MAX_DEPTH = 64;

function collectReferences(value: unknown, names: Set<string>, depth = 0): void {
  if (typeof value === "string") {
    if (!value.includes("$(tasks.")) return;
    for (const [, name = ""] of value.matchAll(RESULT_REFERENCE)) names.add(name);
  } else if (depth < MAX_DEPTH && (isObject(value) || Array.isArray(value))) {
    for (const child of Object.values(value)) collectReferences(child, names, depth + 1);
  }
}

function matrixParams(matrix: Fields | undefined): string[] {
  if (matrix === undefined) return [];
  const included = matrix.objects("include").flatMap((include) => include.objects("params"));
  const names = [...matrix.objects("params"), ...included].map((param) => param.text("name") ?? "");
  return [...new Set(names)];
}
