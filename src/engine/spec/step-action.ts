/** Steps that refer to StepActions (docs/stepactions.md). */
import type { Param, ParamSpec, ParamValue, Step, StepAction } from "../types/index.ts";
import { settleParams } from "./params.ts";
import { replaceParams } from "./replace.ts";
import { joinReplacements, paramReplacements, type Replacements } from "./replacements.ts";
import { substituteStep } from "./substitute-task.ts";
import { textsIn } from "./texts.ts";
import { paramTypeOf, paramValueOf } from "./values.ts";

type ActionSpec = StepAction["spec"];

/**
 * The step that a reference to a StepAction stands for: the action's image, command, arguments, script, environment and so
 * on, with its params replaced by what the step gives, and the step's own name, guards, timeout and `onError`. The script
 * is taken as it is: StepActions have no variables there. `taskParams` are the variables that the values of the
 * step's params may use. Check {@link stepActionProblem} before.
 */
export function mergeStepAction({
  step,
  action,
  taskParams,
}: {
  step: Step;
  action: ActionSpec;
  taskParams: Replacements;
}): Step {
  const { ref: _ref, params = [], ...own } = step;
  const { params: specs = [], description: _description, script, ...body } = action;
  const variables = actionReplacements({ specs, given: replaceParams(params, taskParams), body });
  const merged = { ...own, ...substituteStep(body, variables) };
  return script === undefined ? merged : { ...merged, script };
}

/** What is wrong with the params a step gives to its StepAction, if anything. */
export function stepActionProblem({ step, action }: { step: Step; action: ActionSpec }): string | undefined {
  const specs = action.params ?? [];
  const given = (step.params ?? []).map(({ name }) => name);
  const extra = given.filter((name) => !specs.some((spec) => spec.name === name));
  if (extra.length > 0) return `extra params passed by Step to StepAction: [${extra.join(" ")}]`;
  const required = specs.filter((spec) => spec.default === undefined).map(({ name }) => name);
  const missing = required.filter((name) => !given.includes(name));
  return missing.length > 0 ? `non-existent params in Step: [${missing.join(" ")}]` : undefined;
}

interface ActionParams {
  specs: readonly ParamSpec[];
  given: readonly Param[];
  body: unknown;
}

function actionReplacements({ specs, given, body }: ActionParams): Replacements {
  const { values } = settleParams({ specs, given: given.filter((param) => fits(param, specs)) });
  const later = specs.flatMap((spec) => laterReplacements({ spec, value: values.get(spec.name), body }));
  return joinReplacements(...later, paramReplacements(values));
}

/**
 * A text for a list or an object is a reference to a param that is of another type or that nobody has: Tekton then takes the
 * action's default (examples/v1/taskruns/stepaction-params.yaml).
 */
function fits({ name, value }: Param, specs: readonly ParamSpec[]): boolean {
  const spec = specs.find((each) => each.name === name);
  if (typeof value !== "string" || spec?.default === undefined) return true;
  return paramTypeOf(spec) === "string" || STEP_RESULT.test(value);
}

const STEP_RESULT = /^\$\((steps\.[^()]+?)(?:\[\*\])?\)$/;

/**
 * An array or object that is the result of an earlier step is known only in the pod. Until then the variables of its
 * elements and keys become those of the result's.
 */
function laterReplacements({
  spec,
  value,
  body,
}: {
  spec: ParamSpec;
  value: ParamValue | undefined;
  body: unknown;
}): Replacements[] {
  const result = typeof value === "string" ? STEP_RESULT.exec(value)?.[1] : undefined;
  const type = paramTypeOf(spec);
  if (result === undefined || type === "string") return [];
  const elements = type === "array" ? indexesIn(body).map((index) => `[${index}]`) : keysOf(spec);
  const whole = paramReplacements(new Map([[spec.name, [`$(${result}[*])`]]]));
  const strings = elements.flatMap((element) =>
    [...whole.arrays.keys()]
      .filter((key) => !key.endsWith("[*]"))
      .map((key) => [`${key}${element}`, `$(${result}${element})`] as const),
  );
  return [{ ...whole, strings: new Map(strings) }];
}

/** The indexes that any variable of the action uses: how long the array will be is not known yet. */
function indexesIn(body: unknown): string[] {
  const used = textsIn(body).flatMap((text) =>
    [...text.matchAll(/\[(\d+)\]\)/g)].map(([, index = ""]) => index),
  );
  return [...new Set(used)];
}

function keysOf({ properties = {}, default: fallback }: ParamSpec): string[] {
  const defaults = fallback === undefined ? {} : paramValueOf(fallback);
  return [...Object.keys(properties), ...Object.keys(defaults)].map((key) => `.${key}`);
}
