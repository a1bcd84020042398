import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceIdOfUid } from "../../context/index.ts";
import { CoreKind } from "../../kube/index.ts";
import { spanIds } from "../../trace/index.ts";
import { type Task, TektonKind } from "../types/index.ts";
import { container, endedStep, Stage, staged, TASK } from "./stage.testing.ts";

const entry = (key: string, value: string, type = 1) => ({ key, value, type });

async function createTask(stage: Stage, task: Partial<Task>): Promise<void> {
  await stage.api.create(TektonKind.task, {
    apiVersion: "tekton.dev/v1",
    kind: "Task",
    metadata: { name: "compile", namespace: "demo" },
    spec: TASK,
    ...task,
  });
}

describe("the way of a TaskRun", () => {
  it("has a Pod after its first pass", async () => {
    const stage = await staged();
    expect(stage.pods.map(({ metadata }) => metadata.name)).toEqual(["build-pod"]);
    expect(stage.status).toMatchObject({
      podName: "build-pod",
      startTime: stage.run.metadata.creationTimestamp.replace(/\.000Z$/, "Z"),
      taskSpec: TASK,
      conditions: [{ type: "Succeeded", status: "Unknown", reason: "Pending" }],
    });
  });

  it("follows its Pod to the end", async () => {
    const stage = await staged({ ...TASK, results: [{ name: "digest" }] });
    await stage.podBecomes({
      phase: "Running",
      containerStatuses: [container("step-main", { running: {} })],
    });
    await stage.pass();
    expect(stage.condition?.reason).toBe("Running");
    stage.wait(1500);
    await stage.stepEnds(0, [entry("digest", "1f6d")]);
    expect(await stage.pass()).toBeUndefined();
    expect(stage.condition).toMatchObject({ status: "True", reason: "Succeeded" });
    expect(stage.status.completionTime).toBe("2027-01-15T08:00:01.5Z");
    expect(stage.status.results).toEqual([{ name: "digest", type: "string", value: "1f6d" }]);
  });

  it("is left alone once it is over", async () => {
    const stage = await staged();
    await stage.stepEnds(0);
    await stage.pass();
    const calls = stage.api.calls;
    await stage.pass();
    expect(stage.api.calls).toBe(calls);
  });

  it("tells what happens in Events, each once", async () => {
    const stage = await staged();
    await stage.stepEnds(3);
    await stage.pass();
    expect(stage.api.all(CoreKind.event).map(({ type, reason, message }) => [type, reason, message])).toEqual(
      [
        ["Normal", "Started", ""],
        ["Normal", "Pending", "Pending"],
        ["Warning", "Failed", '"step-main" exited with code 3: Error'],
      ],
    );
  });

  it("takes the Task it refers to, and its labels and annotations", async () => {
    const stage = new Stage();
    await createTask(stage, {
      metadata: {
        name: "compile",
        namespace: "demo",
        labels: { team: "shop", tier: "task" },
        annotations: { a: "b" },
      },
    });
    await stage.create({ taskRef: { name: "compile" } }, { labels: { tier: "run" } });
    await stage.pass();
    const { labels, annotations } = stage.run.metadata;
    expect(labels).toMatchObject({ team: "shop", tier: "run", "tekton.dev/task": "compile" });
    expect(annotations).toMatchObject({ a: "b", "pipeline.tekton.dev/release": "test" });
    expect(stage.pods[0]?.metadata.labels).toMatchObject({ ...labels, "tekton.dev/taskRun": "build" });
  });

  it("waits while it is pending", async () => {
    const stage = await staged(TASK, { status: "TaskRunPending" });
    expect([stage.pods.length, stage.condition?.reason, stage.status.startTime]).toEqual([
      0,
      "TaskRunPending",
      undefined,
    ]);
    await stage.demand({ status: "" });
    await stage.pass();
    expect(stage.pods).toHaveLength(1);
  });

  it("leaves TaskRuns of other controllers alone", async () => {
    expect((await staged(TASK, { managedBy: "example.com/other" })).status).toEqual({});
  });
});

