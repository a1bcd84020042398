import { describe, expect, it } from "vitest";
import { expectSoundTraces } from "../../test/invariants.ts";
import { objectsOf } from "../../test/load.ts";
import { at, RUN_UID, type SmallRun, smallRun } from "../../test/small-run.ts";
import { deriveSpanId } from "../context/index.ts";
import { buildTraces, type RunTrace, type Span, type TraceOptions } from "./index.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "00f067aa0ba902b7";
const traceparent = `00-${TRACE}-${SPAN}-01`;
const otherTraceparent = `00-${OTHER_TRACE}-b7ad6b7169203331-01`;
const OWN_TRACE = RUN_UID.replaceAll("-", "");

const ONE_TASK: SmallRun = { ended: 9, tasks: [{ name: "build", from: 1, to: 8 }] };

function tracesOf(objects: Iterable<unknown>, options?: TraceOptions): RunTrace[] {
  const { runs } = buildTraces(objectsOf(objects), options);
  expectSoundTraces(runs);
  return runs;
}

function traceOf(run: Partial<SmallRun>, options?: TraceOptions): RunTrace {
  const [trace] = tracesOf(smallRun({ ...ONE_TASK, ...run }), options);
  if (trace === undefined) throw new Error("no trace");
  return trace;
}

function spanOf(trace: RunTrace, type: string): Span {
  const span = trace.resourceSpans.spans.find(({ attributes }) => attributes["throughline.type"] === type);
  if (span === undefined) throw new Error(`no ${type} span`);
  return span;
}

describe("the trace a run belongs to", () => {
  it("is its own where nobody says otherwise, and can be computed from its UID", () => {
    const trace = traceOf({});
    expect(trace.traceId).toBe(OWN_TRACE);
    expect(trace.spanId).toBe(deriveSpanId({ uid: RUN_UID, role: "pipelinerun" }));
    expect(spanOf(trace, "pipelinerun").parentSpanId).toBeUndefined();
    expect(spanOf(trace, "wait").parentSpanId).toBe(trace.spanId);
  });

  it("is the one its annotation names; the timing spans hang beside the run", () => {
    const trace = traceOf({
      annotations: { "tekton.dev/pipelinerunSpanContext": JSON.stringify({ traceparent }) },
    });
    expect(trace.traceId).toBe(TRACE);
    for (const type of ["pipelinerun", "wait", "execute"])
      expect(spanOf(trace, type).parentSpanId).toBe(SPAN);
    expect(spanOf(trace, "taskrun").parentSpanId).toBe(trace.spanId);
  });

  it("is the one the W3C annotations name, tracestate included", () => {
    const trace = traceOf({
      annotations: { "tekton.dev/traceparent": traceparent, "tekton.dev/tracestate": "vendor=1" },
    });
    expect(trace.traceId).toBe(TRACE);
    expect(spanOf(trace, "taskrun").traceState).toBe("vendor=1");
  });

  it("is Tekton's where Tekton made one", () => {
    const trace = traceOf({ spanContext: { traceparent } });
    expect(trace.traceId).toBe(TRACE);
    expect(spanOf(trace, "pipelinerun").parentSpanId).toBe(SPAN);
  });

  it("has the run for its root where the status holds the run's own context", () => {
    const own = deriveSpanId({ uid: RUN_UID, role: "pipelinerun" });
    const trace = traceOf({ spanContext: { traceparent: `00-${TRACE}-${own}-01` } });
    expect(trace.traceId).toBe(TRACE);
    expect(spanOf(trace, "pipelinerun").parentSpanId).toBeUndefined();
  });

  it("is linked to the others the run names", () => {
    const trace = traceOf({
      annotations: { "tekton.dev/pipelinerunSpanContext": JSON.stringify({ traceparent }) },
      spanContext: { traceparent: otherTraceparent },
    });
    expect(spanOf(trace, "pipelinerun").links).toEqual([
      {
        traceId: OTHER_TRACE,
        spanId: "b7ad6b7169203331",
        attributes: { "throughline.link": "status.spanContext" },
      },
    ]);
  });

  it("is its own where the context cannot be read, and the span says so", () => {
    const trace = traceOf({ annotations: { "tekton.dev/pipelinerunSpanContext": "{broken" } });
    expect(trace.traceId).toBe(OWN_TRACE);
    expect(spanOf(trace, "pipelinerun").attributes["throughline.context.invalid"]).toEqual([
      expect.stringContaining("annotation tekton.dev/pipelinerunSpanContext"),
    ]);
  });

  it("is not for export where it was not sampled", () => {
    const unsampled = JSON.stringify({ traceparent: `00-${TRACE}-${SPAN}-00` });
    expect(traceOf({ annotations: { "tekton.dev/pipelinerunSpanContext": unsampled } }).isSampled).toBe(
      false,
    );
  });
});

