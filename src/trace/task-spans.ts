import {
  doubtAttributes,
  type LooseAttributes,
  outcomeAttributes,
  placeAttributes,
  podAttributes,
  resultAttributes,
} from "./attributes.ts";
import { type Belonging, linksOfTask } from "./belonging.ts";
import { firstFailedStep } from "./failure.ts";
import type { Outcome } from "./outcome.ts";
import type { PhaseTimeline } from "./phases.ts";
import type { SpanLink } from "./span.ts";
import { stateEvents, taskEvents, warningEvents } from "./span-events.ts";
import type { SpanWriter } from "./span-writer.ts";
import type { StepTimeline } from "./steps.ts";
import type { AttemptTimeline, TaskTimeline } from "./timeline.ts";
import { waitOfAttempt, waitOfTask } from "./waiting.ts";

/** Where a span hangs and what it inherits from there. */
export interface Place {
  identity: LooseAttributes;
  parent?: { spanId: string; remote: boolean };
}

/** Writes the spans of a task; `lone` is the trace of a TaskRun that belongs to no PipelineRun. */
export function writeTask(writer: SpanWriter, task: TaskTimeline, place: Place & { lone?: Belonging }): void {
  const { subject, spanId } = task;
  if (subject === undefined) return; // The execution span of a child PipelineRun is the task's span.
  const identity = {
    ...place.identity,
    "tekton.pipeline_task.name": task.name,
    [subject.type === "customrun" ? "tekton.customrun.name" : "tekton.taskrun.name"]: subject.name,
  };
  const [only, ...retries] = task.attempts;
  writer.add({
    spanId,
    parent: place.parent,
    name: task.name,
    interval: task.interval,
    outcome: { ...task.outcome, message: firstFailedStep(task)?.message ?? task.outcome.message },
    links: place.lone?.links ?? linksOf(task, writer.belonging.traceId),
    events: taskEvents(task),
    attributes: {
      "throughline.type": subject.type,
      ...identity,
      "cicd.pipeline.task.name": task.name,
      "cicd.pipeline.task.run.id": subject.uid,
      ...outcomeAttributes("cicd.pipeline.task.run.result", task.outcome),
      "tekton.message": task.outcome.message,
      "tekton.task.name": subject.taskName,
      "tekton.display_name": task.displayName,
      ...placeAttributes(task),
      "tekton.matrix": task.matrix.length > 0 ? task.matrix : undefined,
      "tekton.retries": retries.length > 0 ? BigInt(retries.length) : undefined,
      "throughline.wait_ns": waitOfTask(task),
      "throughline.inferred": subject.inferred || undefined,
      ...(only !== undefined && retries.length === 0 ? podAttributes(only) : {}),
      ...doubtAttributes(task.doubts, place.lone),
      ...resultAttributes(subject.results),
    },
  });
  const below = { identity, parent: { spanId, remote: false } };
  if (only !== undefined && retries.length === 0) {
    // A single attempt is the TaskRun itself; only retries make attempts worth a span.
    writeInside(writer, only, below);
  } else {
    for (const [index, attempt] of task.attempts.entries()) {
      writeAttempt(writer, attempt, task.attempts[index - 1], below);
    }
  }
}

function linksOf({ member }: TaskTimeline, traceId: string): SpanLink[] {
  return member.kind === "task" ? linksOfTask(member.task.taskRun, traceId) : [];
}

type Inside = Required<Place>;

function writeAttempt(
  writer: SpanWriter,
  attempt: AttemptTimeline,
  previous: AttemptTimeline | undefined,
  { identity, parent }: Inside,
): void {
  const { number, spanId } = attempt;
  writer.add({
    spanId,
    parent,
    name: `attempt ${number}`,
    interval: attempt.interval,
    outcome: attempt.outcome,
    links: previous === undefined ? [] : [linkTo(writer, previous)],
    events: warningEvents(attempt.warnings, attempt.interval),
    attributes: {
      "throughline.type": "attempt",
      ...identity,
      "tekton.retry.attempt": BigInt(number),
      "throughline.wait_ns": waitOfAttempt(attempt),
      ...outcomeAttributes("cicd.pipeline.task.run.result", attempt.outcome),
      ...podAttributes(attempt),
    },
  });
  writeInside(writer, attempt, { identity, parent: { spanId, remote: false } });
}

function linkTo({ belonging }: SpanWriter, { spanId }: AttemptTimeline): SpanLink {
  return { traceId: belonging.traceId, spanId, attributes: { "throughline.link": "previous attempt" } };
}

function writeInside(writer: SpanWriter, attempt: AttemptTimeline, inside: Inside): void {
  const identity = { ...inside.identity, "tekton.retry.attempt": BigInt(attempt.number) };
  for (const phase of attempt.phases) writePhase(writer, phase, attempt, { ...inside, identity });
  for (const step of attempt.steps) writeStep(writer, step, attempt, { ...inside, identity });
}

const PHASE_NAMES = {
  schedule: () => "schedule",
  pull: () => "pull image",
  init: (container = "") => `init ${container}`,
};

function writePhase(
  writer: SpanWriter,
  phase: PhaseTimeline,
  { pod }: AttemptTimeline,
  { identity, parent }: Inside,
): void {
  const { kind, container } = phase;
  const failure: Outcome | undefined = phase.failure && {
    errorType: phase.failure.type,
    reason: phase.failure.type,
    message: phase.failure.message,
  };
  writer.add({
    spanId: phase.spanId,
    parent,
    name: PHASE_NAMES[kind](container),
    interval: phase.interval,
    outcome: failure,
    attributes: {
      "throughline.type": "phase",
      ...identity,
      "tekton.phase": kind,
      "tekton.reason": failure?.reason,
      "error.type": failure?.errorType,
      "k8s.pod.name": pod?.meta.name,
      "k8s.node.name": pod?.nodeName,
      "k8s.container.name": container,
      "container.image.name": phase.image,
      "tekton.pull.transfer_ns": phase.transferNs,
      "tekton.pull.size_bytes": phase.imageBytes,
      "process.exit.code": phase.exitCode === undefined ? undefined : BigInt(phase.exitCode),
    },
  });
}

function writeStep(
  writer: SpanWriter,
  timeline: StepTimeline,
  { podName }: AttemptTimeline,
  { identity, parent }: Inside,
): void {
  const { step, outcome, interval, neverStarted } = timeline;
  const terminated = step.state.kind === "terminated" ? step.state : undefined;
  writer.add({
    spanId: timeline.spanId,
    parent,
    name: `step ${step.name}`,
    interval,
    outcome,
    events: stateEvents(timeline),
    attributes: {
      "throughline.type": "step",
      ...identity,
      "tekton.step.name": step.name,
      ...outcomeAttributes("tekton.step.result", outcome),
      "process.exit.code": terminated && BigInt(terminated.exitCode),
      "k8s.pod.name": podName,
      "k8s.container.name": step.container,
      "container.id": terminated?.containerId,
      "container.image.name": timeline.image,
      "container.image.id": step.imageId,
      "tekton.step.never_started": neverStarted || undefined,
      ...resultAttributes(step.results),
    },
  });
}
