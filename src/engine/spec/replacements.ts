/** What variables stand for. Keys are what stands between `$(` and `)`. */
import type { ParamValue, ResultValue } from "../types/index.ts";
import { isList, paramValueOf } from "./values.ts";

/** Variables by the kind of their value; one name is in one of them only, but for the elements of lists and objects. */
export interface Replacements {
  strings: ReadonlyMap<string, string>;
  arrays: ReadonlyMap<string, readonly string[]>;
  objects: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * The variables of params in each of their spellings: `params.NAME`, `params["NAME"]`, `params['NAME']` and a Task's
 * old `inputs.params.NAME`; `[i]` and `[*]` of arrays, `.KEY` and `[*]` of objects (docs/variables.md).
 */
export function paramReplacements(values: ReadonlyMap<string, ParamValue>): Replacements {
  const draft = newDraft();
  for (const [name, value] of values) {
    for (const key of spellings("params", name)) addVariable(draft, { key, value });
    addVariable(draft, { key: `inputs.params.${name}`, value });
  }
  return draft;
}

/** The variables of a pipeline task's results: `tasks.T.results.R` with the spellings, elements and keys that params have. */
export function resultReplacements(
  section: "tasks" | "finally",
  pipelineTask: string,
  results: readonly ResultValue[],
): Replacements {
  return replacementsOfResults(`${section}.${pipelineTask}.results`, results);
}

/** The variables of a step's results, known only inside the pod: `steps.S.results.R`. */
export function stepResultReplacements(step: string, results: readonly ResultValue[]): Replacements {
  return replacementsOfResults(`steps.${step}.results`, results);
}

/** Variables that stand for texts, such as `context.taskRun.name`. */
export function textReplacements(entries: Readonly<Record<string, string>>): Replacements {
  return { ...newDraft(), strings: new Map(Object.entries(entries)) };
}

/** All of them. Where two know the same variable, the earlier wins. */
export function joinReplacements(...each: readonly Replacements[]): Replacements {
  const lastWins = each.toReversed();
  return {
    strings: new Map(lastWins.flatMap(({ strings }) => [...strings])),
    arrays: new Map(lastWins.flatMap(({ arrays }) => [...arrays])),
    objects: new Map(lastWins.flatMap(({ objects }) => [...objects])),
  };
}

/** What is left when some variables mean something else further in. */
export function withoutReplacements(
  replacements: Replacements,
  isHidden: (key: string) => boolean,
): Replacements {
  const visible = <T>(entries: ReadonlyMap<string, T>) =>
    new Map([...entries].filter(([key]) => !isHidden(key)));
  const { strings, arrays, objects } = replacements;
  return { strings: visible(strings), arrays: visible(arrays), objects: visible(objects) };
}

interface Draft {
  strings: Map<string, string>;
  arrays: Map<string, readonly string[]>;
  objects: Map<string, Readonly<Record<string, string>>>;
}

function newDraft(): Draft {
  return { strings: new Map(), arrays: new Map(), objects: new Map() };
}

function replacementsOfResults(prefix: string, results: readonly ResultValue[]): Replacements {
  const draft = newDraft();
  for (const { name, value } of results) {
    for (const key of spellings(prefix, name)) addVariable(draft, { key, value: paramValueOf(value) });
  }
  return draft;
}

/** How a name within a group of variables may be written. */
export function spellings(group: string, name: string): readonly string[] {
  return [`${group}.${name}`, `${group}["${name}"]`, `${group}['${name}']`];
}

function addVariable(draft: Draft, { key, value }: { key: string; value: ParamValue }): void {
  if (typeof value === "string") {
    draft.strings.set(key, value);
    return;
  }
  if (isList(value)) {
    draft.arrays.set(key, value).set(`${key}[*]`, value);
    value.forEach((element, index) => {
      draft.strings.set(`${key}[${index}]`, element);
    });
    return;
  }
  draft.objects.set(key, value).set(`${key}[*]`, value);
  for (const [member, text] of Object.entries(value)) draft.strings.set(`${key}.${member}`, text);
}