describe("timing spans", () => {
  it("are called as the caller wishes", () => {
    const trace = traceOf({}, { timingNames: { wait: "waitDuration", execute: "executeDuration" } });
    expect(spanOf(trace, "wait").name).toBe("waitDuration");
    expect(spanOf(trace, "execute").name).toBe("executeDuration");
  });

  it("are left out where a Konflux service has timed the run already", () => {
    const trace = traceOf({ annotations: { "delivery.tekton.dev/timingEmitted": "true" } });
    const types = trace.resourceSpans.spans.map(({ attributes }) => attributes["throughline.type"]);
    expect(types).toEqual(["pipelinerun", "taskrun"]);
  });
});

describe("a pipeline in a pipeline", () => {
  const child = (annotations: Record<string, string>) => [
    {
      apiVersion: "tekton.dev/v1",
      kind: "PipelineRun",
      metadata: {
        name: "build-7k2mq-inner",
        namespace: "ci",
        uid: "11111111-2222-4333-8444-555555555555",
        creationTimestamp: at(2),
        labels: { "tekton.dev/pipelineTask": "inner", "tekton.dev/pipeline": "inner" },
        annotations,
        ownerReferences: [{ kind: "PipelineRun", name: "build-7k2mq", uid: RUN_UID, controller: true }],
      },
      status: {
        startTime: at(3),
        completionTime: at(7),
        conditions: [{ type: "Succeeded", status: "True", reason: "Succeeded" }],
      },
    },
  ];

  it("is part of its owner's trace, also where Tekton copied the owner's context to it", () => {
    const annotations = { "tekton.dev/pipelinerunSpanContext": JSON.stringify({ traceparent }) };
    const [outer, inner] = tracesOf([...smallRun({ ...ONE_TASK, annotations }), ...child(annotations)]);
    expect(inner?.traceId).toBe(TRACE);
    expect(inner && spanOf(inner, "pipelinerun").parentSpanId).toBe(outer?.spanId);
    expect(inner?.parentUid).toBe(RUN_UID);
  });

  it("has its timing spans under the same parent, its owner in the input or not", () => {
    const parentOf = (runs: RunTrace[]) => runs.map((run) => spanOf(run, "wait").parentSpanId).at(-1);
    expect(parentOf(tracesOf(child({})))).toBe(parentOf(tracesOf([...smallRun(ONE_TASK), ...child({})])));
  });

  it("tells its owner which of its steps failed", () => {
    const inner = smallRun({
      name: "inner",
      uid: "11111111-2222-4333-8444-555555555555",
      ended: 8,
      reason: "Failed",
      tasks: [
        {
          name: "unit",
          from: 2,
          to: 7,
          reason: "StepFailed",
          steps: [{ name: "run", from: 3, to: 6, exitCode: 2 }],
        },
      ],
    });
    const [run, ...others] = inner as { metadata: { labels?: object } }[];
    const owned = {
      ...run,
      metadata: {
        ...run?.metadata,
        labels: { "tekton.dev/pipelineTask": "call" },
        ownerReferences: [{ kind: "PipelineRun", name: "build-7k2mq", uid: RUN_UID }],
      },
    };
    const [outer, called] = tracesOf([
      ...smallRun({ ended: 9, reason: "Failed", tasks: [] }),
      owned,
      ...others,
    ]);
    expect(outer?.failure).toBe("call › unit › run: exited with code 2");
    expect(called && spanOf(called, "pipelinerun").attributes["tekton.pipeline_task.name"]).toBe("call");
  });

  it("belongs to the same trace when its owner is not in the input", () => {
    const [inner] = tracesOf(child({}));
    expect(inner?.traceId).toBe(OWN_TRACE);
    expect(inner && spanOf(inner, "pipelinerun").parentSpanId).toBe(
      deriveSpanId({ uid: RUN_UID, role: "pipelinerun" }),
    );
  });
});

