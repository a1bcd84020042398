/** PipelineRuns (docs/pipelineruns.md). */
import type { PipelineRun } from "../types/index.ts";
import { expressionsOfParam, isResultExpression } from "./expressions.ts";
import { checkPipelineRunParams } from "./inline-params.ts";
import { checkGivenParams } from "./params.ts";
import { checkPipelineSpec } from "./pipeline-spec.ts";
import { expectedOneGotBoth, expectedOneGotNone, goList, invalidValue, type Problems } from "./problem.ts";
import { checkReference } from "./reference.ts";
import { checkOverrides } from "./run-overrides.ts";
import { checkTaskTimeout, checkTimeouts } from "./timeouts.ts";
import { checkPipelineRunBindings } from "./workspaces.ts";

/** All of a PipelineRun's spec. */
export function checkPipelineRun({ spec, status }: PipelineRun): Problems {
  const { pipelineRef, pipelineSpec, timeouts = {}, taskRunSpecs = [] } = spec;
  const hasStarted = status?.startTime !== undefined;
  return [
    ...(spec.status === "PipelineRunPending" && hasStarted
      ? [invalidValue("PipelineRun cannot be Pending after it is started", "spec.status")]
      : []),
    ...checkRefOrSpec(spec),
    ...(pipelineRef === undefined ? [] : checkReference(pipelineRef, "spec.pipelineRef")),
    ...(pipelineSpec === undefined ? [] : checkPipelineSpec(pipelineSpec, "spec.pipelineSpec")),
    ...checkParams(spec),
    ...checkPipelineRunParams(spec, "spec"),
    ...checkTimeouts(timeouts, "spec.timeouts"),
    ...taskRunSpecs.flatMap((each, index) => {
      const path = `spec.taskRunSpecs[${index}]`;
      return [
        ...checkOverrides(each, path),
        ...checkTaskTimeout(each.timeout, { timeouts, path: `${path}.timeout` }),
      ];
    }),
    ...checkStatus(spec),
    ...checkPipelineRunBindings(spec.workspaces, "spec.workspaces"),
  ];
}

function checkRefOrSpec({ pipelineRef, pipelineSpec }: PipelineRun["spec"]): Problems {
  const paths = ["spec.pipelineRef", "spec.pipelineSpec"];
  if (pipelineRef === undefined && pipelineSpec === undefined) return [expectedOneGotNone(...paths)];
  return pipelineRef !== undefined && pipelineSpec !== undefined ? [expectedOneGotBoth(...paths)] : [];
}

/** No task has a result before the run begins. */
function checkParams({ params = [] }: PipelineRun["spec"]): Problems {
  return [
    ...checkGivenParams(params, "spec.params"),
    ...params.flatMap((param) => {
      const expressions = expressionsOfParam(param).filter(isResultExpression);
      if (expressions.length === 0) return [];
      const rule = `cannot use result expressions in ${goList(expressions)} as PipelineRun parameter values`;
      return [invalidValue(rule, `spec.params[${param.name}].value`)];
    }),
  ];
}

const STATUSES: readonly string[] = [
  "Cancelled",
  "CancelledRunFinally",
  "StoppedRunFinally",
  "PipelineRunPending",
] satisfies PipelineRun["spec"]["status"][];

function checkStatus({ status }: PipelineRun["spec"]): Problems {
  if (!status || STATUSES.includes(status)) return [];
  const [last] = STATUSES.slice(-1);
  const rule = `${status} should be ${STATUSES.slice(0, -1).join(", ")} or ${last}`;
  return [invalidValue(rule, "spec.status")];
}
