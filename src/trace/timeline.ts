/**
 * When everything of a run happened: families in, timelines out.
 *
 * A timeline has the shape of the trace, with every interval already placed within its parent's. Spans and
 * critical path are both read off it, so that they can never disagree.
 *
 *   run  |--wait--|------------------execute------------------|
 *   task          |--attempt 1--|  |--------attempt 2--------|
 *   pod                            |sched|pull|init|
 *   step                                           |--1--|-2-|
 */
import { type Condition, compareTimes, type KubernetesEvent, type Nanos, type Pod } from "../tekton/index.ts";
import type { EventIndex } from "./event-index.ts";
import type { Member, RunFamily, TaskFamily } from "./family.ts";
import { type Graph, type GraphTask, graphOf } from "./graph.ts";
import { closedWhenDone, type Interval, latest, momentWithin, placeWithin } from "./interval.ts";
import { compareText } from "./keys.ts";
import { KnownTimes, startOf } from "./known-times.ts";
import { endOfCondition, type Outcome, outcomeOfObject } from "./outcome.ts";
import type { PhaseTimeline } from "./phases.ts";
import { skippedTasks } from "./skipped.ts";
import { spanIds } from "./span-ids.ts";
import type { StepTimeline } from "./steps.ts";
import { nameOfMember, subjectOf, type TaskSubject } from "./subject.ts";
import { memberOfLabel, timelineOfTaskRun } from "./task-timeline.ts";

export interface RunTimeline {
  spanId: string;
  family: RunFamily;
  graph: Graph;
  interval: Interval;
  outcome: Outcome;
  /** What the run is in its owner's pipeline, for a pipeline in a pipeline. */
  asTask?: TaskPlace;
  /** Creation to start: the time before any controller took the run up. */
  wait?: Interval;
  /** Start to completion. */
  execute?: Interval;
  tasks: TaskTimeline[];
  skipped: SkippedTimeline[];
  doubts: string[];
}

/** Where a task stands in its pipeline. */
export interface TaskPlace {
  /** Name of the task in the pipeline; the Task's for a TaskRun of its own. */
  name: string;
  memberOf?: "tasks" | "finally";
  /** Names of the tasks it waited for by the pipeline's graph. */
  after: string[];
}

export interface TaskTimeline extends TaskPlace {
  displayName?: string;
  member: Member;
  spanId: string;
  /** The object behind the task; absent for a pipeline in a pipeline. */
  subject?: TaskSubject;
  /** The run that the task is, for a pipeline in a pipeline. */
  child?: RunTimeline;
  interval: Interval;
  outcome: Outcome;
  /** `status.startTime` of the first attempt, when a controller took it up. */
  takenUpNs?: Nanos;
  /** At least one for a TaskRun, none for anything else. */
  attempts: AttemptTimeline[];
  /** Parameters that tell the combinations of a matrix apart, `name=value`. */
  matrix: string[];
  doubts: string[];
}

/** A TaskRun that belongs to no PipelineRun. */
export type LoneTaskTimeline = TaskTimeline & { task: TaskFamily };

export interface AttemptTimeline {
  /** The TaskRun's own where there is only one attempt. */
  spanId: string;
  /** 1 for the first. */
  number: number;
  interval: Interval;
  outcome: Outcome;
  pod?: Pod;
  podName?: string;
  phases: PhaseTimeline[];
  steps: StepTimeline[];
  /** What Kubernetes warned of while the attempt's Pod was being set up. */
  warnings: KubernetesEvent[];
}

export interface SkippedTimeline extends TaskPlace {
  spanId: string;
  reason: string;
  interval: Interval;
}

/** The timeline of a PipelineRun; of a child within its parent's. */
export function timelineOfRun(family: RunFamily, events: EventIndex, parent?: Interval): RunTimeline {
  const { meta, startNs } = family.pipelineRun;
  const outcome = outcomeOfObject(family.pipelineRun);
  const doubts = [...meta.doubts];
  const own = runInterval(family, outcome, events, doubts);
  const interval =
    parent === undefined ? own : placeWithin(parent, { ...own, endNs: own.open ? undefined : own.endNs });
  const graph = graphOf(family.pipelineRun.graph);
  const orderOf = ({ name }: TaskTimeline) => graph.get(name)?.order ?? 0;
  const tasks = family.members
    .map((member) => timelineOfMember(member, interval, graph.get(member.pipelineTask), events))
    .sort((a, b) => byStart(a, b) || orderOf(a) - orderOf(b) || byMemberName(a, b));
  const spanId = spanIds.run(meta.uid);
  const timeline: RunTimeline = { spanId, family, graph, interval, outcome, tasks, skipped: [], doubts };
  if (startNs !== undefined && meta.createdNs !== undefined) {
    const taken = placeWithin(interval, { startNs: meta.createdNs, endNs: startNs });
    timeline.wait = taken;
    timeline.execute = { ...interval, startNs: taken.endNs, rawStartNs: taken.rawEndNs };
  }
  timeline.skipped = skippedTasks(timeline);
  return timeline;
}

