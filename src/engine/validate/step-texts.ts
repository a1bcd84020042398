/** The texts of a step or StepAction in which variables are replaced: those that have any, with their paths. */
import type { Step, StepAction } from "../types/index.ts";
import type { TextField } from "./variables.ts";

export interface StepTexts {
  /** Stay single texts: nothing that is a list can stand in them. */
  single: readonly TextField[];
  /** Elements of lists, which a list may replace. */
  elements: readonly TextField[];
}

/** `path` is that of the step. */
export function textsOfStep(step: Step | StepAction["spec"], path: string): StepTexts {
  const { image, workingDir, script, command = [], args = [], env = [], volumeMounts = [] } = step;
  const name = "name" in step ? step.name : undefined;
  return {
    single: [
      ...referring({ name, image, workingDir, script }, path),
      ...env.flatMap(({ name, value }) => referring({ [`env[${name}]`]: value }, path)),
      ...volumeMounts.flatMap(({ name, mountPath, subPath }, index) =>
        referring({ name, mountPath, subPath }, `${path}.volumeMounts[${index}]`),
      ),
    ],
    elements: [
      ...command.flatMap((text, index) => referring({ [`command[${index}]`]: text }, path)),
      ...args.flatMap((text, index) => referring({ [`args[${index}]`]: text }, path)),
    ],
  };
}

/** Most texts refer to nothing, and need no look from any check. */
function referring(texts: Readonly<Record<string, string | undefined>>, path: string): TextField[] {
  return Object.entries(texts).flatMap(([field, text]) =>
    text?.includes("$(") ? [{ text, path: `${path}.${field}` }] : [],
  );
}

/** Both sorts. */
export function allTexts({ single, elements }: StepTexts): readonly TextField[] {
  return [...single, ...elements];
}