describe("variables of a Task", () => {
  it("are replaced in the order of their sorts", async () => {
    const stage = await staged(
      {
        params: [
          { name: "who", default: "$(context.taskRun.name)" },
          { name: "list", type: "array" },
        ],
        results: [{ name: "out" }],
        workspaces: [{ name: "source" }, { name: "cache", optional: true }],
        steps: [
          {
            name: "main",
            image: "busybox",
            args: ["$(params.list[*])", "$(results.out.path)", "$(step.results.mine.path)"],
            script: "echo $(params.who) $(workspaces.source.path) [$(workspaces.cache.bound)]",
            results: [{ name: "mine" }],
          },
        ],
      },
      { params: [{ name: "list", value: ["a", "b"] }], workspaces: [{ name: "source", emptyDir: {} }] },
    );
    expect(stage.status.taskSpec?.steps[0]).toMatchObject({
      args: ["a", "b", "/tekton/results/out", "/tekton/steps/step-main/results/mine"],
      script: "echo build /workspace/source [false]",
    });
  });

  it("mean a place of its own in a step that has one", async () => {
    const args = ["$(workspaces.source.path)"];
    const workspaces = [{ name: "source", mountPath: "/here" }];
    const stage = await staged(
      {
        workspaces: [{ name: "source" }],
        steps: [
          { name: "in", image: "i", args, workspaces },
          { name: "out", image: "i", args },
        ],
      },
      { workspaces: [{ name: "source", emptyDir: {} }] },
    );
    expect(stage.status.taskSpec?.steps.map((step) => step.args)).toEqual([["/here"], ["/workspace/source"]]);
  });

  it("count the retries in each attempt", async () => {
    const task = { steps: [{ name: "main", image: "i", args: ["$(context.task.retry-count)"] }] };
    const stage = await staged(task, { retries: 1 });
    await stage.stepEnds(1);
    await stage.pass();
    await stage.pass();
    expect(stage.pods.map(({ spec }) => spec.containers[0]?.args?.at(-1))).toEqual(["0", "1"]);
  });
});

describe("steps that refer to StepActions", () => {
  const action = {
    apiVersion: "tekton.dev/v1beta1",
    kind: "StepAction",
    metadata: { name: "greet", namespace: "demo" },
    spec: {
      image: "bash",
      params: [{ name: "whom" }],
      results: [{ name: "said" }],
      args: ["$(params.whom)", "$(step.results.said.path)"],
    },
  };

  it("run those with the params of the step", async () => {
    const stage = new Stage();
    await stage.api.create(TektonKind.stepAction, action);
    const step = { name: "hi", ref: { name: "greet" }, params: [{ name: "whom", value: "$(params.who)" }] };
    await stage.create({ taskSpec: { steps: [step] }, params: [{ name: "who", value: "you" }] });
    await stage.pass();
    expect(stage.status.taskSpec?.steps).toEqual([
      {
        name: "hi",
        image: "bash",
        args: ["you", "/tekton/steps/step-hi/results/said"],
        results: [{ name: "said" }],
      },
    ]);
  });

  it("fail the TaskRun when there is none of the name", async () => {
    const stage = await staged({ steps: [{ ref: { name: "gone" } }] });
    expect(stage.condition).toMatchObject({ status: "False", reason: "TaskRunResolutionFailed" });
  });
});

