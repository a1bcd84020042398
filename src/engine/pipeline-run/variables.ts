/** What a pipeline task can say about the tasks before it (docs/variables.md, "Variables Available in a Pipeline"). */
import {
  isMatrixed,
  joinReplacements,
  type Replacements,
  type ResultReference,
  resultReferencesIn,
  resultReplacements,
  textReplacements,
} from "../spec/index.ts";
import type { ResultValue } from "../types/index.ts";
import type { ChildRun } from "./child-run.ts";
import { isDone, type Progress, type TaskProgress } from "./state.ts";

/** The variables about other tasks that this part of a spec uses, as far as they are known. */
export function variablesOf(tree: unknown, progress: Progress): Replacements {
  const producers = new Set(resultReferencesIn(tree).map(({ pipelineTask }) => pipelineTask));
  const results = [...producers].flatMap((name) => {
    const producer = progress.get(name);
    return producer === undefined ? [] : resultReplacements(producer.section, name, resultsOf(producer));
  });
  return joinReplacements(...results, matrixLengths(progress), artifactVariables(progress));
}

/** `tasks.T.outputs.A` and `tasks.T.inputs.A`: the values of an artifact as JSON (docs/artifacts.md). */
function artifactVariables(progress: Progress): Replacements {
  const entries = [...progress.values()].flatMap(({ task, children }) => {
    const { inputs = [], outputs = [] } = children[0]?.artifacts ?? {};
    return [
      ...inputs.map(({ name, values = [] }) => [`tasks.${task.name}.inputs.${name}`, JSON.stringify(values)]),
      ...outputs.map(({ name, values = [] }) => [
        `tasks.${task.name}.outputs.${name}`,
        JSON.stringify(values),
      ]),
    ];
  });
  return textReplacements(Object.fromEntries(entries));
}

/** What only `finally` may ask: how the tasks ended (docs/pipelines.md, "Using Execution Status of pipelineTask"). */
export function statusVariables(progress: Progress): Replacements {
  const tasks = [...progress.values()].filter(({ section }) => section === "tasks");
  const entries = tasks.flatMap((each) => [
    [`tasks.${each.task.name}.status`, statusOf(each)] as const,
    [`tasks.${each.task.name}.reason`, reasonOf(each)] as const,
  ]);
  return textReplacements({ ...Object.fromEntries(entries), "tasks.status": aggregateStatus(tasks) });
}

function statusOf({ state }: TaskProgress): string {
  if (state.kind === "succeeded") return "Succeeded";
  return isDone(state) && state.kind !== "skipped" && state.kind !== "invalid" ? "Failed" : "None";
}

/** That of a child that did not succeed, where there is one. */
function reasonOf({ children }: TaskProgress): string {
  return (children.find(({ outcome }) => outcome !== "succeeded") ?? children[0])?.reason ?? "";
}

function aggregateStatus(tasks: readonly TaskProgress[]): string {
  if (!tasks.every(({ state }) => isDone(state))) return "None";
  if (tasks.some((each) => statusOf(each) === "Failed")) return "Failed";
  return tasks.some(({ state }) => state.kind === "skipped") ? "Completed" : "Succeeded";
}

/** What a task wrote, also when it failed. Of a matrix: the results of its runs, put together. */
function resultsOf({ task, children }: TaskProgress): readonly ResultValue[] {
  return isMatrixed(task) ? aggregated(children) : (children[0]?.results ?? []);
}

/**
 * In the order of the runs' names as text, so that the tenth comes before the second; runs that did not write a result
 * leave no gap (docs/matrix.md, "Results").
 */
function aggregated(children: readonly ChildRun[]): ResultValue[] {
  const lists = new Map<string, string[]>();
  for (const { results } of children.toSorted(byName)) {
    for (const { name, value } of results) {
      if (typeof value === "string") lists.set(name, [...(lists.get(name) ?? []), value]);
    }
  }
  return [...lists].map(([name, value]) => ({ name, type: "array", value }));
}

function byName(one: ChildRun, other: ChildRun): number {
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}

/** `tasks.T.matrix.length` and `tasks.T.matrix.R.length` (docs/matrix.md, "Context Variables"). */
function matrixLengths(progress: Progress): Replacements {
  const entries = [...progress.values()].flatMap((each) => {
    if (!isMatrixed(each.task) || each.children.length === 0) return [];
    const prefix = `tasks.${each.task.name}.matrix`;
    const results = resultsOf(each).map(({ name, value }) => [`${prefix}.${name}.length`, `${value.length}`]);
    return [[`${prefix}.length`, `${each.children.length}`], ...results];
  });
  return textReplacements(Object.fromEntries(entries));
}

/** References to what was not written, or has no such element or key. */
export function missingReferences(
  references: readonly ResultReference[],
  known: Replacements,
): ResultReference[] {
  return references.filter(({ text }) => {
    const key = text.slice("$(".length, -")".length);
    return ![known.strings, known.arrays, known.objects].some((values) => values.has(key));
  });
}