function runInterval(
  { pipelineRun, inferred, members }: RunFamily,
  outcome: Outcome,
  events: EventIndex,
  doubts: string[],
): Interval {
  const { meta, condition, startNs, completionNs } = pipelineRun;
  const isOver = outcome.result !== undefined || (inferred && members.every(isMemberDone));
  if (completionNs !== undefined && condition?.status === "Unknown") {
    doubts.push("status.completionTime is set though the condition says the run goes on");
  }
  if (isOver && !inferred && startNs === undefined) {
    doubts.push("status.startTime is missing: waiting and executing cannot be told apart");
  }
  const known = new KnownTimes();
  known.addMembers(members, events);
  const end = isOver ? (completionNs ?? endOfCondition(condition)) : undefined;
  const told = startOf([meta.createdNs, startNs, known.firstNs], end, doubts);
  if (told === undefined) doubts.push("nothing says when it started");
  const start = told ?? 0n;
  const seen = end ?? latest([startNs, completionNs, condition?.transitionNs, known.lastNs]) ?? start;
  const interval: Interval = { startNs: start, endNs: seen < start ? start : seen, open: !isOver };
  return interval.endNs === seen ? interval : { ...interval, rawEndNs: seen };
}

/** An inferred run cannot say that it is over; it is when nothing of it goes on. */
function isMemberDone(member: Member): boolean {
  if (member.kind === "unseen") return true;
  if (member.kind === "task") return isDone(member.task.taskRun.attempts.at(-1));
  return isDone(member.kind === "custom" ? member.customRun : member.family.pipelineRun);
}

function isDone(object: { condition?: Condition; completionNs?: Nanos } | undefined): boolean {
  if (object?.condition === undefined) return object?.completionNs !== undefined;
  return object.condition.status !== "Unknown";
}

function timelineOfMember(
  member: Member,
  outer: Interval,
  graphTask: GraphTask | undefined,
  events: EventIndex,
): TaskTimeline {
  if (member.kind === "task") return timelineOfTaskRun(member.task, member, outer, graphTask, events);
  if (member.kind === "pipeline") return timelineOfChild(member, outer, graphTask, events);
  const subject = subjectOf(member);
  const base = {
    spanId: subject === undefined ? "" : spanIds.task(subject.uid, subject.type),
    subject,
    name: member.pipelineTask,
    displayName: member.displayName,
    memberOf:
      graphTask?.memberOf ??
      (member.kind === "custom" ? memberOfLabel(member.customRun.meta.labels) : undefined),
    after: graphTask?.after ?? [],
    member,
    attempts: [],
    matrix: [],
    doubts: [],
  };
  if (member.kind === "unseen") {
    return {
      ...base,
      interval: { ...momentWithin(outer, outer.startNs), unknown: true },
      outcome: { reason: "", message: "" },
    };
  }
  const { meta, startNs, completionNs, condition, statusMessage } = member.customRun;
  const outcome = outcomeOfObject(member.customRun, statusMessage);
  const endNs = outcome.result === undefined ? undefined : (completionNs ?? endOfCondition(condition));
  return {
    ...base,
    interval: closedWhenDone(placeWithin(outer, { startNs: meta.createdNs ?? startNs, endNs }), outcome),
    outcome,
    takenUpNs: startNs,
    doubts: [...meta.doubts],
  };
}

function timelineOfChild(
  member: Extract<Member, { kind: "pipeline" }>,
  outer: Interval,
  graphTask: GraphTask | undefined,
  events: EventIndex,
): TaskTimeline {
  const child = timelineOfRun(member.family, events, outer);
  child.asTask = {
    name: member.pipelineTask,
    memberOf: graphTask?.memberOf ?? memberOfLabel(member.family.pipelineRun.meta.labels),
    after: graphTask?.after ?? [],
  };
  const { spanId, interval, outcome } = child;
  return {
    ...child.asTask,
    spanId,
    displayName: member.displayName,
    member,
    child,
    interval,
    outcome,
    takenUpNs: member.family.pipelineRun.startNs,
    attempts: [],
    matrix: [],
    doubts: [],
  };
}

function byStart(a: TaskTimeline, b: TaskTimeline): number {
  return compareTimes(a.interval.startNs, b.interval.startNs);
}

function byMemberName(a: TaskTimeline, b: TaskTimeline): number {
  return compareText(a.name, b.name) || compareText(nameOfMember(a.member), nameOfMember(b.member));
}
