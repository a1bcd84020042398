import { describe, expect, it } from "vitest";
import { generateRun, type RunScenario } from "./index.ts";
import { at, list, named, oneStep, runOf } from "./testing.ts";

function generate(scenario: RunScenario) {
  const run = generateRun(scenario, 1);
  const name = run.truth.name;
  return { ...run, taskRun: (task: string) => named(run.taskRuns, `${name}-${task}`) };
}

describe("a generated run", () => {
  it("starts a task when the tasks before it have ended, and parallel tasks together", () => {
    const { truth } = generate(runOf([oneStep("a"), oneStep("b"), oneStep("c", { runAfter: ["a", "b"] })]));
    const [a, b, c] = truth.tasks;
    expect(b?.createdMs).toBe(a?.createdMs);
    expect(c?.createdMs).toBeGreaterThan(Math.max(a?.completedMs ?? 0, b?.completedMs ?? 0));
  });

  it("passes results on, and waits for whoever writes them", () => {
    const build = oneStep("build");
    const steps = [
      { name: "run", image: "alpine", command: ["b"], durationMs: 1, results: { digest: "sha256:1" } },
    ];
    build.work = { kind: "steps", steps };
    const deploy = oneStep("deploy", { params: { image: "app@$(tasks.build.results.digest)" } });
    const { taskRun, truth } = generate(runOf([deploy, build]));
    expect(truth.tasks.map(({ task }) => task.name)).toEqual(["build", "deploy"]);
    expect(at(taskRun("deploy"), "spec.params.0.value")).toBe("app@sha256:1");
    expect(at(taskRun("build"), "status.results.0")).toEqual({
      name: "digest",
      type: "string",
      value: "sha256:1",
    });
  });

  it("skips what `when` rules out, and what needs its results, but not what merely comes after", () => {
    const guarded = oneStep("guarded", { when: [{ input: "a", operator: "in", values: ["b"] }] });
    const later = oneStep("later", { runAfter: ["guarded"] });
    const user = oneStep("user", { params: { x: "$(tasks.guarded.results.x)" } });
    const { truth, pipelineRun } = generate(runOf([guarded, later, user]));
    expect(truth.tasks.map(({ task }) => task.name)).toEqual(["later"]);
    expect(list(pipelineRun, "status.skippedTasks").map((task) => at(task, "reason"))).toEqual([
      "When Expressions evaluated to false",
      "Results were missing",
    ]);
    expect(at(pipelineRun, "status.conditions.0.message")).toBe(
      "Tasks Completed: 1 (Failed: 0, Cancelled 0), Skipped: 2",
    );
    expect(at(pipelineRun, "status.conditions.0.reason")).toBe("Completed");
  });

  it("stops at a failed task, skips the rest and still runs `finally`", () => {
    const scenario = runOf([oneStep("test", { exitCodes: [2] }), oneStep("deploy", { runAfter: ["test"] })], {
      finally: [oneStep("report", { params: { status: "$(tasks.status)" } })],
    });
    const { taskRun, pipelineRun } = generate(scenario);
    expect(at(taskRun("test"), "status.conditions.0.message")).toBe('"step-run" exited with code 2: Error');
    expect(at(taskRun("report"), "spec.params.0.value")).toBe("Failed");
    expect(at(pipelineRun, "status.conditions.0.reason")).toBe("Failed");
    expect(at(pipelineRun, "status.skippedTasks.0.reason")).toBe("PipelineRun was stopping");
    expect(at(pipelineRun, "status.finallyStartTime")).toBe(
      at(taskRun("report"), "metadata.creationTimestamp"),
    );
  });

  it("keeps a failed attempt in retriesStatus, with a Pod of its own", () => {
    const { taskRun, truth, pods } = generate(runOf([oneStep("flaky", { retries: 1, exitCodes: [1, 0] })]));
    const pod = `${truth.name}-flaky-pod`;
    expect(pods.map((object) => at(object, "metadata.name"))).toEqual([pod, `${pod}-retry1`]);
    expect(at(taskRun("flaky"), "status.podName")).toBe(`${pod}-retry1`);
    expect(at(taskRun("flaky"), "status.retriesStatus.0.podName")).toBe(pod);
    expect(at(taskRun("flaky"), "status.retriesStatus.0.conditions.0.reason")).toBe("StepFailed");
    expect(at(taskRun("flaky"), "status.conditions.0.reason")).toBe("Succeeded");
  });

  it("skips the steps after a failed one, but goes on after a failure that is let pass", () => {
    const step = { image: "alpine", command: ["x"], durationMs: 5_000 };
    const steps = [
      { ...step, name: "format", exitCodes: [3], onError: "continue" as const },
      { ...step, name: "test", exitCodes: [2] },
      { ...step, name: "report" },
    ];
    const { taskRun, pods } = generate(runOf([{ name: "check", work: { kind: "steps", steps } }]));
    const told = list(taskRun("check"), "status.steps");
    expect(told.map((one) => [at(one, "terminationReason"), at(one, "terminated.exitCode")])).toEqual([
      ["Continued", 3],
      ["Error", 2],
      ["Skipped", 1],
    ]);
    const containers = list(pods[0], "status.containerStatuses");
    expect(containers.map((one) => at(one, "state.terminated.exitCode"))).toEqual([0, 2, 1]);
    expect(at(containers[0], "state.terminated.message")).toContain(
      '{"key":"ExitCode","value":"3","type":3}',
    );
    expect(at(containers[2], "state.terminated.message")).toContain(
      '{"key":"Reason","value":"Skipped","type":3}',
    );
  });

  it("runs a task of a matrix once for each combination, the first param varying fastest", () => {
    const matrix = { platform: ["linux", "mac"], browser: ["safari", "chrome"] };
    const { taskRuns, truth } = generate(runOf([oneStep("test", { matrix })]));
    expect(taskRuns.map((object) => at(object, "metadata.name"))).toEqual(
      [0, 1, 2, 3].map((index) => `${truth.name}-test-${index}`),
    );
    expect(truth.tasks.map(({ params }) => `${params.platform}/${params.browser}`)).toEqual([
      "linux/safari",
      "mac/safari",
      "linux/chrome",
      "mac/chrome",
    ]);
  });

  it("waits in the queue before the start", () => {
    const { pipelineRun } = generate(runOf([oneStep("a")], { queueMs: 45_000 }));
    expect(at(pipelineRun, "metadata.creationTimestamp")).toBe("2026-08-18T09:15:01Z");
    expect(at(pipelineRun, "status.startTime")).toBe("2026-08-18T09:15:46Z");
  });

  it("pulls an image once per node, in the kubelet's own words", () => {
    const scenario = runOf([oneStep("a"), oneStep("b", { runAfter: ["a"] })], {
      nodes: ["worker-1"],
      images: { "alpine:3.22": { pullMs: 61_874, bytes: 3_184_021 } },
    });
    const messages = generate(scenario)
      .events.filter((event) => at(event, "involvedObject.fieldPath") === "spec.containers{step-run}")
      .filter((event) => at(event, "reason") === "Pulled")
      .map((event) => at(event, "message"));
    expect(messages).toEqual([
      'Successfully pulled image "alpine:3.22" in 1m1.874s (1m1.874s including waiting). Image size: 3184021 bytes.',
      'Container image "alpine:3.22" already present on machine',
    ]);
  });

  it("reports that no node is found, and then the node", () => {
    const message = "0/1 nodes are available: 1 Insufficient cpu.";
    const task = oneStep("big");
    task.work = { kind: "steps", steps: [], scheduling: { delayMs: 30_000, message, node: "worker-9" } };
    const steps = [{ name: "run", image: "alpine", command: ["x"], durationMs: 1 }];
    const { events, pods } = generate(runOf([{ ...task, work: { ...task.work, steps } }]));
    const scheduler = events.filter((event) => at(event, "reportingComponent") === "default-scheduler");
    expect(scheduler.map((event) => [at(event, "reason"), at(event, "firstTimestamp")])).toEqual([
      ["FailedScheduling", null],
      ["Scheduled", null],
    ]);
    expect(String(at(scheduler[0], "eventTime"))).toMatch(/\.\d{6}Z$/);
    expect(at(pods[0], "spec.nodeName")).toBe("worker-9");
  });

  it("fails a task whose image cannot be pulled, deletes its Pod and makes up times for its steps", () => {
    const images = { "alpine:3.22": { pullMs: 300, bytes: 0, pullError: "not found" } };
    const { taskRun, pods, events } = generate(runOf([oneStep("a")], { images }));
    expect(pods).toEqual([]);
    expect(at(taskRun("a"), "status.conditions.0.reason")).toBe("TaskRunImagePullFailed");
    expect(at(taskRun("a"), "status.steps.0.terminated.startedAt")).toBe(
      at(taskRun("a"), "metadata.creationTimestamp"),
    );
    expect(events.map((event) => at(event, "reason"))).toContain("BackOff");
  });

  it("times a task out", () => {
    const { taskRun, pods } = generate(runOf([oneStep("slow", { durationMs: 60_000, timeoutMs: 20_000 })]));
    expect(at(taskRun("slow"), "status.conditions.0.reason")).toBe("TaskRunTimeout");
    expect(at(taskRun("slow"), "status.conditions.0.message")).toContain('failed to finish within "20s"');
    expect(at(taskRun("slow"), "status.steps.0.terminationReason")).toBe("TaskRunTimeout");
    expect(pods).toEqual([]);
  });

  it("times a pipeline out, naming what never started", () => {
    const tasks = [oneStep("slow", { durationMs: 60_000 }), oneStep("later", { runAfter: ["slow"] })];
    const { pipelineRun, taskRun } = generate(runOf(tasks, { timeouts: { pipelineMs: 30_000 } }));
    expect(at(pipelineRun, "status.conditions.0.reason")).toBe("PipelineRunTimeout");
    expect(at(pipelineRun, "status.skippedTasks.0.reason")).toBe("PipelineRun timeout has been reached");
    expect(at(taskRun("slow"), "spec.statusMessage")).toBe(
      "TaskRun cancelled as the PipelineRun it belongs to has timed out.",
    );
  });

  it("cancels a run at once, and without `finally`", () => {
    const interruption = { status: "Cancelled", afterMs: 8_000 } as const;
    const scenario = runOf([oneStep("a"), oneStep("b", { runAfter: ["a"] })], {
      interruption,
      finally: [oneStep("end")],
    });
    const { pipelineRun, taskRun, truth } = generate(scenario);
    expect(at(pipelineRun, "spec.status")).toBe("Cancelled");
    expect(at(pipelineRun, "status.conditions.0.message")).toBe(`PipelineRun "${truth.name}" was cancelled`);
    expect(at(taskRun("a"), "status.conditions.0.reason")).toBe("TaskRunCancelled");
    expect(truth.tasks).toHaveLength(1);
  });

  it.each([
    {
      status: "CancelledRunFinally",
      first: "TaskRunCancelled",
      reason: "PipelineRun was gracefully cancelled",
    },
    { status: "StoppedRunFinally", first: "Succeeded", reason: "PipelineRun was gracefully stopped" },
  ] as const)("runs `finally` after $status", ({ status, first, reason }) => {
    const tasks = [oneStep("a"), oneStep("b", { runAfter: ["a"] })];
    const scenario = runOf(tasks, { interruption: { status, afterMs: 8_000 }, finally: [oneStep("end")] });
    const { pipelineRun, taskRun } = generate(scenario);
    expect(at(pipelineRun, "status.conditions.0.reason")).toBe("Cancelled");
    expect(at(pipelineRun, "status.skippedTasks.0.reason")).toBe(reason);
    expect(at(taskRun("a"), "status.conditions.0.reason")).toBe(first);
    expect(at(taskRun("end"), "status.conditions.0.reason")).toBe("Succeeded");
  });

  it("lets a pipeline go on when it ignores a task's failure", () => {
    const { pipelineRun, taskRun } = generate(runOf([oneStep("a", { exitCodes: [1], onError: "continue" })]));
    expect(at(taskRun("a"), "status.conditions.0.reason")).toBe("FailureIgnored");
    expect(at(pipelineRun, "status.conditions.0.message")).toBe(
      "Tasks Completed: 1 (Failed: 0 (Ignored: 1), Cancelled 0), Skipped: 0",
    );
  });

  it("asks another controller with a CustomRun, and Tekton itself with a child PipelineRun", () => {
    const approve = {
      kind: "custom",
      apiVersion: "x.example/v1",
      customKind: "Approval",
      durationMs: 5,
      succeeds: true,
    } as const;
    const child = { kind: "pipeline", pipeline: "inner", tasks: [oneStep("only")] } as const;
    const run = generate(
      runOf([
        { name: "approve", work: approve },
        { name: "inner", work: { ...child, tasks: [...child.tasks] } },
      ]),
    );
    const { name, uid } = run.truth;
    expect(at(run.customRuns[0], "spec.customRef.kind")).toBe("Approval");
    expect(at(run.childPipelineRuns[0], "metadata.ownerReferences.0.uid")).toBe(uid);
    expect(at(run.taskRuns[0], "metadata.labels")).toMatchObject({
      "tekton.dev/pipelineRun": `${name}-inner`,
    });
  });

  it("hands a trace context down as a Tekton that does not trace would", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const { pipelineRun, taskRun, pods } = generate(runOf([oneStep("a")], { traceparent }));
    const carrier = JSON.stringify({ traceparent });
    expect(at(pipelineRun, "metadata.annotations")).toMatchObject({
      "tekton.dev/pipelinerunSpanContext": carrier,
    });
    expect(at(taskRun("a"), "status.spanContext")).toEqual({ traceparent });
    expect(at(pods[0], "metadata.annotations")).toMatchObject({ "tekton.dev/taskrunSpanContext": carrier });
  });

  it("leaves out of a trimmed dump what says nothing about time", () => {
    const { pods, events } = generate(runOf([oneStep("a")], { pods: "trimmed", events: "trimmed" }));
    expect(at(pods[0], "spec.volumes")).toBeUndefined();
    expect(at(pods[0], "spec.containers.0.volumeMounts")).toBeUndefined();
    expect(events.map((event) => at(event, "reason"))).not.toContain("Created");
    expect(events.map((event) => at(event, "reason"))).toContain("Pulled");
  });

  it("leaves Pods and Events out altogether when asked to", () => {
    const { pods, events } = generate(runOf([oneStep("a")], { pods: "none", events: "none" }));
    expect([pods, events]).toEqual([[], []]);
  });

  it("says what is wrong with a scenario that cannot be played through", () => {
    const circle = [oneStep("a", { runAfter: ["b"] }), oneStep("b", { runAfter: ["a"] })];
    expect(() => generate(runOf(circle))).toThrow("a, b can never start");
    const unwritten = [oneStep("a"), oneStep("b", { params: { x: "$(tasks.a.results.x)" } })];
    expect(() => generate(runOf(unwritten))).toThrow("task a succeeds without writing x");
  });
});

