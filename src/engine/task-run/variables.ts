/** The variables of a Task, in the order in which they are replaced (docs/variables.md, "Variables available in a Task"). */
import type { Stored } from "../../kube/index.ts";
import { joinReplacements, type Replacements, substituteTaskSpec, textReplacements } from "../spec/index.ts";
import type { Step, TaskRun, TaskSpec } from "../types/index.ts";
import {
  ARTIFACTS_FILE,
  CREDENTIALS_DIRECTORY,
  RESULTS_DIRECTORY,
  stepDirectory,
  stepName,
} from "./pod/contract.ts";
import { type BoundWorkspace, mountPathOf } from "./pod/workspaces.ts";

/** Of the run, except how often it was retried: the Task is settled once, and its attempts differ in that. */
export function contextVariables({ metadata }: Stored<TaskRun>, taskName: string): Replacements {
  return textReplacements({
    "context.taskRun.name": metadata.name,
    "context.taskRun.namespace": metadata.namespace ?? "",
    "context.taskRun.uid": metadata.uid,
    "context.task.name": taskName,
  });
}

/** The Task of one attempt. */
export function taskOfAttempt(task: TaskSpec, retries: number): TaskSpec {
  return substituteTaskSpec(task, textReplacements({ "context.task.retry-count": String(retries) }));
}

/** Where results, exit codes, artifacts and credentials are. */
export function pathVariables({ results = [], steps }: TaskSpec): Replacements {
  const paths: Record<string, string> = {
    "artifacts.path": `/tekton/${ARTIFACTS_FILE}`,
    "credentials.path": CREDENTIALS_DIRECTORY,
  };
  for (const { name } of results) {
    for (const key of spellings("results", name)) paths[`${key}.path`] = `${RESULTS_DIRECTORY}/${name}`;
  }
  for (const [index, step] of steps.entries()) {
    paths[`steps.step-${stepName(step, index)}.exitCode.path`] = `${stepDirectory(step, index)}/exitCode`;
  }
  return textReplacements(paths);
}

function spellings(section: string, name: string): string[] {
  return [`${section}.${name}`, `${section}["${name}"]`, `${section}['${name}']`];
}

/** Of workspaces, bound or not. */
export function workspaceVariables(
  { workspaces = [] }: TaskSpec,
  bound: readonly BoundWorkspace[],
): Replacements {
  const all = workspaces.map((declaration) => {
    const workspace = bound.find((each) => each.declaration.name === declaration.name);
    const { persistentVolumeClaim } = workspace?.binding ?? {};
    const key = `workspaces.${declaration.name}`;
    return {
      [`${key}.path`]: workspace === undefined ? "" : mountPathOf(declaration),
      [`${key}.bound`]: String(workspace !== undefined),
      [`${key}.claim`]: persistentVolumeClaim?.claimName ?? "",
      [`${key}.volume`]: workspace?.volume.name ?? "",
    };
  });
  return textReplacements(Object.assign({}, ...all));
}

/**
 * The Task with the variables replaced that mean something else in each step: its own results and artifacts, and
 * workspaces that it sees at a place of its own.
 */
export function withStepVariables(task: TaskSpec): TaskSpec {
  return {
    ...task,
    steps: task.steps.map((step, index) => {
      const alone = { steps: [step] };
      const [replaced = step] = substituteTaskSpec(alone, stepVariables(step, index)).steps;
      return replaced;
    }),
  };
}

function stepVariables(step: Step, index: number): Replacements {
  const directory = stepDirectory(step, index);
  const results = (step.results ?? []).flatMap(({ name }) =>
    spellings("step.results", name).map((key) => [`${key}.path`, `${directory}/results/${name}`]),
  );
  const ownPlaces = (step.workspaces ?? []).flatMap(({ name, mountPath }) =>
    mountPath ? [[`workspaces.${name}.path`, mountPath]] : [],
  );
  return joinReplacements(
    textReplacements({ "step.artifacts.path": `${directory}/${ARTIFACTS_FILE}` }),
    textReplacements(Object.fromEntries([...results, ...ownPlaces])),
  );
}
