/** What of a run may still change (docs/pipelineruns.md, docs/taskruns.md): its status field, to stop it. */
import { isDeepStrictEqual } from "node:util";
import { isDone } from "../condition.ts";
import type { PipelineRun, TaskRun } from "../types/index.ts";
import { invalidValue, type Problems } from "./problem.ts";

interface Update<T> {
  old: T;
  next: T;
}

/** A PipelineRun's update: nothing but its status field, and nothing at all when it is over. */
export function checkPipelineRunUpdate({ old, next }: Update<PipelineRun>): Problems {
  return checkUpdate({ old, next }, { kind: "PipelineRun", open: ["status"] });
}

/** The same for a TaskRun, whose status has a message. */
export function checkTaskRunUpdate({ old, next }: Update<TaskRun>): Problems {
  return checkUpdate({ old, next }, { kind: "TaskRun", open: ["status", "statusMessage"] });
}

function checkUpdate(
  { old, next }: Update<PipelineRun | TaskRun>,
  { kind, open }: { kind: string; open: readonly string[] },
): Problems {
  if (isDeepStrictEqual(old.spec, next.spec)) return [];
  const problems =
    old.spec.managedBy === next.spec.managedBy
      ? []
      : [invalidValue("managedBy is immutable", "spec.managedBy")];
  if (isDone(old.status))
    return [...problems, invalidValue(`Once the ${kind} is complete, no updates are allowed`, "spec")];
  const kept = [...open, "managedBy"];
  if (isDeepStrictEqual(without(old.spec, kept), without(next.spec, kept))) return problems;
  const rule = `Once the ${kind} has started, only ${open.join(" and ")} updates are allowed`;
  return [...problems, invalidValue(rule, "spec")];
}

function without(spec: object, fields: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(spec).filter(([field, value]) => !fields.includes(field) && value !== undefined),
  );
}
