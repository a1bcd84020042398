import type { ClusterObjects, Nanos } from "../tekton/index.ts";
import { type Belonging, belongingOfRun, belongingOfTask } from "./belonging.ts";
import { criticalPathOfRun, criticalPathOfTask, type PathCause, type PathSegment } from "./critical-path.ts";
import { earliestFailure } from "./failure.ts";
import { assembleFamilies, type RunFamily } from "./family.ts";
import { pipelineNameOf, taskNameOf } from "./identity.ts";
import type { Result } from "./outcome.ts";
import { resourceOfRun, resourceOfTask } from "./resource.ts";
import { spansOfRun, spansOfTask } from "./run-spans.ts";
import type { Attributes, ResourceSpans, Span } from "./span.ts";
import type { RunSpans } from "./span-writer.ts";
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

/** A part of the critical path, by the span it belongs to. */
export interface PathPart {
  spanId: string;
  cause: PathCause;
  startNs: Nanos;
  endNs: Nanos;
  /** Pipeline task on the path at that time. */
  task?: string;
  /** What a person would call it: a step's name, an image, a container. */
  label?: string;
}

export interface Traces {
  runs: RunTrace[];
  /** Pods in the input that run no task. */
  strayPods: number;
  /** What is wrong with the input as a whole, in words. */
  doubts: string[];
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
  const settings = { ...DEFAULTS, ...options };
  const { runs, tasks, strayPods, events, doubts } = assembleFamilies(objects);
  const roots = runs.filter((family) => family.parent === undefined);
  const traces = roots.flatMap((family) =>
    traceFamily(family, timelineOfRun(family, events), undefined, settings),
  );
  const alone = tasks.map((task) =>
    traceOfTask(timelineOfTask(task, taskNameOf(task.taskRun), events), settings),
  );
  return { runs: [...traces.map(({ trace }) => trace), ...alone], strayPods, doubts };
}

interface TracedRun {
  trace: RunTrace;
  spanOf: RunSpans["spanOf"];
}

/** A PipelineRun and the PipelineRuns it started: its path goes through theirs, so theirs are traced first. */
function traceFamily(
  family: RunFamily,
  timeline: RunTimeline,
  parent: Belonging | undefined,
  settings: Required<TraceOptions>,
): TracedRun[] {
  const belonging = belongingOfRun(family, parent);
  const children = timeline.tasks.flatMap(({ child }) =>
    child === undefined ? [] : traceFamily(child.family, child, belonging, settings),
  );
  return [traceOfRun(timeline, belonging, children, settings), ...children];
}

function traceOfRun(
  timeline: RunTimeline,
  belonging: Belonging,
  children: TracedRun[],
  settings: Required<TraceOptions>,
): TracedRun {
  const { pipelineRun, parent } = timeline.family;
  const { meta } = pipelineRun;
  const { spans, spanOf } = spansOfRun(timeline, belonging, settings);
  for (const child of children) for (const [owner, span] of child.spanOf) spanOf.set(owner, span);
  const trace: RunTrace = {
    kind: "PipelineRun",
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    pipeline: pipelineNameOf(pipelineRun),
    parentUid: parent?.pipelineRun.meta.uid,
    ...commonOf(timeline, belonging, { spans, spanOf }, criticalPathOfRun(timeline)),
    failure: earliestFailure(timeline)?.message ?? failureMessage(timeline),
    resourceSpans: {
      resource: { ...settings.resource, ...resourceOfRun(timeline) },
      scope: { name: "throughline", version: settings.version },
      spans,
    },
  };
  return { trace, spanOf };
}

function traceOfTask(timeline: LoneTaskTimeline, settings: Required<TraceOptions>): RunTrace {
  const { taskRun } = timeline.task;
  const { meta } = taskRun;
  const belonging = belongingOfTask(taskRun);
  const spans = spansOfTask(timeline, belonging);
  return {
    kind: "TaskRun",
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    pipeline: timeline.name,
    ...commonOf(timeline, belonging, spans, criticalPathOfTask(timeline)),
    failure: failureMessage(timeline),
    resourceSpans: {
      resource: { ...settings.resource, ...resourceOfTask(timeline) },
      scope: { name: "throughline", version: settings.version },
      spans: spans.spans,
    },
  };
}

function commonOf(
  timeline: RunTimeline | TaskTimeline,
  belonging: Belonging,
  { spans, spanOf }: RunSpans,
  path: PathSegment[],
) {
  const { interval, outcome, doubts } = timeline;
  const parts = path.map((segment) => partOf(segment, spanOf));
  markCriticalPath(spans, parts);
  return {
    traceId: belonging.traceId,
    spanId: spans[0]?.spanId ?? "",
    startNs: interval.startNs,
    endNs: interval.endNs,
    isComplete: !interval.open,
    isSampled: belonging.sampled,
    result: outcome.result,
    reason: outcome.reason,
    criticalPath: parts,
    uncertain: doubts,
  };
}

function failureMessage({ outcome }: RunTimeline | TaskTimeline): string | undefined {
  return outcome.errorType === undefined ? undefined : outcome.message;
}

function partOf({ source, task, ...segment }: PathSegment, spanOf: RunSpans["spanOf"]): PathPart {
  return { ...segment, spanId: spanOf.get(source)?.spanId ?? "", task, label: labelOf(source) };
}

function labelOf(source: PathSegment["source"]): string | undefined {
  if ("step" in source) return source.step.name;
  if ("kind" in source) return source.kind === "pull" ? source.image : source.container;
  return undefined;
}

/** Writes each span's own share of the critical path on it, so that any store can add shares up. */
function markCriticalPath(spans: readonly Span[], parts: readonly PathPart[]): void {
  const shares = new Map<string, Nanos>();
  for (const { spanId, startNs, endNs } of parts)
    shares.set(spanId, (shares.get(spanId) ?? 0n) + endNs - startNs);
  for (const span of spans) {
    const share = shares.get(span.spanId);
    if (share !== undefined) span.attributes["throughline.critical_path_ns"] = share;
  }
}
