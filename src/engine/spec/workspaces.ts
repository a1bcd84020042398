/** From the workspaces of a run to those of its tasks (docs/workspaces.md, docs/pipelineruns.md "Propagated Workspaces"). */
import { posix } from "node:path";
import type { PipelineSpec, PipelineTask, TaskSpec, WorkspaceBinding } from "../types/index.ts";
import { textsIn } from "./texts.ts";

export type WorkspaceMapping =
  /** What the TaskRun binds, under the names its task knows. */
  { kind: "bound"; bindings: WorkspaceBinding[] } | { kind: "missing"; message: string };

/**
 * What a pipeline task's run binds to its workspaces: what the PipelineRun binds to the pipeline's, the sub-paths of both joined. An
 * inline taskSpec gets those that its steps mention without being told. A workspace that the pipeline, or an inline
 * taskSpec, calls optional may be missing.
 */
export function workspaceBindingsFor({
  pipelineTask,
  pipelineSpec,
  runBindings,
}: {
  pipelineTask: PipelineTask;
  pipelineSpec: PipelineSpec;
  runBindings: readonly WorkspaceBinding[];
}): WorkspaceMapping {
  const bindings: WorkspaceBinding[] = [];
  for (const usage of usagesOf(pipelineTask)) {
    const name = usage.workspace || usage.name;
    const bound = runBindings.find((binding) => binding.name === name);
    const mayBeMissing = isOptional(name, pipelineSpec) || isOptional(usage.name, pipelineTask.taskSpec);
    if (bound !== undefined) bindings.push(bindAs(usage, bound));
    else if (!mayBeMissing) return missing(name, pipelineTask);
  }
  return { kind: "bound", bindings };
}

const WORKSPACE_VARIABLE = /\$\(workspaces\.([^.()]+)\.[^()]+\)/g;

interface Usage {
  name: string;
  workspace?: string;
  subPath?: string;
}

function usagesOf({ workspaces = [], taskSpec }: PipelineTask): Usage[] {
  const mentioned = taskSpec === undefined ? [] : workspacesUsedBy(taskSpec);
  const propagated = mentioned.filter((name) => !workspaces.some((usage) => usage.name === name));
  return [...workspaces, ...propagated.map((name) => ({ name }))];
}

/** Names of the workspaces whose variables the steps, sidecars and template of a Task mention, sorted. */
function workspacesUsedBy({ steps, sidecars, stepTemplate }: TaskSpec): string[] {
  const names = textsIn([steps, sidecars, stepTemplate]).flatMap((text) =>
    [...text.matchAll(WORKSPACE_VARIABLE)].map(([, name = ""]) => name),
  );
  return [...new Set(names)].sort();
}

function bindAs({ name, subPath }: Usage, bound: WorkspaceBinding): WorkspaceBinding {
  const joined = posix.join(bound.subPath ?? "", subPath ?? "");
  return joined === "." ? { ...bound, name } : { ...bound, name, subPath: joined };
}

function isOptional(name: string, spec: Pick<PipelineSpec, "workspaces"> | undefined): boolean {
  return (spec?.workspaces ?? []).some((declared) => declared.name === name && declared.optional === true);
}

function missing(name: string, { name: task }: PipelineTask): WorkspaceMapping {
  const message = `expected workspace "${name}" to be provided by pipelinerun for pipeline task "${task}"`;
  return { kind: "missing", message };
}
