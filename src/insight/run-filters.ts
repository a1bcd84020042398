import type { RunFilters } from "../store/index.ts";
import type { ResultWord } from "./answers/index.ts";
import { type Given, type Parameter, QuestionError } from "./parameters.ts";

export const RESULT_WORDS: readonly ResultWord[] = [
  "success",
  "failure",
  "error",
  "timeout",
  "cancellation",
  "skip",
  "running",
];

/** The parameters that say which runs a question is about. */
export const RUN_FILTERS: readonly Parameter[] = [
  { name: "pipeline", kind: "text", description: "runs of this pipeline" },
  { name: "namespace", kind: "text", description: "runs in this namespace" },
  { name: "branch", kind: "text", description: "runs of this branch" },
  { name: "repository", kind: "text", description: "runs of this repository, owner/name" },
  {
    name: "result",
    kind: "choices",
    values: RESULT_WORDS,
    description: "runs that ended so; several with commas",
  },
  { name: "longer-than", kind: "duration", description: "runs that took longer, e.g. 10m or 1h30m" },
  { name: "shorter-than", kind: "duration", description: "runs that took less" },
  {
    name: "since",
    kind: "time",
    description: "runs that started from here on: 7d (back from now), 2026-11-20 or 2026-11-20T08:00:00Z",
  },
  { name: "until", kind: "time", description: "runs that started before this" },
  { name: "application", kind: "text", description: "runs of this Konflux application" },
  { name: "component", kind: "text", description: "runs of this Konflux component" },
  {
    name: "search",
    kind: "text",
    description:
      "runs with this in the name of run, pipeline, branch or repository; or the start of a revision",
  },
];

/** Reads the parameters of {@link RUN_FILTERS}. Throws {@link QuestionError} where they exclude everything. */
export function runFilters(given: Given): RunFilters {
  const sinceNs = given.time("since");
  const untilNs = given.time("until");
  if (sinceNs !== undefined && untilNs !== undefined && untilNs <= sinceNs) {
    throw new QuestionError("until has to be after since");
  }
  return {
    pipeline: given.text("pipeline"),
    namespace: given.text("namespace"),
    branch: given.text("branch"),
    repository: given.text("repository"),
    application: given.text("application"),
    component: given.text("component"),
    results: given.choices("result", RESULT_WORDS),
    longerThanNs: given.durationNs("longer-than"),
    shorterThanNs: given.durationNs("shorter-than"),
    sinceNs,
    untilNs,
    search: given.text("search"),
  };
}
