import type { Condition, Nanos, ObjectMeta, StepState } from "../tekton/index.ts";

/** Values of `cicd.pipeline.result` and `cicd.pipeline.task.run.result` (semantic conventions 1.44, CICD). */
export type Result = "success" | "failure" | "error" | "timeout" | "cancellation" | "skip";

/** How something ended, in the words of the semantic conventions and in Tekton's. */
export interface Outcome {
  /** Absent while it runs, and where nobody can tell. */
  result?: Result;
  /** `error.type`: present exactly when the span's status is Error. */
  errorType?: string;
  /** Tekton's own reason. */
  reason: string;
  message: string;
}

/** A failure of the tool that was run; every other reason a run ends badly is an error of the system or its set-up. */
const FAILURES = new Set(["Failed", "StepFailed", "SidecarFailed", "FailureIgnored", "BuildFailed"]);

/**
 * The outcome a `Succeeded` condition tells. `statusMessage` is `spec.statusMessage`: a TaskRun that Tekton
 * cancels because its PipelineRun ran out of time says so there and nowhere else.
 */
export function outcomeOfCondition(condition: Condition | undefined, statusMessage = ""): Outcome {
  const { status = "Unknown", reason = "", message = "" } = condition ?? {};
  if (status === "Unknown") return { reason, message };
  if (status === "True") return { result: "success", reason, message };
  const result = badResult(reason, statusMessage);
  return result === "cancellation"
    ? { result, reason, message }
    : { result, errorType: reason || "_OTHER", reason, message };
}

/** The outcome of an object: of its condition, unless it was deleted before that said how it ended. */
export function outcomeOfObject(
  { meta, condition }: { meta: ObjectMeta; condition?: Condition },
  statusMessage = "",
): Outcome {
  const outcome = outcomeOfCondition(condition, statusMessage);
  return meta.isDeleted && outcome.result === undefined ? DELETED : outcome;
}

const DELETED: Outcome = {
  result: "error",
  errorType: "Deleted",
  reason: "Deleted",
  message: "it was deleted before it was over",
};

/** When the condition became what it is, where that was the end. */
export function endOfCondition(condition: Condition | undefined): Nanos | undefined {
  return condition?.status === "Unknown" ? undefined : condition?.transitionNs;
}

function badResult(reason: string, statusMessage: string): Result {
  if (reason.includes("Couldnt")) return "error";
  if (/Time(d)?[Oo]ut/.test(reason)) return "timeout";
  if (/Cancelled|StoppedRunningFinally/.test(reason)) {
    return statusMessage.includes("has timed out") ? "timeout" : "cancellation";
  }
  return FAILURES.has(reason) ? "failure" : "error";
}

/** The outcome of a step; see "Status → result mapping" in docs/trace-model.md. */
export function outcomeOfStep({ state, terminationReason }: StepState): Outcome {
  if (state.kind === "waiting") return { reason: state.reason, message: state.message };
  if (state.kind !== "terminated") return { reason: "", message: "" };
  const reason = terminationReason || state.reason;
  const message = describeExit(state.exitCode, state.reason, state.message);
  if (reason === "Skipped") return { result: "skip", reason, message: "" };
  if (state.exitCode === 0) return { result: "success", reason, message: "" };
  if (reason === "TimeoutExceeded")
    return { result: "timeout", errorType: reason, reason, message: "exceeded its timeout" };
  if (/Time(d)?[Oo]ut/.test(reason)) return { result: "timeout", errorType: reason, reason, message };
  if (/Cancelled/.test(reason)) return { result: "cancellation", reason, message };
  if (!COMMAND_REASONS.has(reason)) return { result: "error", errorType: reason, reason, message };
  return { result: "failure", errorType: `exit_code_${state.exitCode}`, reason, message };
}

/** Reasons that mean the command itself ended so; every other (OOMKilled, Evicted…) is somebody else's doing. */
const COMMAND_REASONS = new Set(["", "Error", "Completed", "Continued"]);

/** A step whose turn never came did nothing, whatever Tekton wrote down for it when it stopped the task. */
export function outcomeOfUnstarted({ state, terminationReason }: StepState): Outcome {
  if (state.kind === "waiting") return { reason: state.reason, message: state.message };
  if (state.kind !== "terminated") return { reason: "", message: "" };
  return { result: "skip", reason: terminationReason || state.reason, message: "" };
}

/** A termination message is JSON written by the entrypoint, or prose written by the kubelet. */
function describeExit(exitCode: number, reason: string, terminationMessage: string): string {
  const exit = `exited with code ${exitCode}`;
  const why = reason === "" || reason === "Error" || reason === "Completed" ? exit : `${exit} (${reason})`;
  const prose = terminationMessage.startsWith("[") ? "" : terminationMessage.trim();
  return prose === "" ? why : `${why}: ${prose}`;
}
