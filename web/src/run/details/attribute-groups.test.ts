import { describe, expect, it } from "vitest";
import { groupAttributes } from "./attribute-groups.ts";

describe("attributes", () => {
  it("are grouped by what they are about, a program's own first", () => {
    const groups = groupAttributes({
      attributes: {
        "throughline.type": "step",
        "tekton.step.name": "test",
        "tekton.pipelinerun.name": "build-x7",
        "http.route": "/cart",
        "k8s.pod.name": "build-x7-pod",
      },
      resource: { "service.name": "tekton", "vcs.ref.head.name": "main" },
    });
    expect(groups.map(({ title, attributes }) => [title, attributes.map(({ key }) => key)])).toEqual([
      ["Attributes", ["http.route"]],
      ["Step", ["tekton.step.name"]],
      ["Run", ["tekton.pipelinerun.name"]],
      ["Pod", ["k8s.pod.name"]],
      ["Source", ["vcs.ref.head.name"]],
      ["Throughline", ["throughline.type"]],
      ["Resource", ["service.name"]],
    ]);
  });

  it("are said once where span and resource say the same, and twice where they differ", () => {
    const groups = groupAttributes({
      attributes: { "k8s.namespace.name": "ci", "k8s.node.name": "a" },
      resource: { "k8s.namespace.name": "ci", "k8s.node.name": "b" },
    });
    expect(groups[0]?.attributes).toEqual([
      { key: "k8s.namespace.name", value: "ci" },
      { key: "k8s.node.name", value: "a" },
      { key: "k8s.node.name", value: "b" },
    ]);
  });
});
