/**
 * Spans of made-up runs, as the trace model of docs/trace-model.md would tell them: 50 for each run (the run, wait and
 * execute, 8 TaskRuns, 39 phases and steps), 12 resource attributes, about 10 attributes and one event on each span. What has
 * many values in real life has many here: UIDs, names of runs and Pods, commits, container ids, times.
 *
 * The model itself would say a little more (images, display names, results). What the questions are about is all there.
 */
import { encodeJson, encodeProtobuf } from "../../src/otlp/index.ts";
import {
  type Attributes,
  type ResourceSpans,
  type Span,
  SpanKind,
  StatusCode,
} from "../../src/trace/index.ts";
import { type Dice, seededDice } from "./dice.ts";
import { type Period, type RunStory, runStory, type TaskStory } from "./run-story.ts";

export const SPANS_PER_RUN = 50;
const NANOS_PER_MICRO = 1_000n;
const SAMPLED = 0x01;
const PARENT_IS_LOCAL = 0x100;

/** The spans of run number `index` of a period: always the same. */
export function runSpans(index: number, period: Period): ResourceSpans {
  const story = runStory(index, period);
  return {
    resource: resourceOf(story),
    scope: { name: "throughline", version: "0.1.0" },
    spans: spansOf(story, seededDice(`spans of run ${index}`)),
  };
}

/** The trace id of that run: its UID without dashes. */
export function runTraceId(index: number, period: Period): string {
  return traceIdOf(runStory(index, period));
}

/** An `ExportTraceServiceRequest` with the runs from number `from`, in time order. */
export function traceRequest({
  from,
  runs,
  period,
  format,
}: {
  from: number;
  runs: number;
  period: Period;
  format: "protobuf" | "json";
}): Buffer {
  const spans = Array.from({ length: runs }, (_, position) => runSpans(from + position, period));
  return Buffer.from(format === "json" ? encodeJson(spans) : encodeProtobuf(spans));
}

function traceIdOf({ uid }: RunStory): string {
  return uid.replaceAll("-", "");
}

function resourceOf(story: RunStory): Attributes {
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

interface Made {
  name: string;
  parent?: Span;
  fromUs: number;
  toUs: number;
  attributes: Attributes;
  event: { name: string; atUs: number; attributes: Attributes };
  /** Of a failure. */
  message?: string;
}

function spansOf(story: RunStory, dice: Dice): Span[] {
  const make = (made: Made) => spanOf(made, story, dice);
  const run = make(runSpan(story));
  const timings = timingSpans(story).map((timing) => make({ ...timing, parent: run }));
  const tasks = story.tasks.flatMap((task) => {
    const taskRun = make({ ...taskSpan(story, task), parent: run });
    const within = [...phaseSpans(task), ...stepSpans(task)].map((inner) =>
      make({ ...inner, attributes: { ...taskNames(story, task), ...inner.attributes }, parent: taskRun }),
    );
    return [taskRun, ...within];
  });
  return [run, ...timings, ...tasks];
}

function spanOf(made: Made, story: RunStory, dice: Dice): Span {
  const at = (us: number) => story.startNs + BigInt(us) * NANOS_PER_MICRO;
  return {
    traceId: traceIdOf(story),
    spanId: dice.hex(8),
    parentSpanId: made.parent?.spanId,
    flags: made.parent === undefined ? SAMPLED : SAMPLED | PARENT_IS_LOCAL,
    name: made.name,
    kind: made.parent === undefined ? SpanKind.server : SpanKind.internal,
    startNs: at(made.fromUs),
    endNs: at(made.toUs),
    attributes: { ...runNames(story), ...made.attributes },
    events: [{ name: made.event.name, timeNs: at(made.event.atUs), attributes: made.event.attributes }],
    links: [],
    statusCode: made.message === undefined ? StatusCode.unset : StatusCode.error,
    statusMessage: made.message,
  };
}

function runNames({ namespace, pipeline, name }: RunStory): Attributes {
  return {
    "k8s.namespace.name": namespace,
    "tekton.pipeline.name": pipeline,
    "tekton.pipelinerun.name": name,
  };
}

function taskNames({ name }: RunStory, task: TaskStory): Attributes {
  return {
    "tekton.pipeline_task.name": task.name,
    "tekton.taskrun.name": `${name}-${task.name}`,
    "k8s.pod.name": `${name}-${task.name}-pod`,
  };
}

function runSpan(story: RunStory): Made {
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

const SECOND_US = 1_000_000;

function timingSpans(story: RunStory): Made[] {
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

function taskSpan(story: RunStory, task: TaskStory): Made {
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

function phaseSpans(task: TaskStory): Made[] {
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
): Made {
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

function stepSpans(task: TaskStory): Made[] {
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
