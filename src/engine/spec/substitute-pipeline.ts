/** The fields of a Pipeline in which variables are replaced, and no others (docs/variables.md). */
import type { Matrix, Param, ParamValue, PipelineSpec, PipelineTask } from "../types/index.ts";
import { changeEach, changeFields } from "./change.ts";
import { replaceParams, replaceText, replaceWhen } from "./replace.ts";
import { type Replacements, spellings, withoutReplacements } from "./replacements.ts";
import { substituteReference, substituteTaskSpec } from "./substitute-task.ts";
import { typeOfValue } from "./values.ts";

/** The Pipeline with the variables of its tasks and final tasks replaced, each as {@link substitutePipelineTask} does. */
export function substitutePipelineSpec(spec: PipelineSpec, replacements: Replacements): PipelineSpec {
  const tasks = (list: readonly PipelineTask[]) =>
    list.map((task) => substitutePipelineTask(task, replacements));
  return changeFields(spec, { tasks, finally: tasks });
}

/**
 * The pipeline task with its variables replaced. Those of an inline `taskSpec` are replaced too, as far as they come from
 * outside: a param that the pipeline task gives is the inner one's affair and stays for the TaskRun (docs/pipelineruns.md,
 * "Scope and Precedence"), while a default of the taskSpec gives way to a value from outside ("Default Values"). An inline `pipelineSpec` is left alone, since
 * `tasks` and `context` mean its own run there.
 */
export function substitutePipelineTask(task: PipelineTask, replacements: Replacements): PipelineTask {
  const text = (value: string) => replaceText(value, replacements);
  const params = (list: readonly Param[]) => replaceParams(list, replacements);
  const reference = (value: NonNullable<PipelineTask["taskRef"]>) => substituteReference(value, replacements);
  return changeFields(task, {
    displayName: text,
    onError: text,
    params,
    matrix: (matrix) => changeFields<Matrix>(matrix, { params, include: changeEach<Include>({ params }) }),
    when: (when) => replaceWhen(when, replacements),
    workspaces: changeEach<Usage>({ subPath: text }),
    taskRef: reference,
    pipelineRef: reference,
    taskSpec: (spec) => substituteTaskSpec(spec, outerReplacements({ task, replacements })),
  });
}

type Include = NonNullable<Matrix["include"]>[number];
type Usage = NonNullable<PipelineTask["workspaces"]>[number];

interface Scope {
  task: PipelineTask;
  replacements: Replacements;
}

/** Of an object that the pipeline task gives, only the keys it has are the inner one's. */
function outerReplacements({ task, replacements }: Scope): Replacements {
  const inner = innerParams(task);
  if (inner.length === 0) return replacements;
  const exact = new Set(inner.flatMap(({ name, value }) => namesOf(name).flatMap(membersOf(value))));
  const whole = new Set(inner.filter(({ value }) => !isObject(value)).flatMap(({ name }) => namesOf(name)));
  return withoutReplacements(replacements, (key) => exact.has(key) || whole.has(variableOf(key)));
}

function namesOf(param: string): string[] {
  return [...spellings("params", param), `inputs.params.${param}`];
}

function membersOf(value: ParamValue): (variable: string) => string[] {
  if (!isObject(value)) return (variable) => [variable];
  const keys = Object.keys(value);
  return (variable) => [variable, `${variable}[*]`, ...keys.map((key) => `${variable}.${key}`)];
}

function isObject(value: ParamValue): boolean {
  return typeOfValue(value) === "object";
}

/** The variable an element's or member's key belongs to: `params.list` of `params.list[0]` and `params.object.key`. */
function variableOf(key: string): string {
  return key.replace(/(?:\[(?:\d+|\*)\]|\.[^.\]]*)$/, "");
}

function innerParams({ params = [], matrix }: PipelineTask): Param[] {
  return [...params, ...(matrix?.params ?? []), ...includedParams(matrix)];
}

function includedParams(matrix: Matrix | undefined): readonly Param[] {
  return (matrix?.include ?? []).flatMap((include) => include.params ?? []);
}
