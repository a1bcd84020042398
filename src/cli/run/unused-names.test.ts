import { describe, expect, it } from "vitest";
import type { RunInput, RunObject } from "./input.ts";
import { unusedNames } from "./unused-names.ts";

/** Runs with these specs, beside a pipeline `build` with a param `version` and a workspace `source`. */
function inputOf(...specs: object[]): RunInput {
  const run = (spec: object): RunObject => ({
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: { name: "demo" },
    spec,
  });
  const pipeline = {
    apiVersion: "tekton.dev/v1",
    kind: "Pipeline",
    metadata: { name: "build" },
    spec: { params: [{ name: "version" }], workspaces: [{ name: "source" }] },
  };
  return {
    definitions: [{ object: pipeline, where: "pipeline.yaml" }],
    runs: specs.map((spec) => ({ object: run(spec), where: "run.yaml" })),
    ignored: new Map(),
  };
}

const given = {
  params: new Map([
    ["version", "1"],
    ["versoin", "1"],
  ]),
  workspaces: new Map([
    ["source", "/tmp"],
    ["sorce", "/tmp"],
  ]),
};

describe("names after -p and -w", () => {
  it("names those that no run has a use for", () => {
    expect(unusedNames(inputOf({ pipelineRef: { name: "build" } }), given)).toEqual([
      "-p versoin: no run has a param of that name",
      "-w sorce: no run has a workspace of that name",
    ]);
  });

  it("takes what is only mentioned for used, as tasks written in place inherit it", () => {
    const script =
      'echo $(params.version) $(params["versoin"]) $(workspaces.source.path) $(workspaces.sorce.path)';
    const tasks = [{ name: "a", taskSpec: { steps: [{ image: "alpine", script }] } }];
    expect(unusedNames(inputOf({ pipelineSpec: { tasks } }), given)).toEqual([]);
  });

  it("does not take a name for used where a longer one begins with it", () => {
    const tasks = [{ name: "a", taskSpec: { steps: [{ image: "alpine", script: "$(params.versoins)" }] } }];
    const misspelt = { ...given, params: new Map([["versoin", "1"]]), workspaces: new Map() };
    expect(unusedNames(inputOf({ pipelineSpec: { tasks } }), misspelt)).toEqual([
      "-p versoin: no run has a param of that name",
    ]);
  });

  it("says nothing where a run refers to what is not here", () => {
    const ref = { resolver: "git", params: [] };
    expect(unusedNames(inputOf({ pipelineRef: { name: "elsewhere" } }), given)).toEqual([]);
    expect(unusedNames(inputOf({ pipelineRef: ref }, { pipelineRef: { name: "build" } }), given)).toEqual([]);
  });
});
