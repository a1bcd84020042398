/** A pipeline task run once for each combination of values (docs/matrix.md). */
import type { Matrix, Param, PipelineTask } from "../types/index.ts";
import { isList, paramValueOf } from "./values.ts";

/** One run of a matrixed task. */
export interface Combination {
  /** The params the matrix gives it, by name. The pipeline task's own come after them. */
  params: Param[];
  /** Names of the `include` entries it agrees with. */
  includeName?: string;
}

/** Whether the task is run once for each combination. */
export function isMatrixed({ matrix }: PipelineTask): boolean {
  return (matrix?.params ?? []).length > 0 || (matrix?.include ?? []).length > 0;
}

/**
 * The number of combinations, as far as it matters: one that is far over any limit is not counted to the end. Look at
 * it before {@link expandMatrix}.
 */
export function combinationCount(task: PipelineTask): number {
  const generated = (task.matrix?.params ?? []).reduce((count, param) => count * valuesOf(param).length, 1);
  return generated > FAR_TOO_MANY ? generated : expandMatrix(task).length;
}

const FAR_TOO_MANY = 1000;

/**
 * The combinations of a matrix whose variables have been replaced, in Tekton's order: the first param varies fastest. An
 * `include` adds its params to every combination that does not contradict it; one that no combination shares a
 * value with is a combination of its own. A param without values leaves none.
 */
export function expandMatrix({ matrix = {} }: PipelineTask): Combination[] {
  const includes = (matrix.include ?? []).map(({ params = [] }) => textsByName(params));
  const generated = generateCombinations(matrix.params ?? []);
  if (generated.length === 0 && (matrix.params ?? []).length > 0) return [];
  for (const combination of generated) {
    for (const include of includes) if (agrees(combination, include)) addAll(combination, include);
  }
  for (const include of includes) if (isNew(include, generated)) generated.push(include);
  return generated.map((combination) => describe(combination, matrix));
}

type Texts = Map<string, string>;

function generateCombinations(params: readonly Param[]): Texts[] {
  const [first, ...others] = params;
  if (first === undefined) return [];
  const start = valuesOf(first).map((value): Texts => new Map([[first.name, value]]));
  return others.reduce(
    (combinations, param) =>
      valuesOf(param).flatMap((value) =>
        combinations.map((combination) => new Map(combination).set(param.name, value)),
      ),
    start,
  );
}

function valuesOf({ value: raw }: Param): readonly string[] {
  const value = paramValueOf(raw);
  if (typeof value === "string") return [value];
  return isList(value) ? value : Object.values(value);
}

function textsByName(params: readonly Param[]): Texts {
  return new Map(params.map(({ name, value }) => [name, textOf(paramValueOf(value))]));
}

function textOf(value: ReturnType<typeof paramValueOf>): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Names that both know have the same value in both. */
function agrees(combination: Texts, include: Texts): boolean {
  return [...include].every(([name, text]) => !combination.has(name) || combination.get(name) === text);
}

function isNew(include: Texts, combinations: readonly Texts[]): boolean {
  if (include.size === 0) return false;
  return !combinations.some((combination) =>
    [...include].some(([name, text]) => combination.get(name) === text),
  );
}

function addAll(combination: Texts, include: Texts): void {
  for (const [name, text] of include) combination.set(name, text);
}

function describe(combination: Texts, { include = [] }: Matrix): Combination {
  const names = [...combination.keys()].sort();
  const params = names.map((name) => ({ name, value: combination.get(name) ?? "" }));
  const includeName = include
    .filter(({ params: included = [] }) => isPartOf(textsByName(included), combination))
    .flatMap(({ name }) => name ?? [])
    .join(" ");
  return includeName === "" ? { params } : { params, includeName };
}

function isPartOf(include: Texts, combination: Texts): boolean {
  return [...include].every(([name, text]) => combination.get(name) === text);
}