describe("a TaskRun that cannot start", () => {
  it.each([
    [
      "a param is missing",
      { params: [{ name: "target" }] },
      {},
      "TaskRunValidationFailed",
      "[User error] invalid input params for task build: missing values for these params which have no default values: [target]",
    ],
    [
      "a param is of another type",
      { params: [{ name: "target", type: "array" as const }] },
      { params: [{ name: "target", value: "x" }] },
      "TaskRunValidationFailed",
      "[User error] invalid input params for task build: param types don't match the user-specified type: [target]",
    ],
    [
      "a param is not in its enum",
      { params: [{ name: "target", enum: ["a"] }] },
      { params: [{ name: "target", value: "x" }] },
      "InvalidParamValue",
      "[User error] param `target` value: x is not in the enum list",
    ],
    [
      "an array is too short",
      {
        params: [{ name: "list", type: "array" as const }],
        steps: [{ image: "i", args: ["$(params.list[2])"] }],
      },
      { params: [{ name: "list", value: ["a", "b"] }] },
      "TaskRunValidationFailed",
      "[User error] non-existent param references:[$(params.list[2])]",
    ],
    [
      "a workspace is not bound",
      { workspaces: [{ name: "source" }] },
      {},
      "TaskRunValidationFailed",
      '[User error] declared workspace "source" is required but has not been bound',
    ],
    [
      "it speaks of a step that is not there",
      {},
      { stepSpecs: [{ name: "other" }] },
      "TaskRunValidationFailed",
      '[User error] invalid StepOverride: No Step named "other"',
    ],
  ])("says so when %s", async (_, task, run, reason, message) => {
    const stage = await staged({ ...TASK, ...task }, run);
    expect(stage.condition).toMatchObject({ status: "False", reason, message });
    expect(stage.pods).toEqual([]);
    expect(stage.status.completionTime).toBeDefined();
  });

  it("says that its Task is gone", async () => {
    const stage = new Stage();
    await stage.create({ taskRef: { name: "gone" } });
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "TaskRunResolutionFailed" });
  });

  it("tries again to get its Task from a server that is not well, and says so meanwhile", async () => {
    const server = createServer((_, response) => response.writeHead(503).end());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/task.yaml`;
    const stage = new Stage();
    await stage.create({ taskRef: { resolver: "http", params: [{ name: "url", value: url }] } });
    await expect(stage.pass()).rejects.toThrow(url);
    expect(stage.condition).toMatchObject({ status: "Unknown", reason: "ResolvingTaskRef" });
    server.close();
  });

  it("says which Pod could not be made", async () => {
    const stage = new Stage();
    await stage.create({ taskSpec: TASK });
    await stage.api.create(CoreKind.pod, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "build-pod", namespace: "demo" },
      spec: { containers: [] },
    });
    await stage.pass();
    expect(stage.condition).toMatchObject({
      reason: "PodCreationFailed",
      message:
        'failed to create task run pod "build": pods "build-pod" already exists. Maybe invalid TaskSpec',
    });
  });
});

describe("results of the wrong type", () => {
  it("fail the TaskRun", async () => {
    const stage = await staged({ ...TASK, results: [{ name: "list", type: "array" }] });
    await stage.stepEnds(0, [entry("list", "no JSON")]);
    await stage.pass();
    expect(stage.condition).toMatchObject({
      reason: "TaskRunValidationFailed",
      message:
        '[User error] Provided results don\'t match declared results; may be invalid JSON or missing result declaration:  "list": task result is expected to be "array" type but was initialized to a different type "string"',
    });
  });
});

describe("retries", () => {
  it("put the failed attempt aside and begin anew, in a Pod of its own", async () => {
    const stage = await staged(TASK, { retries: 1 });
    await stage.stepEnds(2);
    await stage.pass();
    expect(stage.condition).toMatchObject({
      status: "Unknown",
      reason: "ToBeRetried",
      message: '"step-main" exited with code 2: Error',
    });
    expect(stage.status).not.toHaveProperty("completionTime");
    expect(stage.status.retriesStatus).toMatchObject([
      {
        podName: "build-pod",
        conditions: [{ status: "False", reason: "StepFailed" }],
        steps: [{ name: "main" }],
      },
    ]);
    stage.wait(10);
    await stage.pass();
    expect(stage.pods.map(({ metadata }) => metadata.name)).toEqual(["build-pod", "build-pod-retry1"]);
    await stage.stepEnds(3);
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "StepFailed" });
    expect(stage.status.retriesStatus).toHaveLength(1);
  });

  it("ask for the pass that begins anew, as nothing else need happen for it", async () => {
    const stage = await staged(TASK, { retries: 1 });
    await stage.stepEnds(2);
    expect(await stage.pass()).toBe(0);
  });

  it("do not take the steps of the failed attempt for those of a Pod that a killed reconciler made", async () => {
    const stage = await staged(TASK, { retries: 1 });
    await stage.stepEnds(2);
    await stage.pass();
    const killed = { ...stage.api, updateStatus: () => Promise.reject(new Error("killed")) };
    await expect(stage.pass(killed)).rejects.toThrow("killed");
    await stage.pass();
    expect(stage.status).toMatchObject({ podName: "build-pod-retry1" });
    expect(stage.status).not.toHaveProperty("steps");
    const events = stage.spans.flatMap(({ spans }) => spans.flatMap((span) => span.events));
    expect(events.map(({ name }) => name)).toEqual(["terminated"]);
  });

  it("give each attempt's steps a span of their own in the same trace", async () => {
    const stage = await staged(TASK, { retries: 1 });
    await stage.stepEnds(2);
    await stage.pass();
    await stage.pass();
    const { uid } = stage.run.metadata;
    const traceparents = stage.pods.map(
      ({ spec }) => spec.containers[0]?.env?.find(({ name }) => name === "TRACEPARENT")?.value,
    );
    const expected = [1, 2].map(
      (attempt) => `00-${traceIdOfUid(uid)}-${spanIds.step(uid, attempt, "main")}-01`,
    );
    expect(traceparents).toEqual(expected);
  });
});

describe("stopping a TaskRun", () => {
  const RUNNING = {
    phase: "Running" as const,
    containerStatuses: [container("step-main", { running: { startedAt: "2027-01-15T08:00:00.25Z" } })],
  };

  it("takes its Pod away when it is cancelled, retries or not", async () => {
    const stage = await staged(TASK, { retries: 3 });
    await stage.podBecomes(RUNNING);
    stage.wait(400);
    await stage.demand({ status: "TaskRunCancelled", statusMessage: "Because." });
    await stage.pass();
    expect(stage.pods).toEqual([]);
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "TaskRunCancelled",
      message: 'TaskRun "build" was cancelled. Because.',
    });
    expect(stage.status.steps).toEqual([
      {
        name: "main",
        container: "step-main",
        terminated: {
          exitCode: 1,
          reason: "TaskRunCancelled",
          message: "Step main terminated as pod build-pod is terminated",
          startedAt: "2027-01-15T08:00:00.25Z",
          finishedAt: "2027-01-15T08:00:00.4Z",
        },
        terminationReason: "TaskRunCancelled",
      },
    ]);
  });

  it("comes back when its time is up, and ends it then", async () => {
    const stage = await staged(TASK, { timeout: "1m30s" });
    stage.wait(60_000);
    expect(await stage.pass()).toBe(30_001);
    stage.wait(30_001);
    await stage.pass();
    expect(stage.condition).toMatchObject({
      reason: "TaskRunTimeout",
      message: 'TaskRun "build" failed to finish within "1m30s"',
    });
    expect(stage.pods).toEqual([]);
  });

  it("has no limit when the timeout is zero", async () => {
    const stage = await staged(TASK, { timeout: "0s" });
    expect(await stage.pass()).toBeUndefined();
  });

  it("gives up on an image that cannot be had", async () => {
    const stage = await staged();
    const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
    await stage.podBecomes({ phase: "Pending", containerStatuses: [container("step-main", { waiting })] });
    await stage.pass();
    await stage.pass();
    expect(stage.condition).toMatchObject({
      reason: "TaskRunImagePullFailed",
      message:
        'the step "main" in TaskRun "build" failed to pull the image "busybox". The pod errored with the message: "Back-off pulling image."',
    });
    expect(stage.pods).toEqual([]);
  });
});

describe("sidecars", () => {
  const task = { ...TASK, sidecars: [{ name: "server", image: "nginx" }] };
  const sidecar = (ready: boolean) =>
    container("sidecar-server", { running: { startedAt: "2027-01-15T08:00:00Z" } }, ready);
  const step = container("step-main", { running: {} });

  it("let the first step begin when they are ready", async () => {
    const stage = await staged(task);
    await stage.podBecomes({ phase: "Running", containerStatuses: [step, sidecar(false)] });
    await stage.pass();
    expect(stage.pods[0]?.metadata.annotations).not.toHaveProperty("tekton.dev/ready");
    await stage.podBecomes({ phase: "Running", containerStatuses: [step, sidecar(true)] });
    await stage.pass();
    expect(stage.pods[0]?.metadata.annotations).toHaveProperty("tekton.dev/ready", "READY");
  });

  it("are stopped after the last step", async () => {
    const stage = await staged(task);
    await stage.podBecomes({ phase: "Running", containerStatuses: [endedStep(0), sidecar(true)] });
    await stage.pass();
    expect(stage.condition?.status).toBe("True");
    expect(stage.pods[0]?.spec.containers.map(({ image }) => image)).toEqual(["busybox", "nop"]);
    expect(stage.status.sidecars).toMatchObject([
      { name: "server", terminated: { exitCode: 0, reason: "Completed" } },
    ]);
  });
});

describe("claims", () => {
  it("are made for templates and bound in their place", async () => {
    const stage = await staged(
      { ...TASK, workspaces: [{ name: "source" }] },
      { workspaces: [{ name: "source", volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"] } } }] },
    );
    const [claim] = stage.api.all(CoreKind.claim);
    expect(claim?.metadata.name).toMatch(/^pvc-[0-9a-f]{10}$/);
    expect(claim?.metadata.ownerReferences).toMatchObject([{ kind: "TaskRun", name: "build" }]);
    const volume = stage.pods[0]?.spec.volumes?.find(({ name }) => name.startsWith("ws-"));
    expect(volume?.persistentVolumeClaim?.claimName).toBe(claim?.metadata.name);
  });
});

describe("the spans of a pass", () => {
  it("hang below the TaskRun's own, named as upstream names its functions", async () => {
    const stage = new Stage();
    await createTask(stage, {});
    await stage.create({ taskRef: { name: "compile" } });
    await stage.pass();
    const { spans } = stage.spans[0] ?? { spans: [] };
    const depthOf = (id: string | undefined): number => {
      const found = spans.find(({ spanId }) => spanId === id);
      return found === undefined ? 0 : 1 + depthOf(found.parentSpanId);
    };
    expect(spans.map(({ name, spanId }) => "  ".repeat(depthOf(spanId) - 1) + name)).toMatchInlineSnapshot(`
      [
        "TaskRun:ReconcileKind",
        "  initializeConditions",
        "  reconcile",
        "    startAttempt",
        "      prepare",
        "        findTask",
        "          resolveTask",
        "        resolveStepActions",
        "        ValidateResolvedTask",
        "        ValidateEnumParam",
        "        ValidateParamArrayIndex",
        "        ValidateBindings",
        "        validateOverrides",
        "      createVolumeClaims",
        "      applyParamsContextsResultsAndWorkspaces",
        "        ApplyParameters",
        "        ApplyWorkspaces",
        "      createPod",
        "    updateStatusFromPod",
        "    validateTaskRunResults",
        "  emitReconcileEvents",
        "    emitEvent",
        "    emitEvent",
        "  syncMetadata",
        "  updateStatus",
        "  recordStepStates",
      ]
    `);
    expect(spans[0]?.parentSpanId).toBe(spanIds.task(stage.run.metadata.uid, "taskrun"));
    expect(stage.status.spanContext?.["traceparent"]).toContain(spans[0]?.parentSpanId);
  });

  it("record each state of a step once", async () => {
    const stage = await staged();
    await stage.podBecomes({
      phase: "Running",
      containerStatuses: [container("step-main", { running: {} })],
    });
    await stage.pass();
    await stage.pass();
    await stage.stepEnds(4);
    await stage.pass();
    await stage.pass();
    const events = stage.spans.flatMap(({ spans }) => spans.flatMap((span) => span.events));
    expect(events.map(({ name, attributes }) => [name, attributes["process.exit.code"]])).toEqual([
      ["running", undefined],
      ["terminated", 4n],
    ]);
  });
});

describe("a reconciler that comes too late", () => {
  it("does not repeat the states of steps that another one has told", async () => {
    const stage = await staged();
    await stage.stepEnds(4);
    const late = { ...stage.api, updateStatus: () => Promise.reject(new Error("it has been changed")) };
    await expect(stage.pass(late)).rejects.toThrow("it has been changed");
    await stage.pass();
    const events = stage.spans.flatMap(({ spans }) => spans.flatMap((span) => span.events));
    expect(events.map(({ name }) => name)).toEqual(["terminated"]);
  });
});

describe("a reconciler whose copy of the Pod is old", () => {
  it("does not take back what another one has seen of the steps", async () => {
    const stage = await staged();
    await stage.podBecomes({
      phase: "Running",
      containerStatuses: [container("step-main", { running: {} })],
    });
    await stage.pass();
    const [seen] = stage.status.steps ?? [];
    await stage.podBecomes({
      phase: "Pending",
      containerStatuses: [container("step-main", { waiting: { reason: "PodInitializing" } })],
    });
    await stage.pass();
    expect(stage.status.steps).toEqual([seen]);
    await stage.stepEnds(0);
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "True" });
  });
});

describe("a reconciler that is killed", () => {
  /** What a whole run does: passes, and a kubelet's steps in between. The first attempt fails. */
  async function runAll(stage: Stage, pass: () => Promise<unknown>): Promise<void> {
    await pass();
    await stage.podBecomes({
      phase: "Running",
      containerStatuses: [container("step-main", { running: {} })],
    });
    await pass();
    await stage.stepEnds(1);
    await pass();
    await pass();
    await stage.stepEnds(0, [entry("digest", "x")]);
    await pass();
  }

  const spec = {
    taskRef: { name: "compile" },
    retries: 1,
    workspaces: [{ name: "source", volumeClaimTemplate: { spec: {} } }],
  };
  const task = { spec: { ...TASK, results: [{ name: "digest" }], workspaces: [{ name: "source" }] } };

  /** A call that fails once, as by a network, or the last one that the process makes. */
  type Blow = "fails" | "kills";

  async function outcomeOf(blow: Blow, blows: ReadonlySet<number>): Promise<{ calls: number; end: unknown }> {
    let state: "apart" | "passing" | "dead" = "apart";
    let calls = 0;
    const stage = new Stage({
      beforeCall: () => {
        if (state === "apart") return;
        calls += 1;
        if (blows.has(calls) && blow === "kills") state = "dead";
        if (blows.has(calls) || state === "dead") throw new Error("killed");
      },
    });
    await createTask(stage, task);
    await stage.create(spec);
    const pass = async () => {
      for (let isDone = false; !isDone; ) {
        state = "passing";
        isDone = await stage.pass().then(
          () => true,
          () => false,
        );
        state = "apart";
      }
    };
    await runAll(stage, pass);
    const { status, run } = stage;
    const pods = stage.pods.map(({ metadata }) => metadata.name);
    return { calls, end: { status, labels: run.metadata.labels, pods } };
  }

  it.each<Blow>(["fails", "kills"])(
    "comes to the same end, with the same Pods, whichever call %s it",
    async (blow) => {
      const undisturbed = await outcomeOf(blow, new Set());
      expect(undisturbed.end).toMatchObject({
        status: { conditions: [{ status: "True" }], results: [{ value: "x" }] },
        pods: ["build-pod", "build-pod-retry1"],
      });
      for (let call = 1; call <= undisturbed.calls; call++) {
        expect((await outcomeOf(blow, new Set([call]))).end, `at call ${call}`).toEqual(undisturbed.end);
      }
      const anyCalls = fc.uniqueArray(fc.integer({ min: 1, max: undisturbed.calls * 2 }), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(anyCalls, async (blows) => {
          expect((await outcomeOf(blow, new Set(blows))).end).toEqual(undisturbed.end);
        }),
        { numRuns: 30 },
      );
    },
  );
});
