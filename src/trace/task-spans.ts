import { deriveSpanId, standInUid } from "../context/index.ts";
import type { Result as TaskResult } from "../tekton/index.ts";
import {
  defined,
  doubtAttributes,
  outcomeAttributes,
  podAttributes,
  resultAttributes,
} from "./attributes.ts";
import { type Belonging, linksOfTask } from "./belonging.ts";
import { firstFailedStep } from "./failure.ts";
import type { Outcome } from "./outcome.ts";
import type { PhaseTimeline } from "./phases.ts";
import type { Attributes, SpanLink } from "./span.ts";
import { stateEvents, taskEvents, warningEvents } from "./span-events.ts";
import type { SpanWriter } from "./span-writer.ts";
import type { StepTimeline } from "./steps.ts";
import type { AttemptTimeline, TaskTimeline } from "./timeline.ts";

/** Where a span hangs and what it inherits from there. */
interface Place {
  identity: Attributes;
  parent?: { spanId: string; remote: boolean };
}

/** Writes the spans of a task; `lone` is the trace of a TaskRun that belongs to no PipelineRun. */
export function writeTask(writer: SpanWriter, task: TaskTimeline, place: Place & { lone?: Belonging }): void {
  if (task.child !== undefined) return; // The execution span of a child PipelineRun is the task's span.
  const subject = subjectOf(task, place.identity);
  const identity = {
    ...place.identity,
    "tekton.pipeline_task.name": task.name,
    [subject.type === "customrun" ? "tekton.customrun.name" : "tekton.taskrun.name"]: subject.name,
  };
  const spanId = deriveSpanId({ uid: subject.uid, role: subject.type });
  const [only, ...retries] = task.attempts;
  const span = writer.add(
    {
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
        ...defined({
          "tekton.message": task.outcome.message,
          "tekton.task.name": subject.taskName,
          "tekton.display_name": task.displayName,
          "tekton.member_of": task.memberOf,
          "tekton.matrix": task.matrix.length > 0 ? task.matrix : undefined,
          "tekton.retries": retries.length > 0 ? BigInt(retries.length) : undefined,
          "throughline.inferred": subject.inferred || undefined,
        }),
        ...(only !== undefined && retries.length === 0 ? podAttributes(only) : {}),
        ...doubtAttributes(task.doubts, place.lone),
        ...resultAttributes(subject.results),
      },
    },
    task,
  );
  const below = { identity, parent: { spanId, remote: false }, uid: subject.uid };
  if (only !== undefined && retries.length === 0) {
    // A single attempt is the TaskRun itself; only retries make attempts worth a span.
    writer.spanOf.set(only, span);
    writeInside(writer, only, below);
  } else {
    for (const attempt of task.attempts) writeAttempt(writer, attempt, below);
  }
}

interface TaskSubject {
  type: "taskrun" | "customrun";
  name: string;
  uid: string;
  taskName?: string;
  inferred: boolean;
  results: readonly TaskResult[];
}

function subjectOf({ member, attempts }: TaskTimeline, identity: Attributes): TaskSubject {
  if (member.kind === "task") {
    const { meta, taskName } = member.task.taskRun;
    return {
      type: "taskrun",
      name: meta.name,
      uid: meta.uid,
      taskName: taskName ?? meta.labels["tekton.dev/task"],
      inferred: member.task.inferred,
      results: attempts.at(-1)?.results ?? [],
    };
  }
  if (member.kind === "custom") {
    const { meta, results } = member.customRun;
    return { type: "customrun", name: meta.name, uid: meta.uid, inferred: false, results };
  }
  const { kind, name } = member.kind === "unseen" ? member.reference : { kind: "PipelineRun", name: "" };
  const namespace = String(identity["k8s.namespace.name"] ?? "");
  const uid = standInUid({ kind, namespace, name, creationTimestamp: "" });
  return { type: kind === "CustomRun" ? "customrun" : "taskrun", name, uid, inferred: true, results: [] };
}

function linksOf({ member }: TaskTimeline, traceId: string): SpanLink[] {
  return member.kind === "task" ? linksOfTask(member.task.taskRun, traceId) : [];
}

type Inside = Required<Place> & { uid: string };

function writeAttempt(writer: SpanWriter, attempt: AttemptTimeline, { identity, parent, uid }: Inside): void {
  const { number } = attempt;
  const spanId = deriveSpanId({ uid, role: "attempt", attempt: number });
  writer.add(
    {
      spanId,
      parent,
      name: `attempt ${number}`,
      interval: attempt.interval,
      outcome: attempt.outcome,
      links: number > 1 ? [previousAttempt(writer, uid, number)] : [],
      events: warningEvents(attempt.warnings, attempt.interval),
      attributes: {
        "throughline.type": "attempt",
        ...identity,
        "tekton.retry.attempt": BigInt(number),
        ...outcomeAttributes("cicd.pipeline.task.run.result", attempt.outcome),
        ...podAttributes(attempt),
      },
    },
    attempt,
  );
  writeInside(writer, attempt, { identity, parent: { spanId, remote: false }, uid });
}

function previousAttempt({ belonging }: SpanWriter, uid: string, number: number): SpanLink {
  const spanId = deriveSpanId({ uid, role: "attempt", attempt: number - 1 });
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
  { number, pod }: AttemptTimeline,
  { identity, parent, uid }: Inside,
): void {
  const { kind, container } = phase;
  const failure: Outcome | undefined = phase.failure && {
    errorType: phase.failure.type,
    reason: phase.failure.type,
    message: phase.failure.message,
  };
  writer.add(
    {
      spanId: deriveSpanId({
        uid,
        role: "phase",
        name: container ? `${kind} ${container}` : kind,
        attempt: number,
      }),
      parent,
      name: PHASE_NAMES[kind](container),
      interval: phase.interval,
      outcome: failure,
      attributes: {
        "throughline.type": "phase",
        ...identity,
        ...defined({
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
        }),
      },
    },
    phase,
  );
}

function writeStep(
  writer: SpanWriter,
  timeline: StepTimeline,
  { number, podName }: AttemptTimeline,
  { identity, parent, uid }: Inside,
): void {
  const { step, outcome, interval, neverStarted } = timeline;
  const terminated = step.state.kind === "terminated" ? step.state : undefined;
  writer.add(
    {
      spanId: deriveSpanId({ uid, role: "step", name: step.name, attempt: number }),
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
        ...defined({
          "process.exit.code": terminated && !neverStarted ? BigInt(terminated.exitCode) : undefined,
          "k8s.pod.name": podName,
          "k8s.container.name": step.container,
          "container.id": terminated?.containerId,
          "container.image.name": timeline.image,
          "container.image.id": step.imageId,
          "tekton.step.never_started": neverStarted || undefined,
        }),
        ...resultAttributes(step.results),
      },
    },
    timeline,
  );
}
