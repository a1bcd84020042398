/** What a PipelineRun hands out (docs/pipelines.md, "Emitting Results from a Pipeline"). */
import { paramValueOf, replaceValue, resultReferencesIn } from "../spec/index.ts";
import type { PipelineSpec, ResultSpec, ResultValue } from "../types/index.ts";
import type { Progress } from "./state.ts";
import { missingReferences, variablesOf } from "./variables.ts";

export interface PipelineResults {
  results: readonly ResultValue[];
  /** Names of results that a task promised, succeeded, and did not write. */
  broken: readonly string[];
}

/** A result of tasks that were skipped or failed is left out. */
export function pipelineResultsOf({ results = [] }: PipelineSpec, progress: Progress): PipelineResults {
  const settled = results.map((spec) => settle(spec, progress));
  return {
    results: settled.flatMap((each) => (each.kind === "written" ? [each.result] : [])),
    broken: settled.flatMap((each) => (each.kind === "broken" ? [each.name] : [])),
  };
}

type Settled =
  | { kind: "written"; result: ResultValue }
  | { kind: "broken"; name: string }
  | { kind: "absent" };

function settle({ name, value }: ResultSpec, progress: Progress): Settled {
  if (value === undefined) return { kind: "absent" };
  const known = variablesOf(value, progress);
  const missing = missingReferences(resultReferencesIn(value), known);
  if (missing.length === 0) {
    return { kind: "written", result: { name, value: replaceValue(paramValueOf(value), known) } };
  }
  const isBroken = missing.some(({ pipelineTask }) => progress.get(pipelineTask)?.state.kind === "succeeded");
  return isBroken ? { kind: "broken", name } : { kind: "absent" };
}
