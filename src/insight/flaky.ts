/** What fails and passes on the same commit: nobody changed anything, so it is luck, or the test. */
import {
  type FlakyCommit,
  failedSteps,
  flakyCommits,
  flakyRetries,
  type Subject,
  type TaskFilters,
  type TraceStore,
} from "../store/index.ts";
import { compareTimes, formatTime } from "../tekton/index.ts";
import type { FlakyStep } from "./answers/index.ts";
import { groupBy } from "./groups.ts";
import { known } from "./run-row.ts";

const COMMITS_READ = 1000;
const COMMITS_SHOWN = 10;
const SHOWN = 50;

/** A task that failed and passed on one revision, or passed when it was retried; what flickers most first. */
export async function flakySteps(filters: TaskFilters, store: TraceStore): Promise<FlakyStep[]> {
  const [commits, retries] = await Promise.all([
    store.select(flakyCommits(filters, COMMITS_READ)),
    store.select(flakyRetries(filters, COMMITS_READ)),
  ]);
  const flips = [...commits, ...retries.map((each) => ({ ...each, passedTraceId: each.failedTraceId }))];
  const byTask = groupBy(flips, (flip) => `${subjectKey(flip)}\n${flip.repository}`);
  const tasks = [...byTask.values()].sort((a, b) => b.length - a.length).slice(0, SHOWN);
  const traceIds = tasks.flatMap((each) =>
    each.slice(0, COMMITS_SHOWN).map(({ failedTraceId }) => failedTraceId),
  );
  const steps = traceIds.length === 0 ? [] : await store.select(failedSteps([...new Set(traceIds)]));
  const stepOf = new Map(steps.map((each) => [subjectKey(each), each.step]));
  return tasks.flatMap((each) => flakyStep(each, stepOf));
}

function flakyStep(flips: FlakyCommit[], stepOf: ReadonlyMap<string, string>): FlakyStep[] {
  const [first] = flips;
  if (first === undefined) return [];
  const latest = flips.toSorted((a, b) => compareTimes(b.timeNs, a.timeNs)).slice(0, COMMITS_SHOWN);
  return [
    {
      pipeline: first.pipeline,
      task: first.task,
      ...known("step", stepOf.get(subjectKey(first)) ?? ""),
      ...known("repository", first.repository),
      flips: flips.length,
      commits: latest.map(({ revision, failedTraceId, passedTraceId, timeNs }) => ({
        revision,
        failedTraceId,
        passedTraceId,
        time: formatTime(timeNs),
      })),
    },
  ];
}

/** The key of a task of a pipeline, or of a pipeline, in maps. */
export function subjectKey({ pipeline, task }: Subject): string {
  return `${pipeline}\n${task}`;
}
