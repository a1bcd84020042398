import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { CoreKind } from "../../kube/index.ts";
import { spanIds } from "../../trace/index.ts";
import { startTestEngine } from "../testing.ts";
import { TektonKind } from "../types/index.ts";
import { reconcilePipelineRun } from "./index.ts";
import { KEY, STEPS, Stage, staged, task } from "./stage.testing.ts";

describe("a PipelineRun", () => {
  it("starts what is ready, goes on when that is done, and ends", async () => {
    const stage = await staged({
      tasks: [task("build"), task("lint"), task("test", { runAfter: ["build"] })],
      finally: [task("clean")],
    });
    expect(stage.names).toEqual(["ship-build", "ship-lint"]);
    expect(stage.condition).toMatchObject({
      status: "Unknown",
      reason: "Running",
      message: "Tasks Completed: 0 (Failed: 0, Cancelled 0), Incomplete: 4, Skipped: 0",
    });
    await stage.end("ship-build", "True");
    await stage.pass();
    expect(stage.names).toEqual(["ship-build", "ship-lint", "ship-test"]);
    await stage.end("ship-lint", "True");
    await stage.end("ship-test", "True");
    await stage.pass();
    expect(stage.names).toContain("ship-clean");
    expect(stage.run().status?.finallyStartTime).toBeDefined();
    await stage.end("ship-clean", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({
      status: "True",
      reason: "Succeeded",
      message: "Tasks Completed: 4 (Failed: 0, Cancelled 0), Skipped: 0",
    });
    const { completionTime, childReferences } = stage.run().status ?? {};
    expect(completionTime).toBe(stage.condition?.lastTransitionTime);
    expect(childReferences?.map(({ name }) => name)).toEqual([
      "ship-build",
      "ship-lint",
      "ship-test",
      "ship-clean",
    ]);
  });

  it("refuses to promise a result that its task does not declare", async () => {
    const stage = await staged({
      tasks: [task("a")],
      results: [{ name: "never", value: "$(tasks.a.results.none)" }],
    });
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "InvalidPipelineResultReference",
      message:
        '[User error] invalid pipeline result "never": "none" is not a named result returned by pipeline task "a"',
    });
  });

  it("puts params into inline tasks, whatever defaults those have, and then contexts", async () => {
    const script = "echo $(params.who) $(params.own) $(context.pipelineRun.name)";
    const stage = await staged(
      {
        params: [{ name: "who", default: "nobody" }],
        tasks: [
          task("a", {
            taskSpec: { params: [{ name: "own", default: "mine" }], steps: [{ image: "x", script }] },
          }),
        ],
      },
      {
        params: [
          { name: "who", value: "$(context.pipelineRun.name)" },
          { name: "own", value: "theirs" },
        ],
      },
    );
    expect(stage.taskRun("ship-a").spec.taskSpec?.steps[0]?.script).toBe("echo ship theirs ship");
  });

  it("gives a task what an earlier one wrote, and hands out results", async () => {
    const stage = await staged({
      tasks: [
        task("greet", {
          taskSpec: { ...STEPS, results: [{ name: "text" }, { name: "list", type: "array" }] },
        }),
        task("shout", {
          params: [
            { name: "text", value: "$(tasks.greet.results.text)!" },
            { name: "list", value: ["$(tasks.greet.results.list[*])", "end"] },
          ],
          displayName: "Shout $(tasks.greet.results.text)",
        }),
      ],
      results: [{ name: "said", value: "$(tasks.greet.results.text)" }],
    });
    const results = [
      { name: "text", value: "hi" },
      { name: "list", type: "array" as const, value: ["a", "b"] },
    ];
    await stage.end("ship-greet", "True", { results });
    await stage.pass();
    expect(stage.taskRun("ship-shout").spec.params).toEqual([
      { name: "text", value: "hi!" },
      { name: "list", value: ["a", "b", "end"] },
    ]);
    expect(stage.run().status?.childReferences?.[1]).toMatchObject({
      name: "ship-shout",
      displayName: "Shout hi",
    });
    await stage.end("ship-shout", "True");
    await stage.pass();
    expect(stage.run().status?.results).toEqual([{ name: "said", value: "hi" }]);
  });

  it("gives a task the artifacts of an earlier one", async () => {
    const stage = await staged({
      tasks: [
        task("use", { params: [{ name: "image", value: "$(tasks.make.outputs.image)" }] }),
        task("make"),
      ],
    });
    const values = [{ uri: "pkg:oci/demo", digest: { sha256: "12" } }];
    await stage.end("ship-make", "True", { artifacts: { outputs: [{ name: "image", values }] } });
    await stage.pass();
    expect(stage.taskRun("ship-use").spec.params).toEqual([{ name: "image", value: JSON.stringify(values) }]);
  });

  it("fails when a task succeeds without the result another one needs", async () => {
    const stage = await staged({
      tasks: [
        task("a", { taskSpec: { ...STEPS, results: [{ name: "r" }] } }),
        task("b", { params: [{ name: "x", value: "$(tasks.a.results.r)" }] }),
        task("c", { runAfter: ["b"] }),
      ],
    });
    await stage.end("ship-a", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "PipelineValidationFailed",
      message:
        'Tasks Completed: 1 (Failed: 0, Cancelled 0), Skipped: 1, Failed Validation: 1 (task "a" completed successfully but did not emit the result "r", which is referenced by task "b")',
    });
    expect(stage.run().status?.skippedTasks).toEqual([{ name: "c", reason: "PipelineRun was stopping" }]);
  });

  it("fails when a task succeeds without a result the pipeline promises", async () => {
    const stage = await staged({
      tasks: [task("a", { taskSpec: { ...STEPS, results: [{ name: "r" }] } })],
      results: [{ name: "out", value: "$(tasks.a.results.r)" }],
    });
    await stage.end("ship-a", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "CouldntGetPipelineResult" });
  });

  it("runs finally after a failure, which can see how the tasks ended", async () => {
    const stage = await staged({
      tasks: [task("a"), task("b"), task("c", { runAfter: ["b"] })],
      finally: [
        task("report", {
          params: [
            { name: "a", value: "$(tasks.a.status)/$(tasks.a.reason)" },
            { name: "c", value: "$(tasks.c.status)" },
            { name: "all", value: "$(tasks.status)" },
          ],
        }),
      ],
    });
    await stage.end("ship-a", "False");
    await stage.pass();
    expect(stage.names).toEqual(["ship-a", "ship-b"]);
    await stage.end("ship-b", "True");
    await stage.pass();
    expect(stage.taskRun("ship-report").spec.params).toEqual([
      { name: "a", value: "Failed/StepFailed" },
      { name: "c", value: "None" },
      { name: "all", value: "Failed" },
    ]);
    await stage.end("ship-report", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "Failed",
      message: "Tasks Completed: 3 (Failed: 1, Cancelled 0), Skipped: 1",
    });
  });

  it("goes on after a failure that is let off, and counts it", async () => {
    const stage = await staged({
      tasks: [
        task("a", { onError: "continue", taskSpec: { ...STEPS, results: [{ name: "r" }] } }),
        task("b", { runAfter: ["a"] }),
        task("c", { params: [{ name: "x", value: "$(tasks.a.results.r)" }] }),
      ],
    });
    expect(stage.taskRun("ship-a").metadata.annotations).toMatchObject({
      "pipeline.tekton.dev/pipeline-task-on-error": "continue",
    });
    await stage.end("ship-a", "False", { reason: "FailureIgnored" });
    await stage.pass();
    await stage.end("ship-b", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({
      status: "True",
      reason: "Completed",
      message: "Tasks Completed: 2 (Failed: 1 (Ignored: 1), Cancelled 0), Skipped: 1",
    });
    expect(stage.run().status?.skippedTasks).toEqual([{ name: "c", reason: "Results were missing" }]);
  });

  it("fans a matrix out, and puts its results together by name", async () => {
    const stage = await staged({
      tasks: [
        task("build", {
          matrix: {
            params: [
              { name: "os", value: ["linux", "mac"] },
              { name: "arch", value: ["x", "y"] },
            ],
          },
          taskSpec: { ...STEPS, results: [{ name: "image" }] },
        }),
        task("list", {
          params: [
            { name: "images", value: ["$(tasks.build.results.image[*])"] },
            { name: "runs", value: "$(tasks.build.matrix.length)/$(tasks.build.matrix.image.length)" },
          ],
        }),
      ],
    });
    expect(stage.names).toEqual(["ship-build-0", "ship-build-1", "ship-build-2", "ship-build-3"]);
    expect(stage.taskRun("ship-build-1").spec.params).toEqual([
      { name: "arch", value: "x" },
      { name: "os", value: "mac" },
    ]);
    for (const name of stage.names) {
      const results = name.endsWith("2") ? [] : [{ name: "image", value: `from ${name}` }];
      await stage.end(name, "True", { results });
    }
    await stage.pass();
    expect(stage.taskRun("ship-list").spec.params).toEqual([
      { name: "images", value: ["from ship-build-0", "from ship-build-1", "from ship-build-3"] },
      { name: "runs", value: "4/3" },
    ]);
  });

  it("skips by guard, also of a workspace that is not bound, and tells why", async () => {
    const stage = await staged({
      workspaces: [{ name: "cache", optional: true }],
      tasks: [
        task("warm", { when: [{ input: "$(workspaces.cache.bound)", operator: "in", values: ["true"] }] }),
        task("cold", { when: [{ cel: "'$(workspaces.cache.bound)' == 'false'" }] }),
        task("after", { runAfter: ["warm"] }),
      ],
    });
    expect(stage.names).toEqual(["ship-cold", "ship-after"]);
    expect(stage.run().status?.skippedTasks).toEqual([
      {
        name: "warm",
        reason: "When Expressions evaluated to false",
        whenExpressions: [{ input: "false", operator: "in", values: ["true"] }],
      },
    ]);
  });

  it("is complete at once when every task is skipped", async () => {
    const when = [{ input: "a", operator: "in", values: ["b"] }];
    const stage = await staged({ tasks: [task("a", { when })], finally: [task("f", { when })] });
    expect(stage.condition).toMatchObject({
      status: "True",
      reason: "Completed",
      message: "Tasks Completed: 0 (Failed: 0, Cancelled 0), Skipped: 2",
    });
  });

  it("binds workspaces, with claims made from templates and sub-paths joined", async () => {
    const stage = await staged(
      {
        workspaces: [{ name: "source" }],
        tasks: [
          task("a", {
            workspaces: [{ name: "src", workspace: "source", subPath: "b" }],
            taskSpec: { ...STEPS, workspaces: [{ name: "src" }] },
          }),
        ],
      },
      {
        workspaces: [
          { name: "source", subPath: "a", volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"] } } },
        ],
      },
    );
    const [claim] = stage.api.all(CoreKind.claim);
    expect(claim?.metadata.name).toMatch(/^pvc-[0-9a-f]{10}$/);
    expect(claim?.metadata.ownerReferences?.[0]?.name).toBe("ship");
    expect(stage.taskRun("ship-a").spec.workspaces).toEqual([
      { name: "src", subPath: "a/b", persistentVolumeClaim: { claimName: claim?.metadata.name } },
    ]);
  });

  it("gives its children owner, labels, and its own context instead of the one it was given", async () => {
    const stage = new Stage();
    const given = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const annotations = {
      "tekton.dev/pipelinerunSpanContext": JSON.stringify({ traceparent: given }),
      "chains.tekton.dev/signed": "true",
      note: "kept",
    };
    await stage.create({ pipelineSpec: { tasks: [task("a")] } }, { annotations, labels: { team: "x" } });
    await stage.pass();
    const { uid = "" } = stage.run().metadata;
    const { metadata } = stage.taskRun("ship-a");
    const own = `00-${"a".repeat(32)}-${spanIds.run(uid)}-01`;
    expect(stage.run().status?.spanContext).toEqual({ traceparent: own });
    expect(metadata.annotations).toEqual({
      note: "kept",
      "pipeline.tekton.dev/release": expect.any(String),
      "tekton.dev/taskrunSpanContext": JSON.stringify({ traceparent: own }),
      "tekton.dev/traceparent": own,
    });
    expect(metadata.labels).toEqual({
      team: "x",
      "tekton.dev/pipeline": "ship",
      "tekton.dev/pipelineRun": "ship",
      "tekton.dev/pipelineRunUID": uid,
      "tekton.dev/pipelineTask": "a",
      "tekton.dev/memberOf": "tasks",
      "app.kubernetes.io/managed-by": "tekton-pipelines",
    });
    expect(metadata.ownerReferences).toMatchObject([
      { kind: "PipelineRun", name: "ship", uid, controller: true },
    ]);
  });

  it("calls them after a pipeline that was fetched, whose name nobody had said before", async () => {
    const pipeline = {
      kind: "Pipeline",
      metadata: { name: "release" },
      spec: { tasks: [task("a"), task("b")] },
    };
    pipeline.spec.tasks[1] = task("b", { runAfter: ["a"] });
    const server = createServer((_, response) =>
      response.end(JSON.stringify({ apiVersion: "tekton.dev/v1", ...pipeline })),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const stage = new Stage();
    const params = [{ name: "url", value: `http://127.0.0.1:${port}/pipeline.json` }];
    await stage.create({ pipelineRef: { resolver: "http", params } });
    await stage.pass();
    await stage.end("ship-a", "True");
    await stage.pass();
    const labelled = [stage.run(), ...stage.taskRuns];
    expect(labelled.map(({ metadata }) => metadata.labels?.["tekton.dev/pipeline"])).toEqual([
      "release",
      "release",
      "release",
    ]);
    server.close();
  });

  it("runs custom tasks as CustomRuns, whose lists come back as lists", async () => {
    const stage = await staged({
      tasks: [
        task("wait", { taskSpec: undefined, taskRef: { apiVersion: "wait.dev/v1", kind: "Wait" } } as never),
        task("use", { params: [{ name: "all", value: ["$(tasks.wait.results.list[*])"] }] }),
      ],
    });
    const [custom] = stage.api.all(TektonKind.customRun);
    expect(custom?.spec).toMatchObject({ customRef: { apiVersion: "wait.dev/v1", kind: "Wait" } });
    expect(Object.keys(custom?.metadata.annotations ?? {})).toContain("tekton.dev/customrunSpanContext");
    if (custom === undefined) throw new Error("no CustomRun");
    await stage.api.updateStatus(TektonKind.customRun, {
      ...custom,
      status: {
        conditions: [{ type: "Succeeded", status: "True" }],
        results: [{ name: "list", value: '["a","b"]' }],
      },
    });
    await stage.pass();
    expect(stage.taskRun("ship-use").spec.params).toEqual([{ name: "all", value: ["a", "b"] }]);
  });

  it("runs a pipeline in a pipeline under its own context, and cancels it with itself", async () => {
    const inner = { tasks: [task("deep")] };
    const stage = await staged({ tasks: [{ name: "inner", pipelineSpec: inner }] });
    const child = stage.run("ship-inner");
    const traceparent = stage.run().status?.spanContext?.["traceparent"];
    expect(child.metadata.annotations).toMatchObject({ "tekton.dev/traceparent": traceparent });
    expect(child.spec.pipelineSpec).toEqual(inner);
    await stage.demand("Cancelled");
    await stage.pass();
    expect(stage.run("ship-inner").spec.status).toBe("Cancelled");
    expect(stage.condition).toMatchObject({ status: "False", reason: "Cancelled" });
  });

  it("is not led round in a circle by owners that own each other", async () => {
    const stage = new Stage();
    const ownerReferences = [
      { apiVersion: "tekton.dev/v1", kind: "PipelineRun", name: "ship", uid: "x", controller: true },
    ];
    await stage.create(
      { pipelineSpec: { tasks: [{ name: "inner", pipelineRef: { name: "other" } }] } },
      { ownerReferences },
    );
    await stage.pass();
    expect(stage.run("ship-inner").spec.pipelineRef).toEqual({ name: "other" });
  });

  it("refuses a pipeline that runs itself", async () => {
    const stage = new Stage();
    await stage.api.create(TektonKind.pipeline, {
      apiVersion: "tekton.dev/v1",
      kind: "Pipeline",
      metadata: { name: "loop", namespace: "demo" },
      spec: { tasks: [{ name: "again", pipelineRef: { name: "loop" } }] },
    });
    await stage.create({ pipelineRef: { name: "loop" } });
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "CreateRunFailed" });
    expect(stage.condition?.message).toContain('pipeline "loop" runs itself');
  });

  it("does not take a TaskRun of that name for its own, and stops what it had started", async () => {
    const stage = new Stage();
    await stage.api.create(TektonKind.taskRun, {
      apiVersion: "tekton.dev/v1",
      kind: "TaskRun",
      metadata: { name: "ship-a", namespace: "demo" },
      spec: { taskSpec: STEPS },
    });
    await stage.create({ pipelineSpec: { tasks: [task("b"), task("a")] } });
    await stage.pass();
    expect(stage.taskRun("ship-b").spec.status).toBe("TaskRunCancelled");
    expect(stage.taskRun("ship-a").spec.status).toBeUndefined();
    expect(stage.condition).toMatchObject({ status: "False", reason: "CreateRunFailed" });
    expect(stage.condition?.message).toContain("there is one of that name that has no owner");
  });

  it.each([
    ["CouldntGetPipeline", { pipelineRef: { name: "none" } }],
    ["CouldntGetTask", { pipelineSpec: { tasks: [{ name: "a", taskRef: { name: "none" } }] } }],
    [
      "PipelineInvalidGraph",
      { pipelineSpec: { tasks: [task("a", { runAfter: ["b"] }), task("b", { runAfter: ["a"] })] } },
    ],
    ["PipelineValidationFailed", { pipelineSpec: { tasks: [{ name: "a" }] } }],
    ["ParameterMissing", { pipelineSpec: { params: [{ name: "p" }], tasks: [task("a")] } }],
    [
      "ParameterTypeMismatch",
      {
        pipelineSpec: { params: [{ name: "p" }], tasks: [task("a")] },
        params: [{ name: "p", value: ["x"] }],
      },
    ],
    [
      "ObjectParameterMissKeys",
      {
        pipelineSpec: {
          params: [{ name: "p", properties: { k: {} } }],
          tasks: [task("a")],
        },
        params: [{ name: "p", value: { other: "x" } }],
      },
    ],
    [
      "ParamArrayIndexingInvalid",
      {
        pipelineSpec: {
          params: [{ name: "p", type: "array" as const }],
          tasks: [task("a", { params: [{ name: "x", value: "$(params.p[2])" }] })],
        },
        params: [{ name: "p", value: ["x"] }],
      },
    ],
    [
      "InvalidParamValue",
      {
        pipelineSpec: { params: [{ name: "p", enum: ["x", "y"] }], tasks: [task("a")] },
        params: [{ name: "p", value: "z" }],
      },
    ],
    ["InvalidWorkspaceBindings", { pipelineSpec: { workspaces: [{ name: "w" }], tasks: [task("a")] } }],
    [
      "InvalidTaskRunSpecs",
      { pipelineSpec: { tasks: [task("a")] }, taskRunSpecs: [{ pipelineTaskName: "b" }] },
    ],
    [
      "InvalidTaskResultReference",
      {
        pipelineSpec: {
          tasks: [task("a"), task("b", { params: [{ name: "x", value: "$(tasks.a.results.r)" }] })],
        },
      },
    ],
    [
      "RequiredWorkspaceMarkedOptional",
      {
        pipelineSpec: {
          workspaces: [{ name: "w", optional: true }],
          tasks: [
            task("a", {
              workspaces: [{ name: "w" }],
              taskSpec: { ...STEPS, workspaces: [{ name: "w" }] },
            }),
          ],
        },
      },
    ],
    ["CELEvaluationFailed", { pipelineSpec: { tasks: [task("a", { when: [{ cel: "size('a')" }] })] } }],
  ])("ends with %s, before anything has started", async (reason, spec) => {
    const stage = new Stage();
    await stage.create(spec);
    await stage.pass();
    expect([stage.condition?.status, stage.condition?.reason]).toEqual(["False", reason]);
    expect(stage.names).toEqual([]);
    expect(stage.run().status?.completionTime).toBeDefined();
  });

  it("starts nothing while it is pending, and starts when that is lifted", async () => {
    const stage = await staged({ tasks: [task("a")] }, { status: "PipelineRunPending" });
    expect(stage.condition).toMatchObject({ status: "Unknown", reason: "PipelineRunPending" });
    expect(stage.run().status?.startTime).toBeUndefined();
    await stage.demand("");
    await stage.pass();
    expect(stage.names).toEqual(["ship-a"]);
  });

  it("is not looked at again before something about it or its children is different", async () => {
    const stage = await staged({ tasks: [task("a"), task("b")] });
    const { engine, stop } = await startTestEngine(stage.api, { clock: stage.clock });
    let passes = 0;
    const counting = { ...engine, onSpans: () => (passes += 1) };
    const outcome = await reconcilePipelineRun(counting, KEY);
    expect(outcome).toEqual({ requeueAfterMillis: 3_600_001 });
    stage.wait(1_000);
    expect(await reconcilePipelineRun(counting, KEY)).toEqual({ requeueAfterMillis: 3_599_001 });
    expect(passes).toBe(1);
    await stage.end("ship-a", "True");
    await expect.poll(() => engine.caches.taskRuns.get({ ...KEY, name: "ship-a" })?.status).toBeDefined();
    await reconcilePipelineRun(counting, KEY);
    expect(passes).toBe(2);
    stage.wait(3_600_000);
    await reconcilePipelineRun(counting, KEY);
    expect(passes).toBe(3);
    expect(stage.condition?.reason).toBe("PipelineRunTimeout");
    stop();
  });

  it("is looked at as long as it has a child that the cache does not know", async () => {
    const stage = await staged({ tasks: [task("a")] });
    const { engine, stop } = await startTestEngine(stage.api, { clock: stage.clock });
    const { taskRuns } = engine.caches;
    const behind = { ...engine.caches, taskRuns: { ...taskRuns, by: () => [] } };
    let passes = 0;
    const counting = { ...engine, caches: behind, onSpans: () => (passes += 1) };
    await reconcilePipelineRun(counting, KEY);
    await reconcilePipelineRun(counting, KEY);
    expect(passes).toBe(2);
    stop();
  });

  it("leaves a span for every function, below the run's own span", async () => {
    const stage = await staged({ tasks: [task("a")] });
    const [{ resource, scope, spans } = { resource: {}, scope: {}, spans: [] }] = stage.spans;
    const nameOf = (id = "") => spans.find(({ spanId }) => spanId === id)?.name ?? id;
    const run = spanIds.run(stage.run().metadata.uid ?? "");
    expect(resource).toEqual({ "service.name": "pipelinerun-reconciler" });
    expect(scope).toEqual({ name: "PipelineRunReconciler", version: "test" });
    expect(spans.map(({ name, parentSpanId }) => `${nameOf(parentSpanId)} > ${name}`)).toEqual([
      `${run} > PipelineRun:ReconcileKind`,
      "PipelineRun:ReconcileKind > initializeConditions",
      "PipelineRun:ReconcileKind > start",
      "PipelineRun:ReconcileKind > updatePipelineRunStatusFromInformer",
      "PipelineRun:ReconcileKind > reconcile",
      "reconcile > settlePipeline",
      "settlePipeline > getPipelineData",
      "settlePipeline > planPipeline",
      "settlePipeline > validatePipelineSpec",
      "settlePipeline > checkRun",
      "checkRun > validateParameters",
      "checkRun > validateParamArrayIndex",
      "checkRun > validateWorkspaceBindings",
      "checkRun > validateTaskRunSpecs",
      "settlePipeline > planPipeline",
      "reconcile > checkTasks",
      "checkTasks > resolvePipelineTask",
      "checkTasks > validateMatrixParams",
      "checkTasks > validatePipelineTaskResults",
      "checkTasks > validatePipelineResults",
      "checkTasks > validateTaskWorkspaces",
      "checkTasks > validateOptionalWorkspaces",
      "reconcile > createPersistentVolumeClaims",
      "reconcile > resolvePipelineState",
      "reconcile > stopTasks",
      "reconcile > runNextSchedulableTask",
      "runNextSchedulableTask > createTaskRuns",
      "createTaskRuns > createTaskRun",
      "reconcile > recordTasks",
      "reconcile > settleOutcome",
      "PipelineRun:ReconcileKind > emitReconcileEvents",
      "emitReconcileEvents > emitEvent",
      "emitReconcileEvents > emitEvent",
      "PipelineRun:ReconcileKind > syncMetadata",
      "PipelineRun:ReconcileKind > updateStatus",
    ]);
    const created = spans.find(({ name }) => name === "createTaskRun");
    expect(created?.attributes).toMatchObject({
      "k8s.namespace.name": "demo",
      "tekton.pipelinerun.name": "ship",
      "tekton.taskrun.name": "ship-a",
      "throughline.reconcile.decisions": ["created TaskRun ship-a"],
    });
  });

  it("tells its story in Events, each chapter once", async () => {
    const stage = await staged({ tasks: [task("a"), task("b")] });
    await stage.end("ship-a", "True");
    await stage.pass();
    await stage.end("ship-b", "False");
    await stage.pass();
    const events = stage.api.all(CoreKind.event).map(({ type, reason }) => `${type} ${reason}`);
    expect(events).toEqual(["Normal Started", "Normal Running", "Warning Failed"]);
  });

  it("leaves alone what another controller manages", async () => {
    const stage = await staged({ tasks: [task("a")] }, { managedBy: "example.com/other" });
    expect(stage.run().status).toBeUndefined();
  });
});