describe("what is not in the input", () => {
  it("is inferred: TaskRuns alone make the run's trace, under the ids it would have", () => {
    const [whole] = tracesOf(smallRun(ONE_TASK));
    const [partial] = tracesOf(smallRun(ONE_TASK).slice(1));
    expect(partial?.traceId).toBe(whole?.traceId);
    expect(partial?.spanId).toBe(whole?.spanId);
    expect(partial && spanOf(partial, "pipelinerun").attributes["throughline.inferred"]).toBe(true);
    expect(partial && spanOf(partial, "taskrun").spanId).toBe(whole && spanOf(whole, "taskrun").spanId);
    expect(partial?.isComplete).toBe(true);
  });

  it("is in the trace its TaskRuns were given when they were created", () => {
    const [, taskRun] = smallRun(ONE_TASK) as [object, { metadata: object }];
    const annotations = { "tekton.dev/taskrunSpanContext": JSON.stringify({ traceparent }) };
    const [trace] = tracesOf([{ ...taskRun, metadata: { ...taskRun.metadata, annotations } }]);
    expect(trace?.traceId).toBe(TRACE);
    expect(trace && spanOf(trace, "pipelinerun").parentSpanId).toBeUndefined();
  });

  it("goes on while nothing says that its TaskRun is over", () => {
    const [, taskRun] = smallRun(ONE_TASK) as [object, object];
    const [trace] = tracesOf([{ ...taskRun, status: undefined }]);
    expect(trace?.isComplete).toBe(false);
  });

  it("is what v1beta1 embedded: a Run of its own is no unknown task", () => {
    const [run] = smallRun({ ...ONE_TASK, tasks: [] }) as [{ status: object }];
    const conditions = [{ type: "Succeeded", status: "True", reason: "Succeeded" }];
    const runs = {
      "build-7k2mq-wait": {
        pipelineTaskName: "wait",
        status: { startTime: at(2), completionTime: at(7), conditions },
      },
    };
    const [trace] = tracesOf([{ ...run, status: { ...run.status, runs } }]);
    const span = spanOf(trace as RunTrace, "customrun");
    expect([span.name, span.endNs - span.startNs]).toEqual(["wait", 5_000_000_000n]);
  });

  it("leaves a TaskRun of its own to stand for itself", () => {
    const [taskRun] = smallRun(ONE_TASK).slice(1) as [{ metadata: Record<string, unknown> }];
    const [trace] = tracesOf([
      { ...taskRun, metadata: { ...taskRun.metadata, ownerReferences: [], labels: {} } },
    ]);
    expect(trace?.kind).toBe("TaskRun");
    expect(trace?.resourceSpans.spans[0]?.parentSpanId).toBeUndefined();
  });
});

describe("one object in several states", () => {
  const state = (resourceVersion: string, ended?: number) => {
    const [run, ...others] = smallRun({ ...ONE_TASK, ended }) as { metadata: object }[];
    return [{ ...run, metadata: { ...run?.metadata, resourceVersion } }, ...others];
  };

  it("counts in the latest, whichever comes first", () => {
    const [early, late] = [state("9999"), state("10000", 9)];
    for (const objects of [
      [...early, ...late],
      [...late, ...early],
    ]) {
      const runs = tracesOf(objects);
      expect(runs).toHaveLength(1);
      expect(runs[0]?.isComplete).toBe(true);
    }
  });
});

