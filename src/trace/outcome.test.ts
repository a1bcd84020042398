import { describe, expect, it } from "vitest";
import { outcomeOfCondition, outcomeOfStep } from "./outcome.ts";

describe("the outcome of a run", () => {
  it.each([
    ["True", "Succeeded", "success", undefined],
    ["True", "Completed", "success", undefined],
    ["False", "Failed", "failure", "Failed"],
    ["False", "StepFailed", "failure", "StepFailed"],
    ["False", "FailureIgnored", "failure", "FailureIgnored"],
    ["False", "StepOOM", "error", "StepOOM"],
    ["False", "PodEvicted", "error", "PodEvicted"],
    ["False", "TaskRunImagePullFailed", "error", "TaskRunImagePullFailed"],
    ["False", "PipelineValidationFailed", "error", "PipelineValidationFailed"],
    ["False", "PipelineRunTimeout", "timeout", "PipelineRunTimeout"],
    ["False", "CustomRunTimedOut", "timeout", "CustomRunTimedOut"],
    ["False", "Cancelled", "cancellation", undefined],
    ["False", "TaskRunCancelled", "cancellation", undefined],
    ["False", "StoppedRunningFinally", "cancellation", undefined],
    ["False", "", "error", "_OTHER"],
    ["Unknown", "Running", undefined, undefined],
  ] as const)("%s/%s is %s", (status, reason, result, errorType) => {
    expect(outcomeOfCondition({ status, reason, message: "" })).toEqual({
      result,
      errorType,
      reason,
      message: "",
    });
  });

  it("is a timeout where the PipelineRun ran out of time and took the TaskRun with it", () => {
    const condition = { status: "False", reason: "TaskRunCancelled", message: "" } as const;
    const message = "TaskRun cancelled as the PipelineRun it belongs to has timed out.";
    expect(outcomeOfCondition(condition, message).result).toBe("timeout");
  });

  it("is open where there is no condition yet", () => {
    expect(outcomeOfCondition(undefined)).toEqual({ reason: "", message: "" });
  });
});

describe("the outcome of a step", () => {
  const step = (exitCode: number, reason: string, terminationReason?: string, message = "") =>
    outcomeOfStep({
      name: "s",
      container: "step-s",
      results: [],
      terminationReason,
      state: { kind: "terminated", exitCode, reason, message },
    });

  it.each([
    [0, "Completed", "Completed", "success", undefined],
    [2, "Error", "Error", "failure", "exit_code_2"],
    [137, "OOMKilled", "OOMKilled", "error", "OOMKilled"],
    [1, "Error", "Skipped", "skip", undefined],
    [0, "Completed", "Skipped", "skip", undefined],
    [3, "Completed", "Continued", "failure", "exit_code_3"],
    [1, "Error", "TimeoutExceeded", "timeout", "TimeoutExceeded"],
    [9, "Error", "Cancelled", "cancellation", undefined],
    [1, "TaskRunTimeout", undefined, "timeout", "TaskRunTimeout"],
    [1, "TaskRunCancelled", undefined, "cancellation", undefined],
  ] as const)("exit code %d, %s, %s is %s", (exitCode, reason, terminationReason, result, errorType) => {
    const outcome = step(exitCode, reason, terminationReason);
    expect([outcome.result, outcome.errorType]).toEqual([result, errorType]);
  });

  it("tells the exit code and the kubelet's words, and not the entrypoint's JSON", () => {
    expect(step(2, "Error", "Error", '[{"key":"StartedAt"}]').message).toBe("exited with code 2");
    expect(step(128, "ContainerCannotRun", undefined, "no such file").message).toBe(
      "exited with code 128 (ContainerCannotRun): no such file",
    );
  });
});
