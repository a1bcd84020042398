/** Whether what steps refer to exists, and can stand where it stands (docs/variables.md). */
import type { ParamSpec, ResultSpec, Step } from "../types/index.ts";
import type { Problems } from "./problem.ts";
import { allTexts, type StepTexts, textsOfStep } from "./step-texts.ts";
import { checkIsolated, checkKnown, checkNoArrays, checkNoWholeObjects } from "./variables.ts";

const TASK_RUN_CONTEXT = new Set(["name", "namespace", "uid"]);
const TASK_CONTEXT = new Set(["name", "retry-count"]);

/** A step's texts use no params but these, and keys of objects that there are. */
export function checkDeclaredUsage(texts: StepTexts, specs: readonly ParamSpec[]): Problems {
  const known = new Set(specs.map(({ name }) => name));
  const objects = specs.filter(({ type }) => type === "object");
  const names = new Set(objects.map(({ name }) => name));
  return allTexts(texts).flatMap((field) => [
    ...checkKnown({ ...field, prefix: "params", known }),
    ...objects.flatMap(({ name, properties = {} }) =>
      checkKnown({ ...field, prefix: `params.${name}`, known: new Set(Object.keys(properties)) }),
    ),
    ...checkNoWholeObjects({ ...field, prefix: "params", objects: names }),
  ]);
}

/** A step's texts take in whole arrays only where a list can be. */
export function checkArrayUsage(texts: StepTexts, specs: readonly ParamSpec[] | undefined): Problems {
  const arrays = new Set((specs ?? []).filter(({ type }) => type === "array").map(({ name }) => name));
  return [
    ...texts.single.flatMap((field) => checkNoArrays({ ...field, prefix: "params", arrays })),
    ...texts.elements.flatMap((field) => checkIsolated({ ...field, prefix: "params", arrays })),
  ];
}

/** Steps use no params but these. `path` is that of the task's spec. */
export function checkStepsUsage(
  steps: readonly Step[] | undefined,
  specs: readonly ParamSpec[],
  path: string,
): Problems {
  const known = new Set(specs.map(({ name }) => name));
  return (steps ?? []).flatMap((step, index) => {
    const at = `${path}.steps[${index}]`;
    const onError = { text: step.onError ?? "", path: `${at}.onError` };
    return [
      ...checkDeclaredUsage(textsOfStep(step, at), specs),
      ...checkKnown({ ...onError, prefix: "params", known }),
    ];
  });
}

/** Steps take in whole arrays only where a list can be. `path` is that of the task's spec. */
export function checkStepArrays(
  steps: readonly Step[] | undefined,
  specs: readonly ParamSpec[] | undefined,
  path: string,
): Problems {
  return (steps ?? []).flatMap((step, index) =>
    checkArrayUsage(textsOfStep(step, `${path}.steps[${index}]`), specs),
  );
}

/** Steps of a task know the contexts and results they refer to. `path` is that of the task's spec. */
export function checkStepVariables(
  steps: readonly Step[] | undefined,
  results: readonly ResultSpec[] | undefined,
  path: string,
): Problems {
  const known = new Set((results ?? []).map(({ name }) => name));
  return (steps ?? []).flatMap((step, index) => {
    const at = `${path}.steps[${index}]`;
    const texts = textsOfStep(step, at);
    const script = { text: step.script ?? "", path: `${at}.script` };
    return [
      ...allTexts(texts).flatMap((field) => [
        ...checkKnown({ ...field, prefix: "context.taskRun", known: TASK_RUN_CONTEXT }),
        ...checkKnown({ ...field, prefix: "context.task", known: TASK_CONTEXT }),
      ]),
      ...checkKnown({ ...script, prefix: "results", known }),
    ];
  });
}