describe("a run observed while it goes on", () => {
  it("shows the step that runs, the step that waits and the task that is still to come", () => {
    const step = { image: "alpine:3.22", command: ["x"], durationMs: 60_000 };
    const steps = [
      { ...step, name: "first" },
      { ...step, name: "second" },
    ];
    const tasks = [{ name: "a", work: { kind: "steps", steps } } as const, oneStep("b", { runAfter: ["a"] })];
    const { pipelineRun, taskRun, taskRuns, pods } = generate(
      runOf(tasks.map((task) => ({ ...task })) as RunScenario["tasks"], { observedAfterMs: 40_000 }),
    );
    expect(at(pipelineRun, "status.conditions.0")).toMatchObject({
      status: "Unknown",
      reason: "Running",
      message: "Tasks Completed: 0 (Failed: 0, Cancelled 0), Incomplete: 2, Skipped: 0",
    });
    expect(at(pipelineRun, "status.completionTime")).toBeUndefined();
    expect(taskRuns).toHaveLength(1);
    expect(
      list(taskRun("a"), "status.steps").every((one) => at(one, "running.startedAt") !== undefined),
    ).toBe(true);
    expect(at(pods[0], "status.phase")).toBe("Running");
  });

  it("shows a Pod nobody has taken yet", () => {
    const task = oneStep("a");
    if (task.work.kind !== "steps") throw new Error("oneStep has steps");
    task.work.scheduling = { delayMs: 60_000, message: "0/3 nodes are available." };
    const { pods, taskRun } = generate(runOf([task], { observedAfterMs: 20_000 }));
    expect(at(pods[0], "status.phase")).toBe("Pending");
    expect(at(pods[0], "status.conditions.0")).toMatchObject({ reason: "Unschedulable", status: "False" });
    expect(at(taskRun("a"), "status.conditions.0.reason")).toBe("Pending");
  });
});
