import { describe, expect, it } from "vitest";
import { expectSoundTraces } from "../../test/invariants.ts";
import { objectsOf } from "../../test/load.ts";
import { RUN_UID, type SmallRun, smallRun } from "../../test/small-run.ts";
import { buildTraces, type Span } from "./index.ts";

const SHARE = "throughline.task.critical_path_ns";
const INNER_UID = "11111111-2222-4333-8444-555555555555";

function spansOf(objects: Iterable<unknown>): Span[] {
  const traces = buildTraces(objectsOf(objects)).runs;
  expectSoundTraces(traces);
  return traces.flatMap((run) => run.resourceSpans.spans);
}

/** Seconds on the critical path by name of the task; those that do not say are left out. */
function shares(objects: Iterable<unknown>): Record<string, number> {
  const told = spansOf(objects).filter(({ attributes }) => SHARE in attributes);
  return Object.fromEntries(
    told.map(({ attributes }) => [
      `${attributes["throughline.type"]} ${attributes["tekton.pipeline_task.name"]}`,
      Number(attributes[SHARE]) / 1e9,
    ]),
  );
}

/** A run that is the task `call` of another. */
function callOf(run: SmallRun): object[] {
  const [pipelineRun, ...taskRuns] = smallRun({ ...run, name: "inner", uid: INNER_UID });
  const metadata = {
    ...(pipelineRun?.metadata as object),
    labels: { "tekton.dev/pipelineTask": "call", "tekton.dev/memberOf": "tasks" },
    ownerReferences: [{ kind: "PipelineRun", name: "build-7k2mq", uid: RUN_UID, controller: true }],
  };
  return [{ ...pipelineRun, metadata }, ...taskRuns];
}

describe("a task's share of the critical path", () => {
  it("is that of its span and of all below it, and absent where it was not on the path", () => {
    // lint   |====|
    // build  |~~|=======|~|
    // test                 .|~|===|
    const tasks = [
      { name: "lint", from: 0, to: 4, steps: [{ name: "run", from: 1, to: 4 }] },
      { name: "build", from: 0, to: 10, steps: [{ name: "run", from: 2, to: 9 }] },
      {
        name: "test",
        after: ["lint", "build"],
        from: 11,
        to: 15,
        steps: [{ name: "run", from: 12, to: 15 }],
      },
    ];
    expect(shares(smallRun({ ended: 15, tasks }))).toEqual({ "taskrun build": 10, "taskrun test": 4 });
  });

  it("counts what lies in a pipeline in a pipeline to its owner's task, and inside to its own", () => {
    const outer = smallRun({ ended: 12, tasks: [{ name: "prepare", from: 0, to: 2 }] });
    const inner = callOf({
      created: 2,
      started: 3,
      ended: 11,
      tasks: [{ name: "unit", from: 3, to: 10, steps: [{ name: "run", from: 4, to: 10 }] }],
    });
    expect(shares([...outer, ...inner])).toEqual({
      "taskrun prepare": 2,
      "pipelinerun call": 9,
      "taskrun unit": 7,
    });
  });

  it("is each TaskRun's own in a matrix", () => {
    const tasks = [
      { name: "test", from: 0, to: 5 },
      { name: "test", from: 0, to: 8 },
    ];
    const shown = spansOf(smallRun({ ended: 8, tasks })).filter(
      ({ attributes }) => attributes["throughline.type"] === "taskrun",
    );
    expect(shown.map(({ attributes }) => attributes[SHARE])).toEqual([undefined, 8_000_000_000n]);
  });
});

describe("a task's place in the pipeline", () => {
  const placeOf = (objects: Iterable<unknown>, task: string) => {
    const span = spansOf(objects).find(({ attributes }) => attributes["tekton.pipeline_task.name"] === task);
    return [span?.attributes["tekton.member_of"], span?.attributes["tekton.pipeline_task.after"]];
  };

  it("is on its span: what it waited for by the graph, also where it was skipped", () => {
    const tasks = [
      { name: "lint", from: 0, to: 4 },
      { name: "build", from: 0, to: 5 },
      { name: "test", after: ["lint", "build"], from: 5, to: 9 },
      { name: "deploy", after: ["test"] },
      { name: "notify", finally: true, from: 9, to: 10 },
    ];
    const objects = smallRun({ ended: 10, tasks, skipped: ["deploy"] });
    expect(placeOf(objects, "build")).toEqual(["tasks", undefined]);
    expect(placeOf(objects, "test")).toEqual(["tasks", ["lint", "build"]]);
    expect(placeOf(objects, "deploy")).toEqual(["tasks", ["test"]]);
    expect(placeOf(objects, "notify")).toEqual(["finally", undefined]);
  });

  it("names no task that the pipeline does not have", () => {
    const tasks = [
      { name: "build", from: 0, to: 5 },
      { name: "test", after: ["build", "gone"], from: 5, to: 9 },
    ];
    expect(placeOf(smallRun({ ended: 9, tasks }), "test")).toEqual(["tasks", ["build"]]);
  });

  it("is on the run span of a pipeline in a pipeline", () => {
    const graph = [
      { name: "prepare", from: 0, to: 2 },
      { name: "call", after: ["prepare"] },
    ];
    const objects = [...smallRun({ ended: 9, tasks: graph }), ...callOf({ created: 2, ended: 8, tasks: [] })];
    expect(placeOf(objects, "call")).toEqual(["tasks", ["prepare"]]);
  });

  it("is not told where nothing tells the pipeline", () => {
    const tasks = [
      { name: "build", from: 0, to: 5 },
      { name: "test", after: ["build"], from: 5, to: 9 },
    ];
    expect(placeOf(smallRun({ ended: 9, tasks, withGraph: false }), "test")).toEqual(["tasks", undefined]);
  });
});
