/**
 * Defaults that refer to other params, in any order: each is resolved after those it refers to, to a depth of ten
 * (docs/pipelines.md, "Default params referencing other params").
 */
import type { ParamSpec, ParamValue } from "../types/index.ts";
import type { ParamProblem } from "./params.ts";
import { replaceValue } from "./replace.ts";
import { paramReplacements } from "./replacements.ts";
import { textsIn } from "./texts.ts";
import { isMap, paramValueOf } from "./values.ts";

const MAX_DEFAULT_DEPTH = 10;

export interface ResolvedDefaults {
  defaults: ReadonlyMap<string, ParamValue>;
  problems: ParamProblem[];
}

/** The defaults of all params that have one, with the variables of params in them replaced. */
export function resolveDefaults({
  specs,
  given,
}: {
  specs: readonly ParamSpec[];
  given: ReadonlyMap<string, ParamValue>;
}): ResolvedDefaults {
  const search: Search = {
    specs: new Map(specs.map((spec) => [spec.name, spec])),
    given,
    defaults: new Map(),
    problems: [],
  };
  for (const { name } of specs) if (isNeeded(given.get(name))) resolveDefault(search, name, []);
  return search;
}

interface Search extends ResolvedDefaults {
  specs: ReadonlyMap<string, ParamSpec>;
  given: ReadonlyMap<string, ParamValue>;
  defaults: Map<string, ParamValue>;
}

/** The default of a param that was given matters only for the keys an object lacks. */
function isNeeded(given: ParamValue | undefined): boolean {
  return given === undefined || isMap(given);
}

/** The value of a param as another one's default sees it. `path` is the params on the way to it. */
function paramValue(search: Search, name: string, path: readonly string[]): ParamValue | undefined {
  return search.given.get(name) ?? resolveDefault(search, name, path);
}

function resolveDefault(search: Search, name: string, path: readonly string[]): ParamValue | undefined {
  const raw = search.specs.get(name)?.default;
  if (raw === undefined || search.defaults.has(name)) return search.defaults.get(name);
  const value = paramValueOf(raw);
  const problem = pathProblem(name, path);
  if (problem !== undefined) {
    search.problems.push(problem);
    return undefined;
  }
  const known = new Map<string, ParamValue>();
  for (const reference of referencesIn(search, { name, value })) {
    const referred = paramValue(search, reference, [...path, name]);
    if (referred !== undefined) known.set(reference, referred);
  }
  const resolved = replaceValue(value, paramReplacements(known));
  if (textsIn(resolved).some((text) => text.length > MAX_DEFAULT_LENGTH)) {
    search.problems.push(tooLong(name));
    return undefined;
  }
  search.defaults.set(name, resolved);
  return resolved;
}

/** Ten defaults that each repeat the one before ten times are ten gigabytes; no object of a cluster could hold this. */
const MAX_DEFAULT_LENGTH = 1024 * 1024;

function tooLong(param: string): ParamProblem {
  const message = `parameter resolution failed: param "${param}": its default is longer than ${MAX_DEFAULT_LENGTH} characters`;
  return { kind: "tooDeep", param, message };
}

function pathProblem(param: string, path: readonly string[]): ParamProblem | undefined {
  const failed = "parameter resolution failed:";
  if (path.includes(param)) {
    const cycle = [...path.slice(path.indexOf(param)), param].map((name) => `"${name}"`).join(" -> ");
    const message = `${failed} circular dependency detected in param "${param}": ${cycle}`;
    return { kind: "circular", param, message };
  }
  if (path.length <= MAX_DEFAULT_DEPTH) return undefined;
  const message = `${failed} param "${param}": maximum recursion depth (${MAX_DEFAULT_DEPTH}) exceeded`;
  return { kind: "tooDeep", param, message };
}

const PARAM_VARIABLE =
  /\$\((?:inputs\.)?params(?:\.([^()[\]]+)|\["([^"()]+)"\]|\['([^'()]+)'\])(?:\[(?:\d+|\*)\]|\.[^()]+)?\)/g;

/** The params that a default refers to. One that does not exist is a problem. */
function referencesIn(search: Search, { name, value }: { name: string; value: ParamValue }): string[] {
  return textsIn(value).flatMap((text) =>
    [...text.matchAll(PARAM_VARIABLE)].flatMap(([, dotted, double, single]) => {
      const reference = declaredName(search, dotted ?? double ?? single ?? "");
      if (reference !== undefined) return [reference];
      search.problems.push(undefinedReference(name, dotted ?? double ?? single ?? ""));
      return [];
    }),
  );
}

/** The param itself, or the object whose key is meant. */
function declaredName({ specs, given }: Search, written: string): string | undefined {
  const candidates = [written, written.split(".", 1)[0] ?? ""];
  return candidates.find((name) => specs.has(name) || given.has(name));
}

function undefinedReference(param: string, reference: string): ParamProblem {
  const message = `parameter resolution failed: param "${param}" references undefined param "${reference}"`;
  return { kind: "undefinedReference", param, message };
}
