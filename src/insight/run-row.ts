import type { StoredRun } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { ResultWord, RunRow } from "./answers/index.ts";
import { toMillis } from "./duration.ts";
import { RESULT_WORDS } from "./run-filters.ts";

/** A stored run as answers show it. */
export function runRow(run: StoredRun): RunRow {
  const result = resultWord(run.result);
  return {
    traceId: run.traceId,
    spanId: run.spanId,
    kind: run.kind === "TaskRun" ? "TaskRun" : "PipelineRun",
    namespace: run.namespace,
    name: run.name,
    ...known("uid", run.uid),
    pipeline: run.pipeline,
    result,
    ...known("reason", run.reason),
    ...known("message", run.message),
    ...known("failedTask", run.failedTask),
    ...known("failedStep", run.failedStep),
    startTime: formatTime(run.startNs),
    ...(result === "running" ? {} : { endTime: formatTime(run.startNs + run.durationNs) }),
    durationMs: toMillis(run.durationNs),
    waitMs: toMillis(run.waitNs),
    ...known("repository", run.repository),
    ...known("branch", run.branch),
    ...known("revision", run.revision),
    ...known("change", run.change),
    ...known("actor", run.actor),
    ...known("trigger", run.trigger),
    ...known("application", run.application),
    ...known("component", run.component),
  };
}

/** What is not known is left out. */
export function known<Key extends string>(key: Key, value: string): Partial<Record<Key, string>> {
  return value === "" ? {} : ({ [key]: value } as Record<Key, string>);
}

/** A result of another system that the semantic conventions do not know is an error of theirs. */
export function resultWord(result: string): ResultWord {
  return RESULT_WORDS.find((word) => word === result) ?? "error";
}
