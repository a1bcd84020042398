/** Params settled: what was given, what the declarations say, and what is wrong with it (docs/tasks.md, docs/pipelines.md). */
import type { Param, ParamSpec, ParamType, ParamValue } from "../types/index.ts";
import { resolveDefaults } from "./param-defaults.ts";
import { isMap, paramTypeOf, paramValueOf, typeOfValue } from "./values.ts";

/** Something that keeps a run from starting. `message` stands by itself; whoever reports several names the params together. */
export interface ParamProblem {
  kind: "missing" | "wrongType" | "missingKeys" | "notInEnum" | "circular" | "undefinedReference" | "tooDeep";
  param: string;
  message: string;
}

export interface SettledParams {
  /** Every declared param that has a value, and what was given beyond: inline specs may use it. */
  values: ReadonlyMap<string, ParamValue>;
  problems: ParamProblem[];
}

/**
 * Gives every param its value: the given one, else its default, in which variables of other params are replaced; an object
 * takes the keys it was not given from its default. The order of `values` is that of the declarations, then the given.
 */
export function settleParams({
  specs,
  given,
}: {
  specs: readonly ParamSpec[];
  given: readonly Param[];
}): SettledParams {
  const givenValues = new Map(given.map(({ name, value }) => [name, paramValueOf(value)]));
  const { defaults, problems } = resolveDefaults({ specs, given: givenValues });
  const values = new Map<string, ParamValue>();
  for (const spec of specs) {
    const value = mergeValue(givenValues.get(spec.name), defaults.get(spec.name));
    if (value !== undefined) values.set(spec.name, value);
  }
  for (const [name, value] of givenValues) if (!values.has(name)) values.set(name, value);
  return {
    values,
    problems: [...specs.flatMap((spec) => problemsOf(spec, values.get(spec.name))), ...problems],
  };
}

function mergeValue(given: ParamValue | undefined, fallback: ParamValue | undefined): ParamValue | undefined {
  if (given === undefined) return fallback;
  if (fallback === undefined || !isMap(given) || !isMap(fallback)) return given;
  return { ...fallback, ...given };
}

function problemsOf(spec: ParamSpec, value: ParamValue | undefined): ParamProblem[] {
  const { name: param } = spec;
  if (value === undefined) {
    return [{ kind: "missing", param, message: `param "${param}" has no value and no default` }];
  }
  const type = paramTypeOf(spec);
  if (typeOfValue(value) !== type) return [wrongType({ param, type, value })];
  if (isMap(value)) return missingKeys(spec, value);
  return typeof value === "string" ? notInEnum(spec, value) : [];
}

function wrongType({
  param,
  type,
  value,
}: {
  param: string;
  type: ParamType;
  value: ParamValue;
}): ParamProblem {
  const message = `param "${param}" is of type ${type}, but its value is of type ${typeOfValue(value)}`;
  return { kind: "wrongType", param, message };
}

function missingKeys(
  { name: param, properties = {} }: ParamSpec,
  value: Readonly<Record<string, string>>,
): ParamProblem[] {
  const missing = Object.keys(properties).filter((key) => !Object.hasOwn(value, key));
  if (missing.length === 0) return [];
  return [{ kind: "missingKeys", param, message: `param "${param}" lacks the keys [${missing.join(" ")}]` }];
}

function notInEnum({ name: param, enum: allowed = [] }: ParamSpec, value: string): ParamProblem[] {
  if (allowed.length === 0 || allowed.includes(value)) return [];
  return [
    { kind: "notInEnum", param, message: `param \`${param}\` value: ${value} is not in the enum list` },
  ];
}
