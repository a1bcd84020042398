import { describe, expect, it } from "vitest";
import { kubectlCommand } from "./kubectl.ts";

const run = { "k8s.namespace.name": "ci", "tekton.pipelinerun.name": "build-x7" };
const task = { ...run, "tekton.taskrun.name": "build-x7-unit", "k8s.pod.name": "build-x7-unit-pod" };
const command = (attributes: Record<string, string>) => kubectlCommand({ attributes });

describe("the kubectl command for a span", () => {
  it("gets the run or the task", () => {
    expect(command({ ...run, "throughline.type": "pipelinerun" })).toBe(
      "kubectl -n ci get pipelinerun build-x7 -o yaml",
    );
    expect(command({ ...task, "throughline.type": "taskrun" })).toBe(
      "kubectl -n ci get taskrun build-x7-unit -o yaml",
    );
  });

  it("gets the log of a step, by its container where that is known", () => {
    const step = { ...task, "throughline.type": "step", "tekton.step.name": "test" };
    expect(command(step)).toBe("kubectl -n ci logs build-x7-unit-pod -c step-test");
    expect(command({ ...step, "k8s.container.name": "step-unnamed-0" })).toContain("-c step-unnamed-0");
  });

  it("describes the pod that waited for a node", () => {
    expect(command({ ...task, "throughline.type": "phase", "tekton.phase": "schedule" })).toBe(
      "kubectl -n ci describe pod build-x7-unit-pod",
    );
  });

  it("is safe to paste, whatever a trace calls its objects", () => {
    expect(command({ "tekton.pipelinerun.name": "x; rm -rf '/'" })).toBe(
      `kubectl get pipelinerun 'x; rm -rf '\\''/'\\''' -o yaml`,
    );
  });

  it("is none for a span of something else", () => {
    expect(command({ "http.route": "/cart" })).toBeUndefined();
  });
});