describe("cancelling a PipelineRun", () => {
  const spec = { tasks: [task("a"), task("b", { runAfter: ["a"] })], finally: [task("f")] };

  it("stops everything and runs no finally when Cancelled", async () => {
    const stage = await staged(spec);
    await stage.demand("Cancelled");
    await stage.pass();
    expect(stage.taskRun("ship-a").spec).toMatchObject({
      status: "TaskRunCancelled",
      statusMessage: "TaskRun cancelled as the PipelineRun it belongs to has been cancelled.",
    });
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "Cancelled",
      message: 'PipelineRun "ship" was cancelled',
    });
    await stage.pass();
    expect(stage.names).toEqual(["ship-a"]);
  });

  it("stops the tasks and runs finally when CancelledRunFinally", async () => {
    const stage = await staged(spec);
    await stage.demand("CancelledRunFinally");
    await stage.pass();
    expect(stage.taskRun("ship-a").spec.status).toBe("TaskRunCancelled");
    expect(stage.condition).toMatchObject({ status: "Unknown", reason: "CancelledRunningFinally" });
    await stage.end("ship-a", "False", { reason: "TaskRunCancelled" });
    await stage.pass();
    await stage.end("ship-f", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "Cancelled" });
  });

  it("lets what runs finish and runs finally when StoppedRunFinally", async () => {
    const stage = await staged(spec);
    await stage.demand("StoppedRunFinally");
    await stage.pass();
    expect(stage.taskRun("ship-a").spec.status).toBeUndefined();
    await stage.end("ship-a", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "Unknown", reason: "StoppedRunningFinally" });
    expect(stage.run().status?.skippedTasks).toEqual([
      { name: "b", reason: "PipelineRun was gracefully stopped" },
    ]);
    await stage.end("ship-f", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "Cancelled" });
  });
});

