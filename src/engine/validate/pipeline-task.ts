/** A task of a pipeline (docs/pipelines.md, "Adding Tasks to the Pipeline"). */
import type { PipelineTask } from "../types/index.ts";
import { isDnsLabel, pipelineTaskNameProblem } from "./names.ts";
import { checkPipelineSpec } from "./pipeline-spec.ts";
import {
  expectedOneGotBoth,
  expectedOneGotNone,
  type FieldProblem,
  invalidValue,
  type Problems,
  problem,
  quote,
} from "./problem.ts";
import { checkReference } from "./reference.ts";
import { checkTaskSpec } from "./task-spec.ts";

/** Lists are checked in order of `tasks`, `finally`: no name may stand in both. */
export function checkPipelineTasks(
  lists: Readonly<Record<"tasks" | "finally", readonly PipelineTask[]>>,
  path: string,
): Problems {
  const taken = new Set<string>();
  return Object.entries(lists).flatMap(([field, tasks]) =>
    tasks.flatMap((task, index) => {
      const at = `${path}.${field}[${index}]`;
      const isTaken = taken.has(task.name);
      taken.add(task.name);
      return [
        ...(isDnsLabel(task.name ?? "") ? [] : [pipelineTaskNameProblem(task.name ?? "", `${at}.name`)]),
        ...(isTaken ? [expectedOneGotBoth(`${at}.name`)] : []),
        ...checkTask(task, at),
      ];
    }),
  );
}

function checkTask(task: PipelineTask, path: string): Problems {
  return [
    ...checkRefOrSpec(task, path),
    ...checkEmbedded(task, path),
    ...checkOnError(task, path),
    ...(isCustomTask(task) ? checkCustomTask(task, path) : checkDefinition(task, path)),
  ];
}

const DEFINITIONS = ["taskRef", "taskSpec", "pipelineRef", "pipelineSpec"] as const;

function checkRefOrSpec(task: PipelineTask, path: string): Problems {
  const given = DEFINITIONS.filter((field) => task[field] !== undefined);
  if (given.length === 1) return [];
  if (given.length === 0) return [expectedOneGotNone(...DEFINITIONS.map((field) => `${path}.${field}`))];
  return [problem("expected exactly one, got multiple", ...given.map((field) => `${path}.${field}`))];
}

function checkEmbedded({ taskSpec }: PipelineTask, path: string): Problems {
  if (!taskSpec?.steps?.length) return [];
  return (["apiVersion", "kind"] as const)
    .filter((field) => taskSpec[field])
    .map((field) =>
      problem(`taskSpec.${field} cannot be specified when using taskSpec.steps`, `${path}.taskSpec.${field}`),
    );
}

function checkOnError({ onError, retries = 0 }: PipelineTask, path: string): Problems {
  if (!onError || onError.startsWith("$(params")) return [];
  if (onError === "continue" && retries > 0) {
    const rule = 'PipelineTask OnError cannot be set to "continue" when Retries is greater than 0';
    return [problem(rule, path)];
  }
  if (onError === "continue" || onError === "stopAndFail") return [];
  const details = 'PipelineTask OnError must be either "continue" or "stopAndFail"';
  return [invalidValue(onError, `${path}.OnError`, details)];
}

/** Run by another controller: of a kind that is not Task, or of any with an `apiVersion`. */
function isCustomTask({ taskRef, taskSpec }: PipelineTask): boolean {
  const { kind, apiVersion } = taskRef ?? taskSpec ?? {};
  return (kind || "Task") !== "Task" || Boolean(apiVersion);
}

function checkCustomTask({ taskRef, taskSpec }: PipelineTask, path: string): Problems {
  return [
    ...(taskRef === undefined ? [] : checkCustomType(taskRef, { what: "ref", path: `${path}.taskRef` })),
    ...(taskSpec === undefined ? [] : checkCustomType(taskSpec, { what: "spec", path: `${path}.taskSpec` })),
  ];
}

function checkCustomType(
  { kind, apiVersion }: { kind?: string; apiVersion?: string },
  { what, path }: { what: string; path: string },
): Problems {
  const problems: FieldProblem[] = [];
  if (!kind) problems.push(invalidValue(`custom task ${what} must specify kind`, `${path}.kind`));
  if (!apiVersion)
    problems.push(invalidValue(`custom task ${what} must specify apiVersion`, `${path}.apiVersion`));
  else if (!/^[^/]+\/[^/]+$/.test(apiVersion)) {
    const rule = `invalid apiVersion format ${quote(apiVersion)}, must be in the format "group/version"`;
    problems.push(invalidValue(rule, `${path}.apiVersion`));
  }
  return problems;
}

function checkDefinition({ taskRef, taskSpec, pipelineRef, pipelineSpec }: PipelineTask, path: string) {
  return [
    ...(taskSpec === undefined ? [] : checkTaskSpec(taskSpec, `${path}.taskSpec`)),
    ...(taskRef === undefined ? [] : checkReference(taskRef, `${path}.taskRef`)),
    ...(pipelineRef === undefined ? [] : checkReference(pipelineRef, `${path}.pipelineRef`)),
    ...(pipelineSpec === undefined ? [] : checkPipelineSpec(pipelineSpec, `${path}.pipelineSpec`)),
  ];
}
