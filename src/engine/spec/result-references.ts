/** References to the results of pipeline tasks (docs/pipelines.md, "Passing one Task's Results into the Parameters or when expressions of another"). */
import type { PipelineTask } from "../types/index.ts";
import { textsIn } from "./texts.ts";

/** One `$(tasks.T.results.R…)`. */
export interface ResultReference {
  section: "tasks" | "finally";
  pipelineTask: string;
  result: string;
  /** As it is written, with `$(` and `)`. */
  text: string;
  /** The result itself, all elements or keys (`[*]`), one element (`[0]`), or one key (`.KEY`). */
  form: "whole" | "star" | "index" | "key";
}

/** The references that a pipeline task uses: in params, matrix, guards, and the steps and sidecars of an inline taskSpec. */
export function resultReferencesOf(task: PipelineTask): ResultReference[] {
  return resultReferencesIn(referringFields(task));
}

// No part spans a parenthesis, so a text is looked at once, whatever is in it.
const RESULT_REFERENCE =
  /\$\((tasks|finally)\.([a-zA-Z0-9][-a-zA-Z0-9_]*)\.results(?:\.([^.()[\]]+)|\["([^"()]+)"\]|\['([^'()]+)'\])(\[\*\]|\[\d+\]|\.[^()[\]]+)?\)/g;

/** All references in the texts of a value, in order, one for each place. */
export function resultReferencesIn(tree: unknown): ResultReference[] {
  return textsIn(tree).flatMap((text) =>
    [...text.matchAll(RESULT_REFERENCE)].map(([whole, section, pipelineTask = "", ...rest]) => {
      const [dotted, double, single, tail] = rest;
      const result = dotted ?? double ?? single ?? "";
      return {
        section: section === "finally" ? "finally" : "tasks",
        pipelineTask,
        result,
        text: whole,
        form: formOf(tail),
      };
    }),
  );
}

const OTHER_REFERENCE =
  /\$\(tasks\.([a-zA-Z0-9][-a-zA-Z0-9_]*)\.(?:matrix\.[^.()]+\.length|outputs\.[^()]+|inputs\.[^()]+)\)/g;

/**
 * The tasks that a pipeline task cannot start before: those it names in `runAfter`, and those whose results, numbers of matrix
 * results, or artifacts it uses. In order of appearance, each once.
 */
export function dependenciesOf(task: PipelineTask): string[] {
  const fields = referringFields(task);
  const used = resultReferencesIn(fields)
    .filter(({ section }) => section === "tasks")
    .map(({ pipelineTask }) => pipelineTask);
  const others = textsIn(fields).flatMap((text) =>
    [...text.matchAll(OTHER_REFERENCE)].map(([, pipelineTask = ""]) => pipelineTask),
  );
  return [...new Set([...(task.runAfter ?? []), ...used, ...others])];
}

/** Where a reference makes a task wait: not in `displayName`, and not in the params of `taskRef`. */
function referringFields({ params, matrix, when, taskSpec }: PipelineTask): unknown {
  return [params, matrix, when, taskSpec?.steps, taskSpec?.sidecars];
}

function formOf(tail: string | undefined): ResultReference["form"] {
  if (tail === undefined) return "whole";
  if (tail === "[*]") return "star";
  return tail.startsWith("[") ? "index" : "key";
}
