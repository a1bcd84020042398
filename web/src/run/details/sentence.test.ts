import { describe, expect, it } from "vitest";
import { spanFrom } from "./details.testing.ts";
import { sentenceOf } from "./sentence.ts";

function sentence(
  attributes: Record<string, string>,
  more: { result?: string; isProvisional?: boolean; durationMs?: number } = {},
) {
  const { result = "success", isProvisional = false, durationMs = 37_000 } = more;
  return sentenceOf({ span: spanFrom({ attributes, durationMs }), result, isProvisional });
}

const step = { "throughline.type": "step", "tekton.step.name": "test", "tekton.pipeline_task.name": "unit" };
const task = {
  "throughline.type": "taskrun",
  "tekton.pipeline_task.name": "unit",
  "k8s.node.name": "worker-1",
  "throughline.wait_ns": "12000000000",
};

describe("the sentence about a span", () => {
  it("says what came of a command that a step ran", () => {
    const ran = (attributes: Record<string, string>, status: "unset" | "error" = "error") =>
      sentenceOf({
        span: spanFrom({ name: "make", durationMs: 3000, status, attributes }),
        result: "",
        isProvisional: false,
      });
    expect(ran({ "process.exit.code": "0" }, "unset")).toBe("The command make succeeded in 3s.");
    expect(ran({ "process.exit.code": "2", "error.type": "exit_code_2" })).toBe(
      "The command make failed after 3s with exit code 2.",
    );
    expect(ran({ "process.exit.code": "137", "error.type": "SIGKILL" })).toBe(
      "The command make was ended by SIGKILL after 3s.",
    );
    expect(ran({ "process.exit.code": "127", "error.type": "not_found" })).toBe(
      "The command make could not be started: it was not found.",
    );
  });

  it("says what came of a step, and with which exit code it failed", () => {
    expect(sentence(step)).toBe("Step test of task unit succeeded in 37s.");
    expect(sentence({ ...step, "process.exit.code": "2" }, { result: "failure" })).toBe(
      "Step test of task unit failed after 37s with exit code 2.",
    );
    expect(sentence({ ...step, "tekton.step.never_started": "true" })).toBe(
      "Step test of task unit was stopped before it had begun.",
    );
  });

  it("says that a step has not begun, and why", () => {
    const waiting = { ...step, "tekton.step.never_started": "true", "tekton.reason": "PodInitializing" };
    expect(sentence(waiting, { result: "running", isProvisional: true })).toBe(
      "Step test of task unit has not begun yet: PodInitializing.",
    );
    const task = { "throughline.type": "taskrun", "tekton.pipeline_task.name": "unit" };
    const running = { result: "running", isProvisional: true };
    expect(sentence({ ...task, "tekton.reason": "Pending" }, running)).toContain("for 37s (Pending).");
    expect(sentence({ ...task, "tekton.reason": "Running" }, running)).toContain("for 37s.");
  });

  it("says what a reconciler worked on, and that it failed", () => {
    const attributes = {
      "throughline.type": "reconcile",
      "tekton.pipelinerun.name": "build-x7",
      "tekton.taskrun.name": "build-x7-lint",
    };
    const of = (service: string, status: "unset" | "error") =>
      sentenceOf({
        span: spanFrom({ attributes, service, status, name: "createPod", durationMs: 12 }),
        result: "",
        isProvisional: false,
      });
    expect(of("pipelinerun-reconciler", "unset")).toBe(
      "The reconciler of PipelineRun build-x7 was in createPod for 12ms.",
    );
    expect(of("taskrun-reconciler", "error")).toBe(
      "The reconciler of TaskRun build-x7-lint was in createPod for 12ms and failed.",
    );
  });

  it("says how much of a task was waiting, and where it ran", () => {
    expect(sentence(task)).toBe("Task unit succeeded in 37s on worker-1, 12s of it waiting.");
    expect(sentence(task, { result: "timeout" })).toBe(
      "Task unit timed out after 37s on worker-1, 12s of it waiting.",
    );
    expect(sentence(task, { result: "cancellation" })).toContain("was cancelled after 37s");
    expect(sentence(task, { result: "running", isProvisional: true })).toContain("has been running for 37s");
  });

  it("says what a pod was doing before its first step", () => {
    const phase = { "throughline.type": "phase", "k8s.node.name": "worker-1" };
    expect(sentence({ ...phase, "tekton.phase": "schedule" })).toBe(
      "37s until a node was found for the pod: worker-1.",
    );
    expect(sentence({ ...phase, "tekton.phase": "pull", "container.image.name": "golang:1.25" })).toBe(
      "37s pulling golang:1.25 on worker-1.",
    );
  });

  it("says why a task was skipped", () => {
    const skipped = { "throughline.type": "skipped", "tekton.pipeline_task.name": "deploy" };
    expect(
      sentence({ ...skipped, "tekton.reason": "When Expressions evaluated to false" }, { result: "skip" }),
    ).toBe("Task deploy was skipped: When Expressions evaluated to false.");
  });

  it("says what there is to say of a span from somewhere else", () => {
    const span = spanFrom({ name: "GET /cart", service: "shop", durationMs: 12, status: "error" });
    expect(sentenceOf({ span, result: "", isProvisional: false })).toBe(
      "GET /cart of service shop took 12ms and failed.",
    );
    expect(sentence({ "throughline.type": "constructor" })).toContain("of service tekton took 37s");
  });
});