describe("time limits of a PipelineRun", () => {
  const spec = { tasks: [task("a"), task("b", { runAfter: ["a"] })], finally: [task("f")] };
  const late = "TaskRun cancelled as the PipelineRun it belongs to has timed out.";

  it("end it when the whole takes too long", async () => {
    const stage = await staged(spec, { timeouts: { pipeline: "1m" } });
    expect(await stage.pass()).toBe(60_001);
    stage.wait(60_001);
    expect(await stage.pass()).toBeUndefined();
    expect(stage.taskRun("ship-a").spec.statusMessage).toBe(late);
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "PipelineRunTimeout",
      message: 'PipelineRun "ship" failed to finish within "1m0s"',
    });
  });

  it("end it when what it refers to cannot be had for so long", async () => {
    const server = createServer((_, response) => response.writeHead(503).end());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const stage = new Stage();
    const params = [{ name: "url", value: `http://127.0.0.1:${port}/pipeline.yaml` }];
    await stage.create({ pipelineRef: { resolver: "http", params }, timeouts: { pipeline: "1m" } });
    await expect(stage.pass()).rejects.toThrow("status 503");
    expect(stage.condition).toMatchObject({ status: "Unknown", reason: "ResolvingPipelineRef" });
    stage.wait(60_001);
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "CouldntGetPipeline" });
    server.close();
  });

  it("stop the tasks and let finally run when the tasks take too long", async () => {
    const stage = await staged(spec, { timeouts: { pipeline: "2m", tasks: "1m" } });
    stage.wait(60_001);
    await stage.pass();
    expect(stage.taskRun("ship-a").spec.statusMessage).toBe(late);
    await stage.end("ship-a", "False", { reason: "TaskRunCancelled" });
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "Unknown", reason: "PipelineRunTimeoutRunningFinally" });
    await stage.end("ship-f", "True");
    await stage.pass();
    expect(stage.condition).toMatchObject({
      status: "False",
      reason: "PipelineRunTimeout",
      message: 'PipelineRun "ship" failed due to tasks failed to finish within "1m0s"',
    });
  });

  it("fail it when finally takes too long", async () => {
    const stage = await staged(spec, { timeouts: { pipeline: "2m", finally: "10s" } });
    await stage.end("ship-a", "True");
    await stage.pass();
    await stage.end("ship-b", "True");
    await stage.pass();
    expect(await stage.pass()).toBe(10_001);
    stage.wait(10_001);
    await stage.pass();
    expect(stage.taskRun("ship-f").spec.statusMessage).toBe(late);
    await stage.end("ship-f", "False", { reason: "TaskRunCancelled" });
    await stage.pass();
    expect(stage.condition).toMatchObject({ status: "False", reason: "Failed" });
  });
});
