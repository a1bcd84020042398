/** StepActions (docs/stepactions.md). */
import type { StepAction } from "../types/index.ts";
import {
  checkNameFormats,
  checkObjectsHaveProperties,
  checkParamDeclarations,
  checkParamTypes,
} from "./param-specs.ts";
import { invalidValue, missing, type Problems, problem } from "./problem.ts";
import { checkStepResults } from "./results.ts";
import { textsOfStep } from "./step-texts.ts";
import { checkArrayUsage, checkDeclaredUsage } from "./step-variables.ts";
import { checkKnown, hasReferences } from "./variables.ts";

/** All of a StepAction's spec. */
export function checkStepAction({ spec }: StepAction): Problems {
  const { image, params = [], results = [] } = spec;
  const texts = textsOfStep(spec, "spec");
  return [
    ...(image ? [] : [missing("spec.Image")]),
    ...checkScript(spec),
    ...checkDeclaredUsage(texts, params),
    ...checkObjectsHaveProperties(params, "spec"),
    ...checkParamTypes(params, "spec.params"),
    ...checkParamDeclarations(params, "spec"),
    ...checkNameFormats(params, "spec"),
    ...checkArrayUsage(texts, params),
    ...checkStepResults(results, "spec.results"),
    ...checkMountNames(spec),
  ];
}

/** Scripts of StepActions take no params but through the environment. */
function checkScript({ script = "", command, results = [] }: StepAction["spec"]): Problems {
  const field = { text: script, path: "spec.script" };
  const known = new Set(results.map(({ name }) => name));
  return [
    ...(script && command?.length ? [problem("script cannot be used with command", field.path)] : []),
    ...(hasReferences(script, "params")
      ? [problem("param substitution in scripts is not allowed.", field.path)]
      : []),
    ...checkKnown({ ...field, prefix: "step.results", known }),
    ...checkKnown({ ...field, prefix: "results", known }),
  ];
}

/** A StepAction knows no volumes: their names come as params. */
function checkMountNames({ volumeMounts = [] }: StepAction["spec"]): Problems {
  return volumeMounts.flatMap(({ name }, index) => {
    if (/^\$\(params[^()]*\)$/.test(name)) return [];
    const details = "expect the Name to be a single param reference";
    return [invalidValue(name, `spec.volumeMounts[${index}].name`, details)];
  });
}
