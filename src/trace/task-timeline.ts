import type { Attempt, KubernetesEvent, Pod, TaskRun } from "../tekton/index.ts";
import type { EventIndex } from "./event-index.ts";
import type { Member, TaskFamily } from "./family.ts";
import type { GraphTask } from "./graph.ts";
import { inferPod, stepsOfPod } from "./infer.ts";
import { closedWhenDone, earliest, type Interval, placeWithin } from "./interval.ts";
import { KnownTimes, startOf } from "./known-times.ts";
import { endOfCondition, type Outcome, outcomeOfCondition, outcomeOfObject } from "./outcome.ts";
import { phasesOf } from "./phases.ts";
import { redacted } from "./redact.ts";
import { spanIds } from "./span-ids.ts";
import { stepsOf } from "./steps.ts";
import { subjectOf } from "./subject.ts";
import type { AttemptTimeline, LoneTaskTimeline, TaskTimeline } from "./timeline.ts";

/** The timeline of a TaskRun that belongs to no PipelineRun. */
export function timelineOfTask(task: TaskFamily, name: string, events: EventIndex): LoneTaskTimeline {
  const times = new KnownTimes();
  times.addTask(task, events);
  const outer = { startNs: times.firstNs ?? 0n, endNs: times.lastNs ?? 0n, open: true };
  return {
    ...timelineOfTaskRun(task, { pipelineTask: name, kind: "task", task }, outer, undefined, events),
    task,
  };
}

/** The timeline of a TaskRun within its PipelineRun's. */
export function timelineOfTaskRun(
  task: TaskFamily,
  member: Member,
  outer: Interval,
  graphTask: GraphTask | undefined,
  events: EventIndex,
): TaskTimeline {
  const { meta, attempts, params, statusMessage } = task.taskRun;
  const last = attempts[attempts.length - 1];
  const outcome = outcomeOfObject({ meta, condition: last?.condition }, statusMessage);
  const doubts = [...meta.doubts];
  if (last?.completionNs !== undefined && last.condition?.status === "Unknown") {
    doubts.push("status.completionTime is set though the condition says it goes on");
  }
  const endNs = last?.completionNs ?? endOfCondition(last?.condition);
  const begun = [
    ...attempts.map((attempt) => attempt.startNs),
    ...task.pods.map((pod) => pod.meta.createdNs),
  ];
  const startNs = startOf([meta.createdNs, earliest(begun)], endNs, doubts);
  if (startNs === undefined) doubts.push("nothing says when it started");
  if (outcome.result === undefined && endNs === undefined && !outer.open)
    doubts.push("nothing says how it ended");
  const interval = closedWhenDone(placeWithin(outer, { startNs, endNs }), outcome);
  const spanId = spanIds.task(meta.uid, "taskrun");
  return {
    spanId,
    subject: subjectOf(member),
    name: member.pipelineTask,
    displayName: member.displayName,
    memberOf: graphTask?.memberOf ?? memberOfLabel(meta.labels),
    after: graphTask?.after ?? [],
    member,
    interval,
    outcome,
    takenUpNs: attempts[0]?.startNs,
    attempts: attempts.map((_, index) => timelineOfAttempt(task, index, interval, outcome, events)),
    matrix: (graphTask?.matrixParams ?? [])
      .filter((name) => Object.hasOwn(params, name))
      .map((name) => `${name}=${redacted(name, params[name] ?? "")}`),
    doubts,
  };
}

/** Tekton tells by a label whether a task is one of `finally` (tektoncd/pipeline docs/labels.md). */
export function memberOfLabel(labels: Record<string, string>): "tasks" | "finally" | undefined {
  const label = labels["tekton.dev/memberOf"];
  return label === "tasks" || label === "finally" ? label : undefined;
}

function timelineOfAttempt(
  { taskRun, pods }: TaskFamily,
  index: number,
  outer: Interval,
  taskOutcome: Outcome,
  events: EventIndex,
): AttemptTimeline {
  const { attempts, meta } = taskRun;
  const number = index + 1;
  const attempt = withoutLeftovers(attempts[index] ?? { steps: [], results: [] }, index);
  const isLast = index === attempts.length - 1;
  const outcome = isLast ? taskOutcome : outcomeOfCondition(attempt.condition);
  // The first attempt begins with its TaskRun: the time until a controller takes it up is waiting all the same.
  const startNs = index === 0 ? outer.startNs : (attempt.startNs ?? attempts[index - 1]?.completionNs);
  const endNs = isLast ? outer.endNs : (attempt.completionNs ?? attempts[index + 1]?.startNs);
  const placed = placeWithin(outer, { startNs, endNs });
  const interval = isLast ? { ...placed, open: outer.open } : placed;
  const seenPod = podOf(pods, attempt.podName, index, attempts.length);
  const podEvents =
    seenPod === undefined
      ? eventsOfDeletedPod(taskRun, attempt, interval, events)
      : events.about(seenPod.meta);
  const pod = seenPod ?? inferPod(taskRun, attempt, podEvents);
  return {
    spanId: attempts.length > 1 ? spanIds.attempt(meta.uid, number) : spanIds.task(meta.uid, "taskrun"),
    number,
    interval,
    outcome,
    pod,
    podName: attempt.podName ?? pod?.meta.name,
    phases:
      pod === undefined
        ? []
        : phasesOf({ pod, events: podEvents, within: interval, taskUid: meta.uid, attempt: number }),
    steps: stepsOf({
      attempt,
      number,
      pod,
      podSteps: pod === undefined ? [] : stepsOfPod(pod),
      within: interval,
      taskRun,
      events: podEvents,
    }),
    warnings: podEvents.filter(({ type }) => type === "Warning"),
  };
}

const SECOND_NS = 1_000_000_000n;

/** Tekton deletes the Pod of a task it stops. Its Events stay for an hour, and they tell why it came to that. */
function eventsOfDeletedPod(
  { meta }: TaskRun,
  { podName }: Attempt,
  { startNs, endNs }: Interval,
  events: EventIndex,
): readonly KubernetesEvent[] {
  if (!podName) return [];
  return events
    .aboutName("Pod", meta.namespace, podName)
    .filter(
      ({ firstNs }) =>
        firstNs !== undefined && firstNs >= startNs - SECOND_NS && firstNs <= endNs + SECOND_NS,
    );
}

/** Between attempts Tekton clears the status, but keeps the steps until there is a Pod again (facts: ToBeRetried). */
function withoutLeftovers(attempt: Attempt, index: number): Attempt {
  const isPending = index > 0 && !attempt.podName && attempt.startNs === undefined;
  return isPending ? { ...attempt, steps: [] } : attempt;
}

function podOf(
  pods: readonly Pod[],
  podName: string | undefined,
  index: number,
  attempts: number,
): Pod | undefined {
  const named = pods.find(({ meta }) => meta.name === podName);
  if (named !== undefined || podName !== undefined) return named;
  return pods.length === attempts ? pods[index] : undefined;
}
