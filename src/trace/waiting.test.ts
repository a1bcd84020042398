import { describe, expect, it } from "vitest";
import { expectSoundTraces } from "../../test/invariants.ts";
import { objectsOf } from "../../test/load.ts";
import { at, RUN_UID, smallRun } from "../../test/small-run.ts";
import { buildTraces } from "./index.ts";

const WAIT = "throughline.wait_ns";

/** Seconds of waiting by `type name` of the span; those that do not say are left out. */
function waits(objects: Iterable<unknown>): Record<string, number> {
  const traces = buildTraces(objectsOf(objects)).runs;
  expectSoundTraces(traces);
  const spans = traces.flatMap((run) => run.resourceSpans.spans);
  return Object.fromEntries(
    spans
      .filter(({ attributes }) => WAIT in attributes)
      .map(({ name, attributes }) => [
        `${attributes["throughline.type"]} ${name}`,
        seconds(attributes[WAIT]),
      ]),
  );
}

function seconds(nanoseconds: unknown): number {
  return Number(nanoseconds) / 1e9;
}

/** The step of an attempt, as its status tells it. */
function make(from: number, to: number) {
  const state = { exitCode: 1, reason: "Error", startedAt: at(from), finishedAt: at(to), containerID: "c" };
  return { name: "make", container: "step-make", terminated: state };
}

describe("waiting", () => {
  it("is a task's time before its first step, and a run's time on the critical path that is no work", () => {
    // build  |~~~|=====|=|====|~|   handing over to the next step is no waiting, nor is the end of a task to itself
    // test                       .|~~|===|
    const tasks = [
      {
        name: "build",
        from: 1,
        to: 15,
        steps: [
          { name: "compile", from: 4, to: 9 },
          { name: "link", from: 10, to: 14 },
        ],
      },
      { name: "test", after: ["build"], from: 16, to: 21, steps: [{ name: "run", from: 18, to: 21 }] },
    ];
    expect(waits(smallRun({ started: 1, ended: 21, tasks }))).toEqual({
      "pipelinerun RUN build": 1 + 3 + 1 + 1 + 2,
      "taskrun build": 3,
      "taskrun test": 2,
    });
  });

  it("is no waiting of the run where it delays nobody", () => {
    const tasks = [
      { name: "lint", from: 0, to: 9, steps: [{ name: "run", from: 8, to: 9 }] },
      { name: "build", from: 0, to: 20, steps: [{ name: "run", from: 2, to: 20 }] },
    ];
    expect(waits(smallRun({ ended: 20, tasks }))).toEqual({
      "pipelinerun RUN build": 2,
      "taskrun lint": 8,
      "taskrun build": 2,
    });
  });

  it("goes on between attempts, until the step of the next", () => {
    const [run, taskRun] = smallRun({ ended: 30, tasks: [{ name: "build", from: 0, to: 30 }] }) as [
      object,
      { status: object },
    ];
    const failed = { startTime: at(0), completionTime: at(10), podName: "p", steps: [make(4, 10)] };
    const retried = {
      startTime: at(13),
      podName: "p-retry1",
      steps: [make(18, 30)],
      retriesStatus: [failed],
    };
    expect(waits([run, { ...taskRun, status: { ...taskRun.status, ...retried } }])).toEqual({
      "pipelinerun RUN build": 4 + 3 + 5,
      "taskrun build": 4 + 3 + 5,
      "attempt attempt 1": 4,
      "attempt attempt 2": 5,
    });
  });

  it("takes no moment off twice where attempts overlap", () => {
    const [run, taskRun] = smallRun({ ended: 12, tasks: [{ name: "build", from: 0, to: 12 }] }) as [
      object,
      { status: object },
    ];
    const first = { startTime: at(0), completionTime: at(10), podName: "p", steps: [make(2, 10)] };
    const second = { startTime: at(4), podName: "p-retry1", steps: [make(5, 12)], retriesStatus: [first] };
    const retried = { ...taskRun, status: { ...taskRun.status, ...second } };
    expect(waits([run, retried])).toMatchObject({ "taskrun build": 2 });
  });

  it("is all the time of a task whose steps never began", () => {
    const [run, taskRun] = smallRun({ tasks: [{ name: "build", from: 0 }] }) as [object, { status: object }];
    const waiting = { name: "make", container: "step-make", waiting: { reason: "PodInitializing" } };
    const ended = { ...taskRun, status: { ...taskRun.status, steps: [waiting], completionTime: at(9) } };
    expect(waits([run, ended])).toMatchObject({ "taskrun build": 9 });
  });

  it("is not told of a task about whose inside nothing is known", () => {
    const told = waits(smallRun({ started: 2, ended: 10, tasks: [{ name: "build", from: 2, to: 10 }] }));
    expect(told).toEqual({ "pipelinerun RUN build": 2 });
  });

  it("is a CustomRun's time until its controller took it up", () => {
    const custom = {
      apiVersion: "tekton.dev/v1beta1",
      kind: "CustomRun",
      metadata: {
        name: "approve",
        namespace: "ci",
        uid: "11111111-2222-4333-8444-555555555555",
        creationTimestamp: at(2),
        labels: { "tekton.dev/pipelineTask": "approve" },
        ownerReferences: [{ kind: "PipelineRun", name: "build-7k2mq", uid: RUN_UID, controller: true }],
      },
      status: {
        startTime: at(5),
        completionTime: at(9),
        conditions: [{ type: "Succeeded", status: "True", reason: "Approved" }],
      },
    };
    expect(waits([...smallRun({ ended: 9, tasks: [] }), custom])).toEqual({
      "pipelinerun RUN build": 2 + 3,
      "customrun approve": 3,
    });
  });

  it("is told of a TaskRun of its own", () => {
    const tasks = [{ name: "build", from: 0, to: 9, steps: [{ name: "run", from: 4, to: 9 }] }];
    const [, taskRun] = smallRun({ ended: 9, tasks }) as [object, { metadata: object }];
    const lone = { ...taskRun, metadata: { ...taskRun.metadata, ownerReferences: [] } };
    expect(waits([lone])).toEqual({ "taskrun build": 4 });
  });
});
