/**
 * Every span and attribute of the trace model, in words. The tables in docs/trace-model.md are written from here,
 * and a test holds that the model emits exactly what is listed.
 */

export type SpanType =
  | "pipelinerun"
  | "wait"
  | "execute"
  | "taskrun"
  | "customrun"
  | "attempt"
  | "phase"
  | "step"
  | "skipped";

export interface SpanEntry {
  type: SpanType;
  name: string;
  interval: string;
  parent: string;
  /** The subject its id is derived from, after `throughline/v1|`. */
  id: string;
}

export const SPANS: readonly SpanEntry[] = [
  {
    type: "pipelinerun",
    name: "`{action} {pipeline}`, kind SERVER",
    interval: "creation → completion",
    parent: "the context the run belongs to; for a pipeline in a pipeline, the owner's span",
    id: "`{run uid}\\|pipelinerun`",
  },
  {
    type: "wait",
    name: "`wait_duration`",
    interval: "creation → start",
    parent: "the remote context, else the run's span",
    id: "`{run uid}\\|wait`",
  },
  {
    type: "execute",
    name: "`execute_duration`",
    interval: "start → completion",
    parent: "the remote context, else the run's span",
    id: "`{run uid}\\|execute`",
  },
  {
    type: "taskrun",
    name: "pipeline task; the Task's name for a TaskRun of its own",
    interval: "creation → completion",
    parent: "the run's span; the context of a TaskRun of its own",
    id: "`{taskrun uid}\\|taskrun`",
  },
  {
    type: "customrun",
    name: "pipeline task",
    interval: "creation → completion",
    parent: "the run's span",
    id: "`{customrun uid}\\|customrun`",
  },
  {
    type: "attempt",
    name: "`attempt {n}`, from 1; only where a task was retried; links to the attempt before",
    interval: "the attempt's start → completion; the first from creation",
    parent: "the task's span",
    id: "`{taskrun uid}\\|attempt\\|{n}`",
  },
  {
    type: "phase",
    name: "`schedule`, `pull image`, `init {container}`",
    interval: "pod conditions, container states, Events",
    parent: "the attempt's span, else the task's",
    id: "`{taskrun uid}\\|phase\\|schedule\\|{n}`, `…\\|pull {container}\\|{n}`, `…\\|init {container}\\|{n}`",
  },
  {
    type: "step",
    name: "`step {name}`",
    interval: "start of the command, to the millisecond where the Pod is in the input → end",
    parent: "the attempt's span, else the task's",
    id: "`{taskrun uid}\\|step\\|{name}\\|{n}`",
  },
  {
    type: "skipped",
    name: "pipeline task",
    interval: "no length, where the last task it waited for ended",
    parent: "the run's span",
    id: "`{run uid}\\|skipped\\|{pipeline task}`",
  },
];

export interface AttributeEntry {
  /** A name in braces stands for any. */
  key: string;
  type: "string" | "int" | "boolean" | "string[]";
  on: readonly SpanType[] | "every span" | "resource";
  meaning: string;
}

const RUN: readonly SpanType[] = ["pipelinerun"];
const TASKS: readonly SpanType[] = ["taskrun", "customrun"];
const IN_TASKS: readonly SpanType[] = ["taskrun", "customrun", "attempt", "phase", "step"];
const IN_ATTEMPTS: readonly SpanType[] = ["attempt", "phase", "step"];