describe("a name that is used again", () => {
  it("does not make a later run the owner of an earlier run's tasks", () => {
    const later = smallRun({
      ...ONE_TASK,
      uid: "ffffffff-e992-4304-8977-436289d10628",
      created: 500,
      started: 500,
      ended: 600,
      tasks: [],
    });
    const runs = tracesOf([...smallRun(ONE_TASK).slice(1), ...later]);
    expect(runs.map(({ uid, resourceSpans }) => [uid.slice(0, 8), resourceSpans.spans.length])).toEqual([
      ["0f57e147", 2],
      ["ffffffff", 3],
    ]);
  });
});

describe("objects of one name", () => {
  it("are no relatives where a run's TaskRun is called like another run", () => {
    const outer = smallRun({ name: "app", ended: 9, tasks: [{ name: "test", from: 1, to: 8 }] });
    const inner = smallRun({
      name: "app-test",
      uid: "aaaaaaaa-e992-4304-8977-436289d10628",
      created: 500,
      started: 500,
      ended: 600,
      tasks: [],
    });
    const [run] = outer as [{ status: object }];
    const childReferences = [{ kind: "TaskRun", name: "app-test", pipelineTaskName: "test" }];
    const runs = tracesOf([
      { ...run, status: { ...run.status, childReferences } },
      ...outer.slice(1),
      ...inner,
    ]);
    expect(runs.map(({ name, parentUid }) => [name, parentUid])).toEqual([
      ["app", undefined],
      ["app-test", undefined],
    ]);
  });

  it("told apart by nothing but a label belong to the run that was there", () => {
    const early = smallRun({ ...ONE_TASK, tasks: [] });
    const late = smallRun({
      ...ONE_TASK,
      tasks: [],
      uid: "ffffffff-e992-4304-8977-436289d10628",
      created: 500,
      started: 500,
      ended: 600,
    });
    const [, taskRun] = smallRun(ONE_TASK) as [object, { metadata: object }];
    const labels = { "tekton.dev/pipelineRun": "build-7k2mq", "tekton.dev/pipelineTask": "build" };
    const runs = tracesOf([
      ...early,
      ...late,
      { ...taskRun, metadata: { ...taskRun.metadata, ownerReferences: [], labels } },
    ]);
    expect(runs.map(({ uid, resourceSpans }) => [uid.slice(0, 4), resourceSpans.spans.length])).toEqual([
      ["0f57", 4],
      ["ffff", 3],
    ]);
  });

  it("are not each other's Pods: a TaskRun made again has a Pod of its own", () => {
    const pod = (uid: string, taskRunUid: string, created: number) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "build-7k2mq-build-pod",
        namespace: "ci",
        uid,
        creationTimestamp: at(created),
        labels: { "tekton.dev/taskRun": "build-7k2mq-build", "tekton.dev/taskRunUID": taskRunUid },
      },
    });
    const own = `${RUN_UID.slice(0, -4)}0001`;
    const runs = tracesOf([
      ...smallRun({
        ...ONE_TASK,
        created: 500,
        started: 500,
        ended: 509,
        tasks: [{ name: "build", from: 501, to: 508 }],
      }),
      pod("p1", "gone", 0),
      pod("p2", own, 502),
    ]);
    const [task] = runs
      .flatMap(({ resourceSpans }) => resourceSpans.spans)
      .filter(({ attributes }) => attributes["cicd.pipeline.task.run.id"] === own);
    expect(task?.attributes["k8s.pod.uid"]).toBe("p2");
  });
});

