/** `stepTemplate`: fields that all steps of a Task have in common (docs/tasks.md, "Specifying a Step template"). */
import type { Step, TaskSpec } from "../types/index.ts";
import { isObject } from "./values.ts";

/**
 * The Task without its template, each step completed from it: the step's own fields win, objects are merged, environment
 * variables by name and volume mounts by path, other lists are the step's or the template's. Steps that refer to StepActions
 * have to be merged with those before.
 */
export function mergeStepTemplate({ stepTemplate, ...spec }: TaskSpec): TaskSpec {
  if (stepTemplate === undefined) return spec;
  return { ...spec, steps: spec.steps.map((step) => completeStep(stepTemplate, step)) };
}

function completeStep(template: NonNullable<TaskSpec["stepTemplate"]>, step: Step): Step {
  const { name: _, ...shared } = template;
  const completed = mergeObjects(shared, step) as Step;
  // A script is the command; the template's arguments are still its arguments.
  if (step.script) delete completed.command;
  return completed;
}

/** What identifies the elements of lists that are merged (Kubernetes API, strategic merge patch keys of Container). */
const LIST_KEYS: ReadonlyMap<string, string> = new Map([
  ["env", "name"],
  ["volumeMounts", "mountPath"],
  ["ports", "containerPort"],
  ["volumeDevices", "devicePath"],
]);

function mergeObjects(base: object, over: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(over)) {
    if (value !== undefined) merged[field] = mergeField(field, merged[field], value);
  }
  return merged;
}

function mergeField(field: string, base: unknown, over: unknown): unknown {
  const listKey = LIST_KEYS.get(field);
  if (listKey !== undefined && Array.isArray(base) && Array.isArray(over)) {
    return mergeLists({ base, over, listKey });
  }
  return isObject(base) && isObject(over) ? mergeObjects(base, over) : over;
}

/** The base's elements in their order, then those only the other list has. */
function mergeLists({
  base,
  over,
  listKey,
}: {
  base: unknown[];
  over: unknown[];
  listKey: string;
}): unknown[] {
  const merged = new Map(base.map((element) => [keyOf(element, listKey), element]));
  for (const element of over) merged.set(keyOf(element, listKey), element);
  return [...merged.values()];
}

function keyOf(element: unknown, listKey: string): unknown {
  return isObject(element) ? element[listKey] : element;
}
