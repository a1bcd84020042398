import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { formatDuration } from "../../shared/format.ts";
import { isResultWord, resultLook } from "../../shared/results.ts";

/** What was asked about, with what the trace knows besides the span itself. */
export interface Described {
  span: SpanAnswer;
  /** A result word, or empty where it is not known. */
  result: string;
  isProvisional: boolean;
}

/** What a span is and what came of it, in one sentence for someone who has never seen a trace. */
export function sentenceOf(described: Described): string {
  const { span } = described;
  const write = Object.hasOwn(SENTENCES, typeOf(span)) ? SENTENCES[typeOf(span)] : undefined;
  return (write ?? ownSpan)(described);
}

function typeOf({ attributes }: SpanAnswer): string {
  return attributes["throughline.type"] ?? "";
}

const SENTENCES: Readonly<Record<string, (described: Described) => string>> = {
  pipelinerun: (of) =>
    `The run ${attribute(of, "tekton.pipelinerun.name")} of pipeline ${attribute(of, "tekton.pipeline.name")} ${outcome(of)}${waiting(of)}.`,
  wait: (of) => `${length(of)} from the run's creation until Tekton started it.`,
  execute: (of) => `${length(of)} from the start of the run to its end.`,
  taskrun: task,
  customrun: task,
  attempt: (of) =>
    `Attempt ${attribute(of, "tekton.retry.attempt")} of task ${attribute(of, "tekton.pipeline_task.name")} ${outcome(of)}${onNode(of)}${waiting(of)}.`,
  step,
  phase,
  skipped: (of) => `Task ${attribute(of, "tekton.pipeline_task.name")} was skipped${reason(of)}.`,
  reconcile: (of) =>
    `The reconciler${ofObject(of)} was in ${of.span.name} for ${formatDuration(of.span.durationMs)}${of.span.status === "error" ? " and failed" : ""}.`,
};

function step(of: Described): string {
  const subject = `Step ${attribute(of, "tekton.step.name")}${ofTask(of)}`;
  if (of.span.attributes["tekton.step.never_started"] !== "true")
    return `${subject} ${outcome(of)}${exitCode(of)}.`;
  return of.isProvisional
    ? `${subject} has not begun yet${reason(of)}.`
    : `${subject} was stopped before it had begun.`;
}

/** A reconciler of PipelineRuns names the TaskRuns it makes too. */
function ofObject({ span }: Described): string {
  const run = span.attributes["tekton.pipelinerun.name"];
  const taskRun = span.attributes["tekton.taskrun.name"];
  if (taskRun !== undefined && (run === undefined || span.service.startsWith("taskrun")))
    return ` of TaskRun ${taskRun}`;
  return run === undefined ? "" : ` of PipelineRun ${run}`;
}

function task(of: Described): string {
  return `Task ${of.span.attributes["tekton.pipeline_task.name"] ?? of.span.name} ${outcome(of)}${onNode(of)}${waiting(of)}.`;
}

function phase(of: Described): string {
  const image = of.span.attributes["container.image.name"];
  switch (of.span.attributes["tekton.phase"]) {
    case "schedule":
      return `${length(of)} until a node was found for the pod${onNode(of, ":")}.`;
    case "pull":
      return `${length(of)} pulling ${image ?? "an image"}${onNode(of)}.`;
    default:
      return `${length(of)} in the init container ${attribute(of, "k8s.container.name")}, which prepares the pod.`;
  }
}

/** What a program inside a step did. */
function ownSpan(of: Described): string {
  const { span, isProvisional, result } = of;
  if ("process.exit.code" in span.attributes || "process.command_args" in span.attributes) return command(of);
  const failed = span.status === "error" || result === "failure" ? " and failed" : "";
  return `${span.name} of service ${span.service} took ${formatDuration(span.durationMs)}${isProvisional ? " so far" : failed}.`;
}

/** A command that was run with a wrapper, which names the way it failed in `error.type`. */
function command(of: Described): string {
  const { span, isProvisional } = of;
  const time = formatDuration(span.durationMs);
  const type = span.attributes["error.type"] ?? "";
  const subject = `The command ${span.name}`;
  if (isProvisional) return `${subject} has been running for ${time}.`;
  if (Object.hasOwn(NOT_STARTED, type)) return `${subject} could not be started: ${NOT_STARTED[type]}.`;
  if (/^SIG[A-Z0-9]+$/.test(type)) return `${subject} was ended by ${type} after ${time}.`;
  return span.status === "error" || exitCode(of) !== ""
    ? `${subject} failed after ${time}${exitCode(of)}.`
    : `${subject} succeeded in ${time}.`;
}

const NOT_STARTED: Readonly<Record<string, string>> = {
  not_found: "it was not found",
  not_executable: "it cannot be executed",
};

function outcome({ span, result, isProvisional }: Described): string {
  const time = formatDuration(span.durationMs);
  if (isProvisional) return `has been running for ${time}${holdUp(span)}`;
  if (!isResultWord(result)) return `took ${time}`;
  const word = resultLook(result).word;
  if (result === "error") return `ended in an error after ${time}`;
  const verb = result === "cancellation" || result === "skip" ? `was ${word}` : word;
  return `${verb} ${result === "success" ? "in" : "after"} ${time}`;
}

/** Why what runs does not get on: its reason, unless that only says that it runs. */
function holdUp({ attributes }: SpanAnswer): string {
  const why = attributes["tekton.reason"] ?? "";
  return why === "" || why === "Running" || why === "Started" ? "" : ` (${why})`;
}

function waiting({ span }: Described): string {
  const waitMs = Number(span.attributes["throughline.wait_ns"] ?? "0") / 1e6;
  return waitMs >= 1 ? `, ${formatDuration(waitMs)} of it waiting` : "";
}

function exitCode({ span, isProvisional }: Described): string {
  const code = span.attributes["process.exit.code"];
  return code === undefined || code === "0" || isProvisional ? "" : ` with exit code ${code}`;
}

function reason({ span }: Described): string {
  const why = span.attributes["tekton.reason"];
  return why === undefined || why === "" ? "" : `: ${why}`;
}

function onNode({ span }: Described, joint = " on"): string {
  const node = span.attributes["k8s.node.name"];
  return node === undefined ? "" : `${joint} ${node}`;
}

function ofTask({ span }: Described): string {
  const name = span.attributes["tekton.pipeline_task.name"] ?? span.attributes["tekton.taskrun.name"];
  return name === undefined ? "" : ` of task ${name}`;
}

function length({ span, isProvisional }: Described): string {
  return `${formatDuration(span.durationMs)}${isProvisional ? " so far," : ""}`;
}

function attribute({ span }: Described, key: string): string {
  return span.attributes[key] ?? "(unnamed)";
}
