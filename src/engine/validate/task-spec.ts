import { mergeStepTemplate } from "../spec/index.ts";
import type { Step, TaskSpec } from "../types/index.ts";
import { duplicatesOf } from "./names.ts";
import {
  checkNameFormats,
  checkObjectsHaveProperties,
  checkParamDeclarations,
  checkParamTypes,
} from "./param-specs.ts";
import { expectedOneGotBoth, formatProblems, missing, type Problems, problem, quote } from "./problem.ts";
import { checkTaskResults } from "./results.ts";
import { checkSidecar, checkStep } from "./step.ts";
import { checkStepArrays, checkStepVariables } from "./step-variables.ts";
import { checkDeclaredWorkspaces, checkWorkspaceUsages } from "./workspaces.ts";

/**
 * What is wrong with the spec of a Task, in Tekton's words; undefined when it is valid. That its params are declared is not
 * asked: inline ones get more from their run.
 */
export function validateTaskSpec(spec: TaskSpec, path = "spec"): string | undefined {
  return formatProblems(checkTaskSpec(spec, path));
}

/** `path` is that of the spec. */
export function checkTaskSpec(spec: TaskSpec, path: string): Problems {
  const { params, results, sidecars = [] } = spec;
  return [
    ...(spec.steps?.length ? [] : [missing(`${path}.steps`)]),
    ...checkVolumes(spec, path),
    ...checkDeclaredWorkspaces(spec, path),
    ...checkWorkspaceUsages(spec, path),
    ...checkSteps(completeSteps(spec), path),
    ...sidecars.flatMap((sidecar, index) => checkSidecar(sidecar, `${path}.sidecars[${index}]`)),
    ...checkParamTypes(params, `${path}.params`),
    ...checkParamDeclarations(params, path),
    ...checkNameFormats(params, path),
    ...checkObjectsHaveProperties(params, path),
    ...checkStepArrays(spec.steps, params, path),
    ...checkStepVariables(spec.steps, results, path),
    ...checkTaskResults(results, `${path}.results`),
  ];
}

/** Steps as they will run; one that refers to a StepAction is completed when that is known. */
function completeSteps(spec: TaskSpec): readonly Step[] {
  const steps = spec.steps ?? [];
  const { steps: completed } = mergeStepTemplate({ ...spec, steps });
  return steps.map((step, index) => (step.ref === undefined ? (completed[index] ?? step) : step));
}

function checkVolumes({ volumes = [] }: TaskSpec, path: string): Problems {
  const names = volumes.map(({ name }) => name);
  return duplicatesOf(names).map((name) =>
    problem(
      `multiple volumes with same name ${quote(name)}`,
      `${path}.volumes[${names.lastIndexOf(name)}].name`,
    ),
  );
}

function checkSteps(steps: readonly Step[], path: string): Problems {
  const names = steps.map(({ name }) => name);
  return steps.flatMap((step, index) => {
    const at = `${path}.steps[${index}]`;
    const isTaken = Boolean(step.name) && names.indexOf(step.name) < index;
    return [...(isTaken ? [expectedOneGotBoth(`${at}.name`)] : []), ...checkStep(step, at)];
  });
}
