import {
  artifactSizes,
  type MeasuredDurations,
  measuredTasks,
  type TaskMetricFilters,
  taskCompletions,
  taskDurations,
  timesOfTaskMetrics,
} from "../store/index.ts";
import { formatTime, type Nanos } from "../tekton/index.ts";
import type { MeasuredArtifact, MeasuredTasksAnswer, TaskMetricsAnswer } from "./answers/index.ts";
import { groupBy } from "./groups.ts";
import { measuredDuration } from "./measured-duration.ts";
import type { Given, Parameter } from "./parameters.ts";
import { type Asked, question } from "./question.ts";
import { endOfBuckets, type Layout, layOut } from "./time-buckets.ts";

const TIMES: readonly Parameter[] = [
  { name: "since", kind: "time", description: "measured from this time on" },
  { name: "until", kind: "time", description: "measured before this time" },
];

/** Which tasks measured something of themselves. */
export const MEASURED_TASKS = question<MeasuredTasksAnswer>({
  name: "measuredTasks",
  path: "metrics/tasks",
  summary: "Tasks that sent metrics of themselves",
  answerName: "MeasuredTasksAnswer",
  parameters: [
    ...TIMES,
    { name: "limit", kind: "count", default: "1000", most: 10_000, description: "how many" },
  ],
  async answer({ store }, given) {
    const found = await store.select(measuredTasks(timesOf(given), given.count("limit")));
    return { tasks: found.map(({ lastNs, ...task }) => ({ ...task, lastTime: formatTime(lastNs) })) };
  },
});

/** What a task measured of itself, over time. */
export const TASK_METRICS_OVER_TIME = question<TaskMetricsAnswer>({
  name: "taskMetrics",
  path: "metrics/task",
  summary: "What a task measured of itself: how long it took, how it ended, how large its artifacts are",
  answerName: "TaskMetricsAnswer",
  parameters: [
    { name: "task", kind: "text", isRequired: true, description: "name of the task" },
    { name: "pipeline", kind: "text", description: "in this pipeline; in all, and in none, when not given" },
    ...TIMES,
    { name: "buckets", kind: "count", default: "60", most: 500, description: "how many at most" },
  ],
  async answer({ store, nowNs }, given) {
    const filters = filtersOf(given);
    const { sinceNs, untilNs, areDeltas } = await surveyOf(filters, { store, nowNs });
    const layout = layOut({ sinceNs, untilNs, most: given.count("buckets") });
    const within = { ...filters, sinceNs, untilNs, areDeltas };
    const [durations, completions, sizes] = await Promise.all([
      store.select(taskDurations(within, layout.bucketNs)),
      store.select(taskCompletions(within, layout.bucketNs)),
      store.select(artifactSizes(within, layout.bucketNs)),
    ]);
    return {
      pipeline: filters.pipeline ?? "",
      task: filters.task,
      ...overTime(layout, { durations, completions }),
      artifacts: artifactsOf(sizes, layout.bucketNs),
    };
  },
});

/** A clock may be ahead by so much; what is told of a later time would leave the present one bucket. */
const CLOCKS_DIFFER_NS = 86_400_000_000_000n;

/** The time that is asked for, or all in which something was measured; and of which sort the points there are. */
async function surveyOf(
  filters: TaskMetricFilters,
  { store, nowNs }: Pick<Asked, "store" | "nowNs">,
): Promise<{ sinceNs: Nanos; untilNs: Nanos; areDeltas: boolean }> {
  const { sinceNs, untilNs } = filters;
  const believed = { ...filters, untilNs: untilNs ?? nowNs + CLOCKS_DIFFER_NS };
  const [times] = await store.select(timesOfTaskMetrics(believed));
  const first = sinceNs ?? times?.firstNs ?? nowNs;
  return {
    sinceNs: first,
    untilNs: untilNs ?? (times === undefined ? nowNs : endOfBuckets(times.lastNs, first)),
    areDeltas: times?.areDeltas ?? true,
  };
}

function timesOf(given: Given): Pick<TaskMetricFilters, "sinceNs" | "untilNs"> {
  return { sinceNs: given.time("since"), untilNs: given.time("until") };
}

function filtersOf(given: Given): TaskMetricFilters {
  return { task: given.text("task") ?? "", pipeline: given.text("pipeline"), ...timesOf(given) };
}

interface Counted {
  bucket: number;
  result: string;
  count: number;
}

interface Found {
  durations: readonly MeasuredDurations[];
  completions: readonly Counted[];
}

function overTime(
  { first, end, bucketNs }: Layout,
  { durations, completions }: Found,
): Omit<TaskMetricsAnswer, "pipeline" | "task" | "artifacts"> {
  const durationsOf = groupBy(durations, ({ bucket }) => String(bucket));
  const completionsOf = groupBy(completions, ({ bucket }) => String(bucket));
  const buckets = Array.from({ length: Number(end - first) }, (_, index) => {
    const bucket = Number(first) + index;
    return {
      startTime: formatTime(BigInt(bucket) * bucketNs),
      ...measured(durationsOf.get(String(bucket)) ?? []),
      completions: countsOf(completionsOf.get(String(bucket)) ?? []),
    };
  });
  return {
    since: formatTime(first * bucketNs),
    until: formatTime(end * bucketNs),
    bucketMs: Number(bucketNs / 1_000_000n),
    ...measured(durations),
    completions: countsOf(completions),
    buckets,
  };
}

function measured(durations: readonly MeasuredDurations[]): Pick<TaskMetricsAnswer, "duration"> {
  const duration = measuredDuration(durations);
  return duration === undefined ? {} : { duration };
}

function countsOf(completions: readonly Counted[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { result, count } of completions) counts.set(result, (counts.get(result) ?? 0) + count);
  return Object.fromEntries(counts);
}

interface Size {
  bucket: number;
  artifact: string;
  bytes: number;
  lastNs: bigint;
}

/** Sizes come in order of time. */
function artifactsOf(sizes: readonly Size[], bucketNs: bigint): MeasuredArtifact[] {
  const found = [...groupBy(sizes, ({ artifact }) => artifact)].map(([artifact, ofOne]) => {
    const last = ofOne.at(-1);
    return {
      artifact,
      lastBytes: last?.bytes ?? 0,
      lastTime: formatTime(last?.lastNs ?? 0n),
      points: ofOne.map(({ bucket, bytes }) => ({ startTime: formatTime(BigInt(bucket) * bucketNs), bytes })),
    };
  });
  return found.sort((a, b) => a.artifact.localeCompare(b.artifact, "en"));
}
