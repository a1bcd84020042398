/** `status.childReferences` and `status.skippedTasks`. */
import { expandMatrix, isMatrixed } from "../spec/index.ts";
import type { ChildReference, SkippedTask } from "../types/index.ts";
import { type PlannedRun, plannedRuns, referenceTo } from "./child-objects.ts";
import { resolve } from "./skip.ts";
import type { Progress, TaskProgress } from "./state.ts";

export interface Listing {
  /** Name of the run. */
  parent: string;
  progress: Progress;
  /** What is listed already, and what was started in this pass. */
  known: readonly ChildReference[];
}

const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/**
 * Every child, in the order of the spec and of the combinations. One that nobody wrote down, since the pass that made it was
 * cut short, is listed as that pass would have done it.
 */
export function childReferencesOf({ parent, progress, known }: Listing): ChildReference[] {
  const byTask = new Map<string, Map<string, ChildReference>>();
  for (const reference of known) {
    const ofTask = byTask.get(reference.pipelineTaskName) ?? new Map<string, ChildReference>();
    byTask.set(reference.pipelineTaskName, ofTask.set(reference.name, reference));
  }
  return [...progress.values()].flatMap((each) => {
    const listed = byTask.get(each.task.name) ?? new Map<string, ChildReference>();
    const unlisted = each.children.filter(({ name }) => !listed.has(name)).map(({ name }) => name);
    const started = [...listed.values(), ...unlistedReferences(unlisted, { parent, progress, each })];
    return started.toSorted((one, other) => BY_NUMBER.compare(one.name, other.name));
  });
}

function unlistedReferences(
  names: readonly string[],
  { parent, progress, each }: Pick<Listing, "parent" | "progress"> & { each: TaskProgress },
): ChildReference[] {
  if (names.length === 0) return [];
  const { task } = resolve({ ...each, progress });
  const combinations = isMatrixed(task) ? expandMatrix(task) : [{ params: [] }];
  const runs = plannedRuns(parent, { task, combinations });
  return names.map((name) => {
    const run: PlannedRun = runs.find((planned) => planned.name === name) ?? { name, params: [] };
    return referenceTo(run, { task, kind: each.runKind });
  });
}

export function skippedTasksOf(progress: Progress): SkippedTask[] {
  return [...progress.values()].flatMap(({ task, state }) => {
    if (state.kind !== "skipped") return [];
    const { reason, when } = state;
    return [{ name: task.name, reason, ...(when !== undefined && { whenExpressions: when }) }];
  });
}