export const ATTRIBUTES: readonly AttributeEntry[] = [
  { key: "service.name", type: "string", on: "resource", meaning: "`tekton`, or `OTEL_SERVICE_NAME`" },
  { key: "cicd.pipeline.name", type: "string", on: "resource", meaning: "name of the pipeline" },
  { key: "cicd.pipeline.run.id", type: "string", on: "resource", meaning: "UID of the PipelineRun" },
  {
    key: "cicd.pipeline.run.url.full",
    type: "string",
    on: "resource",
    meaning: "where Pipelines-as-Code shows the run",
  },
  { key: "k8s.namespace.name", type: "string", on: "resource", meaning: "namespace of the run" },
  {
    key: "vcs.provider.name",
    type: "string",
    on: "resource",
    meaning: "`github`, `gitlab`, `gitea`, `bitbucket`",
  },
  {
    key: "vcs.owner.name",
    type: "string",
    on: "resource",
    meaning: "organisation or user that owns the repository",
  },
  { key: "vcs.repository.name", type: "string", on: "resource", meaning: "name of the repository" },
  { key: "vcs.repository.url.full", type: "string", on: "resource", meaning: "its URL, without `.git`" },
  { key: "vcs.ref.head.name", type: "string", on: "resource", meaning: "branch or tag that was built" },
  { key: "vcs.ref.head.type", type: "string", on: "resource", meaning: "`branch` or `tag`" },
  { key: "vcs.ref.head.revision", type: "string", on: "resource", meaning: "commit that was built" },
  {
    key: "vcs.ref.base.name",
    type: "string",
    on: "resource",
    meaning: "branch a change is to be merged into",
  },
  { key: "vcs.change.id", type: "string", on: "resource", meaning: "number of the pull or merge request" },
  {
    key: "pipelinesascode.tekton.dev.event_type",
    type: "string",
    on: "resource",
    meaning: "event that started the run, e.g. `push`",
  },
  {
    key: "pipelinesascode.tekton.dev.sender",
    type: "string",
    on: "resource",
    meaning: "who caused that event",
  },
  {
    key: "delivery.tekton.dev.application",
    type: "string",
    on: "resource",
    meaning: "application, from Konflux labels",
  },
  {
    key: "delivery.tekton.dev.component",
    type: "string",
    on: "resource",
    meaning: "component, from Konflux labels",
  },

  { key: "throughline.type", type: "string", on: "every span", meaning: "what the span is: the types above" },
  { key: "k8s.namespace.name", type: "string", on: "every span", meaning: "namespace" },
  {
    key: "throughline.time.resolution",
    type: "string",
    on: "every span",
    meaning: "`s` where start or end is known to the second only, `unknown` where neither is known at all",
  },
  {
    key: "throughline.provisional",
    type: "boolean",
    on: "every span",
    meaning: "not over yet: the end is the last moment the input knows of",
  },
  {
    key: "tekton.raw.start_time",
    type: "string",
    on: "every span",
    meaning: "start the objects tell, where it lies outside the parent",
  },
  {
    key: "tekton.raw.end_time",
    type: "string",
    on: "every span",
    meaning: "end the objects tell, where it lies outside the parent",
  },
  {
    key: "throughline.critical_path_ns",
    type: "int",
    on: "every span",
    meaning: "the span's own share of its run's critical path, in nanoseconds",
  },
  {
    key: "throughline.task.critical_path_ns",
    type: "int",
    on: ["pipelinerun", ...TASKS],
    meaning:
      "nanoseconds that the task, with all below it, was on its run's critical path; absent where it was not. On a pipeline in a pipeline: on its owner's",
  },
  {
    key: "throughline.wait_ns",
    type: "int",
    on: ["pipelinerun", ...TASKS, "attempt"],
    meaning:
      "nanoseconds of waiting: on a run, those of its critical path; on a task, those before the first step of each attempt; absent where the inside of a task is not known",
  },
  { key: "tekton.pipeline.name", type: "string", on: "every span", meaning: "name of the pipeline" },
  { key: "tekton.pipelinerun.name", type: "string", on: "every span", meaning: "name of the PipelineRun" },
  {
    key: "tekton.pipeline_task.name",
    type: "string",
    on: ["pipelinerun", ...IN_TASKS, "skipped"],
    meaning: "name of the task in the pipeline",
  },
  {
    key: "tekton.taskrun.name",
    type: "string",
    on: ["taskrun", "attempt", "phase", "step"],
    meaning: "name of the TaskRun",
  },
  { key: "tekton.customrun.name", type: "string", on: ["customrun"], meaning: "name of the CustomRun" },
  {
    key: "tekton.task.name",
    type: "string",
    on: ["taskrun"],
    meaning: "name of the Task it runs; absent for an inline one",
  },
  {
    key: "tekton.step.name",
    type: "string",
    on: ["step"],
    meaning: "name of the step, `unnamed-{index}` where it has none",
  },
  {
    key: "tekton.reason",
    type: "string",
    on: ["pipelinerun", "execute", "taskrun", "customrun", "attempt", "phase", "step", "skipped"],
    meaning: "Tekton's reason for the state: of the condition, of the step's end, of the skip",
  },
  {
    key: "tekton.message",
    type: "string",
    on: ["pipelinerun", "taskrun", "customrun"],
    meaning: "message of the condition",
  },
  {
    key: "error.type",
    type: "string",
    on: ["pipelinerun", "execute", "taskrun", "customrun", "attempt", "phase", "step"],
    meaning: "present exactly when the status is Error: the reason, or `exit_code_{n}` on a step",
  },
  {
    key: "cicd.pipeline.action.name",
    type: "string",
    on: RUN,
    meaning: "`BUILD` for Konflux build pipelines, else `RUN`",
  },
  {
    key: "cicd.pipeline.result",
    type: "string",
    on: ["pipelinerun", "execute"],
    meaning: "`success`, `failure`, `error`, `timeout`, `cancellation`",
  },
  { key: "tekton.failed.task", type: "string", on: RUN, meaning: "task that failed first" },
  { key: "tekton.failed.step", type: "string", on: RUN, meaning: "step that failed first" },
  {
    key: "throughline.context.invalid",
    type: "string[]",
    on: ["pipelinerun", "taskrun"],
    meaning: "carriers of trace context that could not be read, and why",
  },
  {
    key: "throughline.inferred",
    type: "boolean",
    on: ["pipelinerun", "taskrun"],
    meaning: "the object is not in the input: the span is made of what others say of it",
  },
  {
    key: "throughline.uncertain",
    type: "string[]",
    on: ["pipelinerun", "taskrun", "customrun"],
    meaning: "what the input leaves open or contradicts, in words",
  },
  {
    key: "tekton.result.{name}",
    type: "string",
    on: ["pipelinerun", "taskrun", "customrun", "step"],
    meaning:
      "result of that name, at most 32 of 1,024 bytes each; `[redacted]` where the name speaks of a secret",
  },
  {
    key: "cicd.pipeline.task.name",
    type: "string",
    on: ["pipelinerun", ...TASKS, "skipped"],
    meaning: "name of the task in the pipeline",
  },
  { key: "cicd.pipeline.task.run.id", type: "string", on: TASKS, meaning: "UID of the TaskRun or CustomRun" },
  {
    key: "cicd.pipeline.task.run.result",
    type: "string",
    on: [...TASKS, "attempt", "skipped"],
    meaning: "`success`, `failure`, `error`, `timeout`, `cancellation`, `skip`",
  },
  { key: "tekton.display_name", type: "string", on: TASKS, meaning: "display name of the task" },
  {
    key: "tekton.member_of",
    type: "string",
    on: ["pipelinerun", ...TASKS, "skipped"],
    meaning: "`tasks` or `finally`",
  },
  {
    key: "tekton.pipeline_task.after",
    type: "string[]",
    on: ["pipelinerun", ...TASKS, "skipped"],
    meaning:
      "names of the tasks it had to wait for by the pipeline's graph; absent for `finally`, which waits for all of `tasks`",
  },
  {
    key: "tekton.matrix",
    type: "string[]",
    on: ["taskrun"],
    meaning: "the combination of a matrix, `param=value` each, secrets redacted by name",
  },
  { key: "tekton.retries", type: "int", on: ["taskrun"], meaning: "how often it was retried, where it was" },
  { key: "tekton.retry.attempt", type: "int", on: IN_ATTEMPTS, meaning: "number of the attempt, from 1" },
  {
    key: "k8s.pod.name",
    type: "string",
    on: ["taskrun", "attempt", "phase", "step"],
    meaning: "Pod of the attempt",
  },
  { key: "k8s.pod.uid", type: "string", on: ["taskrun", "attempt"], meaning: "its UID" },
  { key: "k8s.node.name", type: "string", on: ["taskrun", "attempt", "phase"], meaning: "node it ran on" },
  { key: "tekton.phase", type: "string", on: ["phase"], meaning: "`schedule`, `pull`, `init`" },
  { key: "k8s.container.name", type: "string", on: ["phase", "step"], meaning: "container in the Pod" },
  { key: "container.id", type: "string", on: ["step"], meaning: "id the container runtime gave" },
  {
    key: "container.image.name",
    type: "string",
    on: ["phase", "step"],
    meaning: "image as the Pod names it",
  },
  { key: "container.image.id", type: "string", on: ["step"], meaning: "digest of the image" },
  {
    key: "tekton.pull.transfer_ns",
    type: "int",
    on: ["phase"],
    meaning: "nanoseconds of the pull without waiting for other pulls",
  },
  { key: "tekton.pull.size_bytes", type: "int", on: ["phase"], meaning: "size of the image in bytes" },
  {
    key: "process.exit.code",
    type: "int",
    on: ["phase", "step"],
    meaning: "exit code of the container's command",
  },
  {
    key: "tekton.step.result",
    type: "string",
    on: ["step"],
    meaning: "`success`, `failure`, `error`, `timeout`, `cancellation`, `skip`",
  },
  {
    key: "tekton.step.never_started",
    type: "boolean",
    on: ["step"],
    meaning: "stopped before it had begun; the span has no length",
  },
];
