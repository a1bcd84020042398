/** TaskRuns (docs/taskruns.md). */
import type { TaskRun } from "../types/index.ts";
import { checkTaskRunParams } from "./inline-params.ts";
import { duplicatesOf } from "./names.ts";
import { checkGivenParams } from "./params.ts";
import {
  expectedOneGotBoth,
  expectedOneGotNone,
  type FieldProblem,
  invalidValue,
  type Problems,
  problem,
} from "./problem.ts";
import { checkReference } from "./reference.ts";
import { checkOverrides } from "./run-overrides.ts";
import { checkTaskSpec } from "./task-spec.ts";
import { checkNotNegative } from "./timeouts.ts";
import { checkBindings } from "./workspaces.ts";

/** All of a TaskRun's spec. */
export function checkTaskRun({ spec, status }: TaskRun): Problems {
  const { taskRef, taskSpec, params, workspaces, timeout } = spec;
  const hasStarted = status?.startTime !== undefined;
  return [
    ...(spec.status === "TaskRunPending" && hasStarted
      ? [invalidValue("TaskRun cannot be Pending after it is started", "spec.status")]
      : []),
    ...checkRefOrSpec(spec),
    ...(taskRef === undefined ? [] : checkReference(taskRef, "spec.taskRef")),
    ...(taskSpec === undefined ? [] : checkTaskSpec(taskSpec, "spec.taskSpec")),
    ...checkGivenParams(params, "spec.params"),
    ...checkTaskRunParams(spec, "spec"),
    ...checkBindings(workspaces, "spec.workspaces"),
    ...checkDebug(spec),
    ...checkOverrides(spec, "spec"),
    ...checkStatus(spec),
    ...checkRetries(spec),
    ...checkNotNegative(timeout, "spec.timeout"),
  ];
}

function checkRefOrSpec({ taskRef, taskSpec }: TaskRun["spec"]): Problems {
  const paths = ["spec.taskRef", "spec.taskSpec"];
  if (taskRef === undefined && taskSpec === undefined) return [expectedOneGotNone(...paths)];
  return taskRef !== undefined && taskSpec !== undefined ? [expectedOneGotBoth(...paths)] : [];
}

interface Breakpoints {
  onFailure?: string;
  beforeSteps?: readonly string[];
}

function checkDebug({ debug }: TaskRun["spec"]): Problems {
  const { breakpoints } = (debug ?? {}) as { breakpoints?: Breakpoints };
  if (breakpoints === undefined) return [];
  const { onFailure, beforeSteps = [] } = breakpoints;
  const problems: FieldProblem[] = duplicatesOf(beforeSteps).map((step) =>
    problem(
      `before step must be unique, the same step: ${step} is defined multiple times at`,
      `spec.debug.breakpoints.beforeSteps[${beforeSteps.lastIndexOf(step)}]`,
    ),
  );
  const rule = "it is only allowed to be set as enabled";
  const path = "spec.debug.breakpoints.onFailure";
  if (!onFailure) problems.push(invalidValue(`onFailure breakpoint is empty, ${rule}`, path));
  else if (onFailure !== "enabled")
    problems.push(
      invalidValue(
        `${onFailure} is not a valid onFailure breakpoint value, onFailure breakpoint is only allowed to be set as enabled`,
        path,
      ),
    );
  return problems;
}

function checkStatus({ status, statusMessage }: TaskRun["spec"]): Problems {
  if (status && status !== "TaskRunCancelled" && status !== "TaskRunPending")
    return [invalidValue(`${status} should be TaskRunCancelled or TaskRunPending`, "spec.status")];
  return checkStatusMessage({ status, statusMessage }, "spec.statusMessage");
}

/** A message says why there is a status. `path` is that of the message. */
export function checkStatusMessage(
  { status, statusMessage }: { status?: string; statusMessage?: string },
  path: string,
): Problems {
  if (status || !statusMessage) return [];
  const rule = "statusMessage should not be set if status is not set";
  return [invalidValue(`${rule}, but it is currently set to ${statusMessage}`, path)];
}

function checkRetries({ retries = 0 }: TaskRun["spec"]): Problems {
  return retries < 0 ? [invalidValue(`${retries} should be >= 0`, "spec.retries")] : [];
}
