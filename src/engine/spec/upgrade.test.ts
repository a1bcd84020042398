import { describe, expect, it } from "vitest";
import { upgradeObject } from "./upgrade.ts";

const beta = (kind: string, fields: object) => ({
  apiVersion: "tekton.dev/v1beta1",
  kind,
  metadata: { name: "n" },
  ...fields,
});

describe("objects of older API versions", () => {
  it("become v1 Tasks with their resources renamed", () => {
    const resources = { limits: { cpu: "1" } };
    const spec = {
      params: [{ name: "p" }],
      stepTemplate: { resources },
      steps: [{ name: "s", resources }],
      sidecars: [{ name: "c", resources }],
      resources: { inputs: [] },
    };
    expect(upgradeObject(beta("Task", { spec }))).toEqual({
      apiVersion: "tekton.dev/v1",
      kind: "Task",
      metadata: { name: "n" },
      spec: {
        params: [{ name: "p" }],
        stepTemplate: { computeResources: resources },
        steps: [{ name: "s", computeResources: resources }],
        sidecars: [{ name: "c", computeResources: resources }],
      },
    });
  });

  it("become v1 PipelineRuns with their settings gathered", () => {
    const spec = {
      pipelineRef: { name: "p", bundle: "registry/bundle" },
      serviceAccountName: "robot",
      podTemplate: { nodeSelector: {} },
      timeout: "1h",
      taskRunSpecs: [{ pipelineTaskName: "t", taskServiceAccountName: "a", taskPodTemplate: {} }],
    };
    expect(
      upgradeObject(beta("PipelineRun", { spec, status: { pipelineResults: [], taskRuns: {} } })),
    ).toMatchObject({
      spec: {
        pipelineRef: {
          resolver: "bundles",
          params: [
            { name: "bundle", value: "registry/bundle" },
            { name: "name", value: "p" },
            { name: "kind", value: "Pipeline" },
          ],
        },
        taskRunTemplate: { serviceAccountName: "robot", podTemplate: { nodeSelector: {} } },
        timeouts: { pipeline: "1h" },
        taskRunSpecs: [{ pipelineTaskName: "t", serviceAccountName: "a", podTemplate: {} }],
      },
      status: { results: [] },
    });
  });

  it("become v1 TaskRuns and Pipelines down to their inline specs", () => {
    const taskSpec = { steps: [{ resources: {} }] };
    const upgradedSpec = { steps: [{ computeResources: {} }] };
    const run = {
      spec: { taskSpec, stepOverrides: [{ name: "s", resources: {} }] },
      status: { taskResults: [1], taskSpec },
    };
    expect(upgradeObject(beta("TaskRun", run))).toMatchObject({
      spec: { taskSpec: upgradedSpec, stepSpecs: [{ name: "s", computeResources: {} }] },
      status: { results: [1], taskSpec: upgradedSpec },
    });
    const pipeline = {
      tasks: [{ name: "t", taskSpec }],
      finally: [{ name: "f", taskRef: { bundle: "b", name: "x" } }],
    };
    expect(upgradeObject(beta("Pipeline", { spec: pipeline }))).toMatchObject({
      spec: { tasks: [{ taskSpec: upgradedSpec }], finally: [{ taskRef: { resolver: "bundles" } }] },
    });
  });

  it("stay as they are when they are not older", () => {
    const objects = [
      { apiVersion: "tekton.dev/v1", kind: "Task", metadata: { name: "n" } },
      beta("CustomRun", { spec: {} }),
      beta("StepAction", { spec: {} }),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "n" } },
    ];
    for (const object of objects) expect(upgradeObject(object)).toBe(object);
    const alpha = { apiVersion: "tekton.dev/v1alpha1", kind: "StepAction", metadata: { name: "n" } };
    expect(upgradeObject(alpha).apiVersion).toBe("tekton.dev/v1beta1");
  });

  it("do not fail on fields of a wrong shape", () => {
    const odd = beta("PipelineRun", {
      spec: { pipelineSpec: { tasks: ["x", null, 3], finally: {} }, taskRunSpecs: "x" },
    });
    expect(upgradeObject(odd)).toMatchObject({ spec: { pipelineSpec: { tasks: ["x", null, 3] } } });
    expect(upgradeObject(beta("Task", { spec: null }))).toMatchObject({ apiVersion: "tekton.dev/v1" });
  });
});