describe("what a container may write into its termination message", () => {
  it.each([
    ["ExitCode", "ok"],
    ["ExitCode", "3"],
    ["Reason", "Skipped"],
    ["StartedAt", "2026-08-18T09:15:10Z"],
  ])("is not taken for the entrypoint's own word: a result named %s", (key, value) => {
    const terminated = {
      exitCode: 0,
      reason: "Completed",
      startedAt: at(2),
      finishedAt: at(7),
      containerID: "c",
      message: JSON.stringify([{ key, value, type: 1 }]),
    };
    const steps = [{ name: "make", from: 2, to: 7 }];
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "ci", labels: { "tekton.dev/taskRun": "build-7k2mq-build" } },
      status: { containerStatuses: [{ name: "step-make", state: { terminated } }] },
    };
    const [trace] = tracesOf([
      ...smallRun({ ended: 9, tasks: [{ name: "build", from: 1, to: 8, steps }] }),
      pod,
    ]);
    const step = spanOf(trace as RunTrace, "step");
    expect(step.attributes["tekton.step.result"]).toBe("success");
    expect(step.attributes["process.exit.code"]).toBe(0n);
    expect(step.startNs - (trace?.startNs ?? 0n)).toBe(2_000_000_000n);
  });
});

describe("steps that wait for each other", () => {
  const container = (name: string, state: object) => ({ name, container: `step-${name}`, ...state });
  const stopped = (name: string) =>
    container(name, {
      terminated: {
        exitCode: 1,
        reason: "TaskRunTimeout",
        startedAt: at(2),
        finishedAt: at(60),
        containerID: "c",
      },
    });

  function stepsOfRun(steps: object[], condition: object): Span[] {
    const [run, taskRun] = smallRun({
      ...ONE_TASK,
      ended: 60,
      reason: "Failed",
      tasks: [{ name: "build", from: 1, to: 60 }],
    }) as [object, { status: object }];
    const [trace] = tracesOf([
      run,
      { ...taskRun, status: { ...taskRun.status, conditions: [condition], steps } },
    ]);
    return (trace?.resourceSpans.spans ?? []).filter(
      ({ attributes }) => attributes["throughline.type"] === "step",
    );
  }

  it("have not begun where Tekton stopped the task before their turn", () => {
    const condition = { type: "Succeeded", status: "False", reason: "TaskRunTimeout", message: "too slow" };
    const first = container("first", {
      terminated: {
        exitCode: 0,
        reason: "Completed",
        startedAt: at(2),
        finishedAt: at(10),
        containerID: "c",
      },
    });
    const steps = stepsOfRun([first, stopped("second"), stopped("third")], condition);
    expect(
      steps.map(({ name, startNs, endNs, attributes }) => [
        name,
        Number(endNs - startNs) / 1e9,
        attributes["tekton.step.result"],
        attributes["tekton.step.never_started"],
      ]),
    ).toEqual([
      ["step first", 8, "success", undefined],
      ["step second", 50, "timeout", undefined],
      ["step third", 0, "skip", true],
    ]);
  });

  it("leave the blame to what ended the task", () => {
    const condition = {
      type: "Succeeded",
      status: "False",
      reason: "TaskRunTimeout",
      message: "it failed to finish",
    };
    const [run, taskRun] = smallRun({
      ...ONE_TASK,
      ended: 60,
      reason: "PipelineRunTimeout",
      tasks: [{ name: "build", from: 1, to: 60 }],
    }) as [object, { status: object }];
    const [trace] = tracesOf([
      run,
      { ...taskRun, status: { ...taskRun.status, conditions: [condition], steps: [stopped("only")] } },
    ]);
    expect(trace?.failure).toBe("build: it failed to finish");
  });
});

describe("a Pod that Tekton deleted", () => {
  it("is known by its Events: why there was nothing to run is in the trace", () => {
    const [run, taskRun] = smallRun({
      ended: 60,
      reason: "PipelineRunTimeout",
      tasks: [{ name: "build", from: 0, to: 60, reason: "TaskRunTimeout" }],
    }) as [object, { status: object }];
    const event = (name: string, reason: string, message: string, firstTimestamp: string) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace: "ci" },
      type: "Warning",
      involvedObject: { kind: "Pod", namespace: "ci", name: "build-pod", uid: "pod-1" },
      reason,
      message,
      firstTimestamp,
    });
    const [trace] = tracesOf([
      run,
      { ...taskRun, status: { ...taskRun.status, podName: "build-pod" } },
      event("a", "FailedScheduling", "0/3 nodes are available", at(2)),
      event("b", "FailedScheduling", "an earlier Pod of this name", at(-500)),
    ]);
    expect(trace?.criticalPath.map(({ cause }) => cause)).toEqual(["schedule"]);
    const task = spanOf(trace as RunTrace, "taskrun");
    expect(task.events.map(({ name }) => name)).toEqual(["started", "FailedScheduling"]);
    expect(task.attributes["k8s.pod.uid"]).toBe("pod-1");
  });
});

