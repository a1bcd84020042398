import { describe, expect, it } from "vitest";
import type { PipelineTask, TaskSpec } from "../types/index.ts";
import { joinReplacements, paramReplacements, resultReplacements, textReplacements } from "./replacements.ts";
import { substitutePipelineSpec, substitutePipelineTask } from "./substitute-pipeline.ts";
import { substituteTaskSpec } from "./substitute-task.ts";
import { substituteWorkspaceBindings } from "./substitute-volumes.ts";

const V = "$(params.v)";
const params = paramReplacements(
  new Map<string, string | string[]>([
    ["v", "done"],
    ["list", ["x", "y"]],
  ]),
);

describe("variables in a Task", () => {
  it("are replaced in every field that may have them", () => {
    const container = {
      image: V,
      imagePullPolicy: V,
      command: [V],
      args: ["$(params.list[*])", V],
      workingDir: V,
      env: [
        { name: "E", value: V },
        { name: "S", valueFrom: { secretKeyRef: { name: V, key: V }, configMapKeyRef: { name: V, key: V } } },
      ],
      envFrom: [{ prefix: V, configMapRef: { name: V }, secretRef: { name: V } }],
      volumeMounts: [{ name: V, mountPath: V, subPath: V }],
    };
    const spec: TaskSpec = {
      steps: [
        {
          ...container,
          name: V,
          script: V,
          onError: V,
          when: [{ input: V, operator: "in", values: [V] }],
          params: [{ name: "p", value: V }],
          ref: { resolver: "git", params: [{ name: "revision", value: V }] },
          stdoutConfig: { path: V },
        },
      ],
      sidecars: [{ ...container, name: V, script: V }],
      stepTemplate: container,
      volumes: [
        { name: V, configMap: { name: V, items: [{ key: V, path: V }] } },
        { name: "s", secret: { secretName: V, items: [{ key: V, path: V }] } },
        { name: "c", persistentVolumeClaim: { claimName: V } },
        { name: "p", projected: { sources: [{ configMap: { name: V } }, { secret: { name: V } }] } },
        { name: "d", csi: { driver: V, nodePublishSecretRef: { name: V } } },
      ],
      workspaces: [{ name: "w", mountPath: V }],
    };
    const text = JSON.stringify(substituteTaskSpec(spec, params));
    expect(text).not.toContain("$(");
    expect(text).toContain('"args":["x","y","done"]');
    expect(text).toBe(
      JSON.stringify(spec).replaceAll(V, "done").replaceAll('"$(params.list[*])"', '"x","y"'),
    );
  });

  it("stay in fields that have none", () => {
    const spec: TaskSpec = {
      description: V,
      params: [{ name: "v", default: V }],
      results: [{ name: "r", value: V }],
      steps: [{ timeout: V, computeResources: { limits: { cpu: V } } }],
    };
    expect(substituteTaskSpec(spec, params)).toEqual(spec);
  });
});

describe("variables in a Pipeline", () => {
  it("are replaced in every field of a task that may have them", () => {
    const task: PipelineTask = {
      name: "t",
      displayName: V,
      onError: V,
      params: [{ name: "p", value: V }],
      matrix: {
        params: [{ name: "m", value: "$(params.list[*])" }],
        include: [{ name: "i", params: [{ name: "n", value: V }] }],
      },
      when: [{ input: V, operator: "in", values: [V] }, { cel: `'${V}' == 'done'` }],
      workspaces: [{ name: "w", subPath: V }],
      taskRef: { name: V, params: [{ name: "revision", value: V }] },
      runAfter: [V],
    };
    const [replaced] = substitutePipelineSpec({ tasks: [task] }, params).tasks ?? [];
    expect(replaced?.runAfter).toEqual([V]);
    expect(replaced?.matrix?.params).toEqual([{ name: "m", value: ["x", "y"] }]);
    expect(JSON.stringify({ ...replaced, runAfter: [] })).not.toContain("$(");
  });

  it("are replaced in an inline taskSpec where its pipeline task gives an object without that key", () => {
    const args = ["$(params.repo.url)", "$(params.repo.commit)", "$(params.repo.branch)"];
    const task = substitutePipelineTask(
      {
        name: "task",
        params: [{ name: "repo", value: { url: "inner", branch: "main" } }],
        taskSpec: { steps: [{ args }] },
      },
      paramReplacements(new Map([["repo", { url: "outer", commit: "abc" }]])),
    );
    expect(task.taskSpec?.steps[0]?.args).toEqual(["$(params.repo.url)", "abc", "$(params.repo.branch)"]);
  });

  it("are replaced in an inline taskSpec, but for params that its pipeline task gives", () => {
    const task: PipelineTask = {
      name: "t",
      params: [{ name: "given", value: V }],
      matrix: { params: [{ name: "fanned", value: ["1"] }] },
      taskSpec: {
        params: [{ name: "defaulted", default: "inner" }, { name: "declared" }],
        steps: [
          {
            args: [
              "$(params.given)",
              "$(params.fanned)",
              "$(params.defaulted)",
              "$(params.declared)",
              "$(params.free)",
              "$(params.given[0])",
              "$(tasks.a.results.r)",
              "$(context.pipelineRun.name)",
            ],
          },
        ],
      },
    };
    const names = ["given", "fanned", "defaulted", "declared", "free"];
    const outer = joinReplacements(
      paramReplacements(new Map(names.map((name) => [name, `outer ${name}`]))),
      paramReplacements(new Map([["given", ["element"]]])),
      resultReplacements("tasks", "a", [{ name: "r", value: "result" }]),
      textReplacements({ "context.pipelineRun.name": "run" }),
    );
    const { taskSpec } = substitutePipelineTask(task, outer);
    expect(taskSpec?.steps[0]?.args).toEqual([
      "$(params.given)",
      "$(params.fanned)",
      "outer defaulted",
      "outer declared",
      "outer free",
      "$(params.given[0])",
      "result",
      "run",
    ]);
  });
});

describe("variables in workspace bindings", () => {
  it("are replaced in sub-paths and sources, not in names", () => {
    const bindings = [
      { name: V, subPath: V, persistentVolumeClaim: { claimName: V } },
      { name: "c", configMap: { name: V } },
      { name: "s", secret: { secretName: V } },
    ];
    expect(substituteWorkspaceBindings(bindings, params)).toEqual([
      { name: V, subPath: "done", persistentVolumeClaim: { claimName: "done" } },
      { name: "c", configMap: { name: "done" } },
      { name: "s", secret: { secretName: "done" } },
    ]);
  });
});
