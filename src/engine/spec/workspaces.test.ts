import { describe, expect, it } from "vitest";
import type { PipelineTask } from "../types/index.ts";
import { workspaceBindingsFor } from "./workspaces.ts";

const runBindings = [
  { name: "source", subPath: "repo", persistentVolumeClaim: { claimName: "pvc" } },
  { name: "creds", secret: { secretName: "s" } },
];
const bind = (pipelineTask: PipelineTask, pipelineSpec = {}) =>
  workspaceBindingsFor({ pipelineTask, pipelineSpec, runBindings });

describe("workspaces of a pipeline task", () => {
  it("are the run's under the task's names, with the sub-paths joined", () => {
    const workspaces = [{ name: "output", workspace: "source", subPath: "dist" }, { name: "creds" }];
    expect(bind({ name: "t", taskRef: { name: "x" }, workspaces })).toEqual({
      kind: "bound",
      bindings: [
        { name: "output", subPath: "repo/dist", persistentVolumeClaim: { claimName: "pvc" } },
        { name: "creds", secret: { secretName: "s" } },
      ],
    });
  });

  it("reach an inline taskSpec that mentions them without being named", () => {
    const taskSpec = {
      steps: [{ script: "ls $(workspaces.source.path) $(workspaces.out.path)" }],
      sidecars: [{ name: "s", env: [{ name: "BOUND", value: "$(workspaces.creds.bound)" }] }],
    };
    const bound = bind({ name: "t", taskSpec, workspaces: [{ name: "out", workspace: "source" }] });
    expect(bound.kind === "bound" && bound.bindings.map(({ name }) => name)).toEqual([
      "out",
      "creds",
      "source",
    ]);
  });

  it("have to be bound unless the pipeline says they need not be", () => {
    const task = { name: "t", workspaces: [{ name: "w", workspace: "cache" }] };
    expect(bind(task)).toEqual({
      kind: "missing",
      message: 'expected workspace "cache" to be provided by pipelinerun for pipeline task "t"',
    });
    expect(bind(task, { workspaces: [{ name: "cache", optional: true }] })).toEqual({
      kind: "bound",
      bindings: [],
    });
  });

  it("need not be bound where the inline taskSpec says so", () => {
    const taskSpec = {
      workspaces: [{ name: "w", optional: true }],
      steps: [{ script: "$(workspaces.w.bound)" }],
    };
    expect(bind({ name: "t", taskSpec })).toEqual({ kind: "bound", bindings: [] });
  });
});