describe("a retry that has not begun", () => {
  it("starts where the attempt before it ended, and has none of its steps", () => {
    const [run, taskRun] = smallRun({ tasks: [{ name: "build", from: 1 }] }) as [object, { status: object }];
    const steps = [
      {
        name: "make",
        terminated: { exitCode: 1, reason: "Error", startedAt: at(2), finishedAt: at(7), containerID: "c" },
      },
    ];
    const failed = {
      startTime: at(1),
      completionTime: at(8),
      podName: "p",
      steps,
      conditions: [{ type: "Succeeded", status: "False", reason: "StepFailed" }],
    };
    const conditions = [{ type: "Succeeded", status: "Unknown", reason: "ToBeRetried" }];
    const [trace] = tracesOf([run, { ...taskRun, status: { conditions, steps, retriesStatus: [failed] } }]);
    const spans = trace?.resourceSpans.spans ?? [];
    expect(spans.filter(({ attributes }) => attributes["throughline.type"] === "step")).toHaveLength(1);
    const [, second] = spans.filter(({ attributes }) => attributes["throughline.type"] === "attempt");
    expect(second?.startNs).toBe((trace?.startNs ?? 0n) + 8_000_000_000n);
    expect(second?.links).toHaveLength(1);
  });
});

describe("input that makes no sense", () => {
  it("may own itself", () => {
    const [run, taskRun] = smallRun(ONE_TASK) as [{ metadata: object }, object];
    const owner = { kind: "PipelineRun", name: "build-7k2mq", uid: RUN_UID };
    const { runs, doubts } = buildTraces(
      objectsOf([{ ...run, metadata: { ...run.metadata, ownerReferences: [owner] } }, taskRun]),
    );
    expectSoundTraces(runs);
    expect(runs).toHaveLength(1);
    expect(doubts).toEqual(["PipelineRun build-7k2mq is owned by itself through build-7k2mq"]);
  });

  it("may nest pipelines deeper than anyone would", () => {
    const uid = (depth: number) => `00000000-0000-4000-8000-${depth.toString().padStart(12, "0")}`;
    const chain = Array.from({ length: 3000 }, (_, depth) => ({
      apiVersion: "tekton.dev/v1",
      kind: "PipelineRun",
      metadata: {
        name: `run-${depth}`,
        uid: uid(depth + 1),
        creationTimestamp: at(0),
        ownerReferences:
          depth === 0 ? [] : [{ kind: "PipelineRun", name: `run-${depth - 1}`, uid: uid(depth) }],
      },
    }));
    expect(tracesOf(chain)).toHaveLength(3000);
  });

  it("may give two runs one UID: each keeps its own tasks", () => {
    const objects = [...smallRun(ONE_TASK), ...smallRun({ ...ONE_TASK, name: "other" })];
    const { runs, doubts } = buildTraces(objectsOf(objects));
    expectSoundTraces(runs);
    expect(runs.map(({ name }) => name)).toEqual(["build-7k2mq", "other"]);
    for (const run of runs)
      expect(spanOf(run, "taskrun").attributes["tekton.taskrun.name"]).toBe(`${run.name}-build`);
    expect(doubts[0]).toContain("has the UID of");
  });

  it("may end before it starts: the trace says what is uncertain", () => {
    const trace = traceOf({ created: 100, started: 100, ended: 9 });
    expect(trace.uncertain).toContain("it ends before it was created: one of the two times is wrong");
    expect(spanOf(trace, "taskrun").endNs - spanOf(trace, "taskrun").startNs).toBe(7_000_000_000n);
  });

  it("may have names of any letters", () => {
    const name = "ビルド-🚀-\u202egnp.exe-\u0000-ß";
    const trace = traceOf({ tasks: [{ name, from: 1, to: 8 }] });
    expect(spanOf(trace, "taskrun").name).toBe(name);
  });

  it("may hold 5,000 TaskRuns in one run", () => {
    const tasks = Array.from({ length: 5000 }, (_, index) => ({
      name: `t${index}`,
      from: index % 60,
      to: 60 + (index % 60),
    }));
    expect(traceOf({ ended: 120, tasks }).resourceSpans.spans).toHaveLength(5003);
  });
});

