// Variables of a pipeline: `$(params.x)`, `$(tasks.build.results.digest)`, `$(tasks.status)`.

import type { PipelineScenario, TaskScenario, WhenExpression } from "../scenario.ts";

const RESULT = /\$\(tasks\.([^.()]+)\.results\.([^.()]+)\)/g;

export interface ResultReference {
  task: string;
  result: string;
}

/** Every result of another task that the task's params, matrix and `when` name. */
export function resultReferences({ params = {}, matrix = {}, when = [] }: TaskScenario): ResultReference[] {
  const texts = [
    ...Object.values(params),
    ...Object.values(matrix).flat(),
    ...when.flatMap(({ input, values }) => [input, ...values]),
  ];
  return texts.flatMap(referencesIn);
}

function referencesIn(text: string): ResultReference[] {
  return [...text.matchAll(RESULT)].map(([, task = "", result = ""]) => ({ task, result }));
}

/** Replaces each `$(name)` for which there is a value; what has none stays as it is, as in Tekton. */
export function substitute(text: string, values: Record<string, string>): string {
  return text.replace(/\$\(([^()]+)\)/g, (reference, name: string) => values[name] ?? reference);
}

export function substituteAll(
  texts: Record<string, string>,
  values: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, substitute(text, values)]));
}

export function substituteWhen(when: WhenExpression[], values: Record<string, string>): WhenExpression[] {
  return when.map((expression) => ({
    ...expression,
    input: substitute(expression.input, values),
    values: expression.values.map((value) => substitute(value, values)),
  }));
}

export function isFulfilled(when: WhenExpression[]): boolean {
  return when.every(({ input, operator, values }) => values.includes(input) === (operator === "in"));
}

/**
 * The params of each TaskRun of a matrix; the first param varies fastest:
 *
 *     platform [linux, mac] × browser [safari, chrome] = linux/safari, mac/safari, linux/chrome, mac/chrome
 */
export function combinations(matrix: Record<string, string[]>): Record<string, string>[] {
  return Object.entries(matrix).reduce<Record<string, string>[]>(
    (known, [name, values]) =>
      values.flatMap((value) => known.map((combination) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** What is known of a run before any of its tasks has ended. */
export function runVariables(run: {
  name: string;
  pipeline: PipelineScenario;
  params: Record<string, string>;
}): Record<string, string> {
  const params = Object.entries(run.params).map(([name, value]) => [`params.${name}`, value]);
  return {
    ...Object.fromEntries(params),
    "context.pipelineRun.name": run.name,
    "context.pipeline.name": run.pipeline.pipeline,
  };
}
