import { describe, expect, it } from "vitest";
import { kindOf } from "./span-kind.ts";

describe("the kind of a span", () => {
  it("is told by its type", () => {
    const types = ["pipelinerun", "wait", "taskrun", "customrun", "attempt", "step", "skipped"];
    expect(types.map((type) => kindOf({ type, name: "", service: "tekton" }))).toEqual([
      "run",
      "wait",
      "task",
      "task",
      "attempt",
      "step",
      "skipped",
    ]);
  });

  it("tells the phases of a pod apart", () => {
    const names = ["schedule", "pull image", "init prepare"];
    expect(names.map((name) => kindOf({ type: "phase", name, service: "tekton" }))).toEqual([
      "schedule",
      "pull",
      "init",
    ]);
  });

  it("is reconciling for what Tekton's own controllers say of their work", () => {
    expect(kindOf({ type: "", name: "createPod", service: "taskrun-reconciler" })).toBe("reconcile");
    expect(kindOf({ type: "reconcile", name: "x", service: "tekton" })).toBe("reconcile");
  });

  it("is inner for whatever a step runs, also where its type is a word of JavaScript", () => {
    expect(kindOf({ type: "", name: "go test", service: "go" })).toBe("inner");
    expect(kindOf({ type: "constructor", name: "", service: "" })).toBe("inner");
  });
});