describe("a result", () => {
  it("is on its span, unless its name speaks of a secret", () => {
    const [run, taskRun] = smallRun(ONE_TASK) as [object, { status: object }];
    const results = [
      { name: "digest", value: "sha256:1f6d" },
      { name: "REGISTRY_TOKEN", value: "hunter2" },
      { name: "notes", value: "ä".repeat(2000) },
      { name: "config", value: '{"user":"bob","password":"hunter2"}' },
      { name: "repo", value: "https://bob:hunter2@git.example/x" },
      { name: "found", value: "ghp_hunter2" },
    ];
    const [trace] = tracesOf([run, { ...taskRun, status: { ...taskRun.status, results } }]);
    const { attributes } = spanOf(trace as RunTrace, "taskrun");
    expect(attributes["tekton.result.digest"]).toBe("sha256:1f6d");
    expect(attributes["tekton.result.REGISTRY_TOKEN"]).toBe("[redacted]");
    expect(
      JSON.stringify(trace, (_, value) => (typeof value === "bigint" ? Number(value) : value)),
    ).not.toContain("hunter2");
    expect(attributes["tekton.result.config"]).toBe('{"user":"bob","password":"[redacted]"}');
    expect(attributes["tekton.result.repo"]).toBe("https://[redacted]@git.example/x");
    expect(attributes["tekton.result.notes"]).toMatch(/^ä+\.\.\.\[truncated\]$/);
    expect(Buffer.byteLength(String(attributes["tekton.result.notes"]))).toBeLessThanOrEqual(1024);
  });
});

describe("a run that failed", () => {
  it("says which step failed first, and leaves no failure without an error", () => {
    const trace = traceOf({
      reason: "Failed",
      tasks: [
        {
          name: "lint",
          from: 0,
          to: 9,
          reason: "StepFailed",
          steps: [{ name: "vet", from: 1, to: 8, exitCode: 1 }],
        },
        {
          name: "unit",
          from: 0,
          to: 7,
          reason: "StepFailed",
          steps: [{ name: "test", from: 1, to: 5, exitCode: 2 }],
        },
      ],
    });
    expect(trace.failure).toBe("unit › test: exited with code 2");
    expect(spanOf(trace, "pipelinerun").attributes).toMatchObject({
      "cicd.pipeline.result": "failure",
      "error.type": "Failed",
      "tekton.failed.task": "unit",
      "tekton.failed.step": "test",
    });
    expect(spanOf(trace, "step").attributes["error.type"]).toBe("exit_code_1");
  });
});

describe("a run that goes on", () => {
  it("is provisional, and ends at the last moment the input knows of", () => {
    const trace = traceOf({
      ended: undefined,
      tasks: [
        { name: "build", from: 1, to: 8 },
        { name: "test", from: 8 },
      ],
    });
    expect(trace.isComplete).toBe(false);
    expect(trace.result).toBeUndefined();
    expect(trace.endNs - trace.startNs).toBe(8_000_000_000n);
    expect(spanOf(trace, "pipelinerun").attributes["throughline.provisional"]).toBe(true);
    expect(spanOf(trace, "taskrun").attributes["throughline.provisional"]).toBeUndefined();
  });
});
