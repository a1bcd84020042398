/** What the spans of a made-up run say, in the words of the trace model, and from when to when they are. */
import type { Attributes, Span } from "../../src/trace/index.ts";
import type { RunStory, TaskStory } from "./run-story.ts";

const SECOND_US = 1_000_000;
const NANOS_PER_MICRO = 1_000n;

/** A span without its ids. Offsets are microseconds from the run's creation. */
export interface SpanPlan {
  name: string;
  parent?: Span;
  fromUs: number;
  toUs: number;
  attributes: Attributes;
  event: { name: string; atUs: number; attributes: Attributes };
  /** Of a failure. */
  message?: string;
}

/** What all spans of a run share. */
export function resourceOf(story: RunStory): Attributes {
  return {
    "service.name": "tekton",
    "cicd.pipeline.name": story.pipeline,
    "cicd.pipeline.run.id": story.uid,
    "k8s.namespace.name": story.namespace,
    "vcs.owner.name": "acme",
    "vcs.repository.name": story.repository,
    "vcs.repository.url.full": `https://git.example/acme/${story.repository}`,
    "vcs.ref.head.name": story.branch,
    "vcs.ref.head.revision": story.revision,
    "pipelinesascode.tekton.dev.sender": story.sender,
    "delivery.tekton.dev.application": story.namespace.replace("-tenant", "-app"),
    "delivery.tekton.dev.component": story.repository,
  };
}

/** Which run it is of: on every span. */
export function runNames({ namespace, pipeline, name }: RunStory): Attributes {
  return {
    "k8s.namespace.name": namespace,
    "tekton.pipeline.name": pipeline,
    "tekton.pipelinerun.name": name,
  };
}

/** Which task it is of: on the task's span and all below it. */
export function taskNames({ name }: RunStory, task: TaskStory): Attributes {
  return {
    "tekton.pipeline_task.name": task.name,
    "tekton.taskrun.name": `${name}-${task.name}`,
    "k8s.pod.name": `${name}-${task.name}-pod`,
  };
}

export function runSpan(story: RunStory): SpanPlan {
  const critical = story.tasks.filter(({ isCritical }) => isCritical);
  const waitUs = critical.reduce((sum, task) => sum + waitOf(task), SECOND_US);
  const message = messageOf(story.failed);
  return {
    name: `RUN ${story.pipeline}`,
    fromUs: 0,
    toUs: story.endUs,
    attributes: {
      "throughline.type": "pipelinerun",
      "cicd.pipeline.action.name": "RUN",
      "cicd.pipeline.result": message === undefined ? "success" : "failure",
      "tekton.reason": message === undefined ? "Succeeded" : "Failed",
      "throughline.wait_ns": nanos(waitUs),
      "throughline.time.resolution": "s",
      ...(story.failed && {
        "error.type": "Failed",
        "tekton.failed.task": story.failed.name,
        "tekton.failed.step": story.failed.steps.at(-1)?.name ?? "",
      }),
    },
    event: { name: "started", atUs: SECOND_US, attributes: {} },
    message,
  };
}

/** Waiting for a controller, and execution. */
export function timingSpans(story: RunStory): SpanPlan[] {
  const common = { "throughline.time.resolution": "s" };
  const event = { name: "started", atUs: SECOND_US, attributes: {} };
  return [
    {
      name: "wait_duration",
      fromUs: 0,
      toUs: SECOND_US,
      attributes: { "throughline.type": "wait", ...common },
      event,
    },
    {
      name: "execute_duration",
      fromUs: SECOND_US,
      toUs: story.endUs,
      attributes: { "throughline.type": "execute", ...common },
      event,
    },
  ];
}

export function taskSpan(story: RunStory, task: TaskStory): SpanPlan {
  const message = story.failed === task ? messageOf(task) : undefined;
  return {
    name: task.name,
    fromUs: task.startUs,
    toUs: task.endUs,
    attributes: {
      ...taskNames(story, task),
      "throughline.type": "taskrun",
      "cicd.pipeline.task.run.id": task.uid,
      "cicd.pipeline.task.run.result": message === undefined ? "success" : "failure",
      "tekton.reason": message === undefined ? "Succeeded" : "Failed",
      "tekton.member_of": task.isFinally ? "finally" : "tasks",
      ...(task.after.length > 0 && { "tekton.pipeline_task.after": task.after }),
      "k8s.pod.uid": task.podUid,
      "k8s.node.name": task.node,
      "throughline.wait_ns": nanos(waitOf(task)),
      ...(task.isCritical && { "throughline.task.critical_path_ns": nanos(task.endUs - task.startUs) }),
      ...(message !== undefined && { "error.type": "Failed" }),
    },
    event: { name: "started", atUs: task.startUs, attributes: {} },
    message,
  };
}

/** Until the Pod had a node, and its image. */
export function phaseSpans(task: TaskStory): SpanPlan[] {
  const { startUs, scheduledUs, pulledUs } = task;
  const schedule = phaseSpan(task, {
    phase: "schedule",
    name: "schedule",
    fromUs: startUs,
    toUs: scheduledUs,
  });
  if (pulledUs === undefined) return [schedule];
  return [
    schedule,
    phaseSpan(task, { phase: "pull", name: "pull image", fromUs: scheduledUs, toUs: pulledUs }),
  ];
}

function phaseSpan(
  task: TaskStory,
  { phase, name, fromUs, toUs }: { phase: string; name: string; fromUs: number; toUs: number },
): SpanPlan {
  return {
    name,
    fromUs,
    toUs,
    attributes: {
      "throughline.type": "phase",
      "tekton.phase": phase,
      "k8s.node.name": task.node,
      ...criticalShare(task, toUs - fromUs),
    },
    event: { name: "observed", atUs: toUs, attributes: { "tekton.reason": "Normal" } },
  };
}

export function stepSpans(task: TaskStory): SpanPlan[] {
  return task.steps.map(({ name, startUs, endUs, exitCode }) => ({
    name: `step ${name}`,
    fromUs: startUs,
    toUs: endUs,
    attributes: {
      "throughline.type": "step",
      "tekton.step.name": name,
      "tekton.step.result": exitCode === 0 ? "success" : "failure",
      "process.exit.code": BigInt(exitCode),
      ...criticalShare(task, endUs - startUs),
      ...(exitCode !== 0 && { "error.type": `exit_code_${exitCode}` }),
    },
    event: {
      name: "terminated",
      atUs: endUs,
      attributes: { "tekton.reason": exitCode === 0 ? "Completed" : "Error" },
    },
    ...(exitCode !== 0 && { message: `exited with code ${exitCode}` }),
  }));
}

function criticalShare({ isCritical }: TaskStory, us: number): Attributes {
  return isCritical ? { "throughline.critical_path_ns": nanos(us) } : {};
}

/** Until its first step started. */
function waitOf({ startUs, steps }: TaskStory): number {
  return (steps[0]?.startUs ?? startUs) - startUs;
}

function messageOf(task: TaskStory | undefined): string | undefined {
  const step = task?.steps.find(({ exitCode }) => exitCode !== 0);
  return step && `"step-${step.name}" exited with code ${step.exitCode}`;
}

function nanos(us: number): bigint {
  return BigInt(us) * NANOS_PER_MICRO;
}
