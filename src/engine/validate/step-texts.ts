/** The texts of a step, sidecar or StepAction in which variables are replaced, with their paths. */
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
  const named = { name: "name" in step ? step.name : undefined, image, workingDir, script };
  return {
    single: [
      ...Object.entries(named).map(([field, text]) => ({ text: text ?? "", path: `${path}.${field}` })),
      ...env.map(({ name, value }) => ({ text: value ?? "", path: `${path}.env[${name}]` })),
      ...volumeMounts.flatMap(({ name, mountPath, subPath = "" }, index) =>
        Object.entries({ name, mountPath, subPath }).map(([field, text]) => ({
          text,
          path: `${path}.volumeMounts[${index}].${field}`,
        })),
      ),
    ],
    elements: [
      ...command.map((text, index) => ({ text, path: `${path}.command[${index}]` })),
      ...args.map((text, index) => ({ text, path: `${path}.args[${index}]` })),
    ],
  };
}

/** Both sorts. */
export function allTexts({ single, elements }: StepTexts): readonly TextField[] {
  return [...single, ...elements];
}
