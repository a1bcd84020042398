import type { ClusterObjects, Nanos } from "../tekton/index.ts";
import { type Belonging, belongingOfRun, belongingOfTask } from "./belonging.ts";
import { criticalPathOfRun, criticalPathOfTask, type PathPart } from "./critical-path.ts";
import { earliestFailure } from "./failure.ts";
import { assembleFamilies, type Families } from "./family.ts";
import { pipelineNameOf, taskNameOf } from "./identity.ts";
import type { Result } from "./outcome.ts";
import { markCriticalPath, type Shares, taskShares } from "./path-marks.ts";
import { resourceOfRun, resourceOfTask } from "./resource.ts";
import { spansOfRun, spansOfTask } from "./run-spans.ts";
import type { Attributes, ResourceSpans, Span } from "./span.ts";
import { timelineOfTask } from "./task-timeline.ts";
import { type LoneTaskTimeline, type RunTimeline, type TaskTimeline, timelineOfRun } from "./timeline.ts";

export interface TraceOptions {
  /** Attributes every resource starts with; at least `service.name`. */
  resource?: Attributes;
  /** Version of the instrumentation scope `throughline`. */
  version?: string;
  /** Names of the two timing spans; Konflux services call them waitDuration and executeDuration. */
  timingNames?: { wait: string; execute: string };
}

/** What became of one PipelineRun, or of one TaskRun that belongs to none. */
export interface RunTrace {
  kind: "PipelineRun" | "TaskRun";
  namespace: string;
  name: string;
  uid: string;
  /** The pipeline's name; the Task's for a TaskRun. */
  pipeline: string;
  traceId: string;
  /** The execution span's. */
  spanId: string;
  /** Runs of the same trace that this one is part of: the PipelineRun that owns it. */
  parentUid?: string;
  startNs: Nanos;
  /** While the run goes on, the last moment the input knows of. */
  endNs: Nanos;
  isComplete: boolean;
  /** False where the context it belongs to was not sampled: its spans are not for export. */
  isSampled: boolean;
  result?: Result;
  reason: string;
  /** Why it failed, from the earliest failing step. */
  failure?: string;
  resourceSpans: ResourceSpans;
  criticalPath: PathPart[];
  uncertain: readonly string[];
}

export interface Traces {
  /** In an order that the input's does not change: PipelineRuns, each before those it started; then lone TaskRuns. */
  runs: RunTrace[];
  /** Pods in the input that run no task. */
  strayPods: number;
  /** What is wrong with the input as a whole, in words. */
  doubts: string[];
}

/** Like {@link Traces}, but each pass over `runs` builds them one by one: ten thousand runs need not fit in memory. */
export interface LazyTraces extends Omit<Traces, "runs"> {
  runs: Iterable<RunTrace>;
}

const DEFAULTS: Required<TraceOptions> = {
  resource: { "service.name": "tekton" },
  version: "",
  timingNames: { wait: "wait_duration", execute: "execute_duration" },
};

/**
 * The heart of Throughline: Kubernetes objects in, traces out.
 *
 * Pure and deterministic: the same objects give the same spans with the same ids and times, in whatever order and
 * however often they come. Every span's parent is in the answer or remote, and encloses it.
 */
export function buildTraces(objects: ClusterObjects, options: TraceOptions = {}): Traces {
  const traces = traceLazily(objects, options);
  return { ...traces, runs: [...traces.runs] };
}

/** The same, built while it is read. The objects must not change as long as it is. */
export function traceLazily(objects: ClusterObjects, options: TraceOptions = {}): LazyTraces {
  const settings = { ...DEFAULTS, ...options };
  const families = assembleFamilies(objects);
  return {
    runs: { [Symbol.iterator]: () => traceAll(families, settings) },
    strayPods: families.strayPods,
    doubts: families.doubts,
  };
}

function* traceAll({ runs, tasks, events }: Families, settings: Required<TraceOptions>): Generator<RunTrace> {
  for (const family of runs) {
    if (family.parent === undefined) yield* traceFamily(timelineOfRun(family, events), undefined, settings);
  }
  for (const task of tasks) {
    yield traceOfTask(timelineOfTask(task, taskNameOf(task.taskRun), events), settings);
  }
}

/** What a PipelineRun takes over from the one that started it. */
interface Owner {
  belonging: Belonging;
  shares: Shares;
}

/** A PipelineRun and the PipelineRuns it started. */
function traceFamily(
  timeline: RunTimeline,
  owner: Owner | undefined,
  settings: Required<TraceOptions>,
): RunTrace[] {
  const belonging = belongingOfRun(timeline.family, owner?.belonging);
  const spans = spansOfRun(timeline, belonging, settings);
  const path = criticalPathOfRun(timeline);
  markCriticalPath(spans, path, owner?.shares);
  const own = { belonging, shares: taskShares(path) };
  const children = timeline.tasks.flatMap(({ child }) =>
    child === undefined ? [] : traceFamily(child, own, settings),
  );
  return [traceOfRun(timeline, { belonging, spans, path }, settings), ...children];
}

/** What has been made of a run or task. */
interface Made {
  belonging: Belonging;
  spans: Span[];
  path: PathPart[];
}

function traceOfRun(timeline: RunTimeline, made: Made, settings: Required<TraceOptions>): RunTrace {
  const { pipelineRun, parent } = timeline.family;
  const { meta } = pipelineRun;
  return {
    kind: "PipelineRun",
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    pipeline: pipelineNameOf(pipelineRun),
    parentUid: parent?.pipelineRun.meta.uid,
    ...commonOf(timeline, made),
    failure: earliestFailure(timeline)?.message ?? failureMessage(timeline),
    resourceSpans: {
      resource: { ...settings.resource, ...resourceOfRun(timeline) },
      scope: { name: "throughline", version: settings.version },
      spans: made.spans,
    },
  };
}

function traceOfTask(timeline: LoneTaskTimeline, settings: Required<TraceOptions>): RunTrace {
  const { taskRun } = timeline.task;
  const { meta } = taskRun;
  const belonging = belongingOfTask(taskRun);
  const spans = spansOfTask(timeline, belonging);
  const path = criticalPathOfTask(timeline);
  markCriticalPath(spans, path);
  return {
    kind: "TaskRun",
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    pipeline: timeline.name,
    ...commonOf(timeline, { belonging, spans, path }),
    failure: failureMessage(timeline),
    resourceSpans: {
      resource: { ...settings.resource, ...resourceOfTask(timeline) },
      scope: { name: "throughline", version: settings.version },
      spans,
    },
  };
}

function commonOf(timeline: RunTimeline | TaskTimeline, { belonging, path }: Made) {
  const { interval, outcome, doubts } = timeline;
  return {
    traceId: belonging.traceId,
    spanId: timeline.spanId,
    startNs: interval.startNs,
    endNs: interval.endNs,
    isComplete: !interval.open,
    isSampled: belonging.sampled,
    result: outcome.result,
    reason: outcome.reason,
    criticalPath: path,
    uncertain: doubts,
  };
}

function failureMessage({ outcome }: RunTimeline | TaskTimeline): string | undefined {
  return outcome.errorType === undefined ? undefined : outcome.message;
}
