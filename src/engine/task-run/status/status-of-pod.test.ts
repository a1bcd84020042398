import { describe, expect, it } from "vitest";
import type { ContainerStatus, ContainerTerminated, Pod, PodStatus } from "../../../kube/index.ts";
import type { TaskRunStatus, TaskSpec } from "../../types/index.ts";
import { statusOfPod } from "./status-of-pod.ts";
import { withStoppedSteps } from "./stopped-steps.ts";

const NOW = "2026-08-18T09:15:45.5Z";
const START = "2026-08-18T09:15:08.123456Z";

const TASK: TaskSpec = {
  results: [
    { name: "digest" },
    { name: "list", type: "array" },
    { name: "made", value: "$(steps.one.results.r)" },
  ],
  steps: [
    { name: "one", image: "i", results: [{ name: "r" }] },
    { name: "two", image: "i" },
  ],
};

function read(status: PodStatus, { ignoresFailure = false, task = TASK } = {}): TaskRunStatus {
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", labels: { "tekton.dev/taskRun": "build" } },
    spec: { containers: [] },
    status,
  };
  return statusOfPod({ status: {}, pod, task, ignoresFailure, now: NOW });
}

const running = (name: string): ContainerStatus => ({ name, state: { running: { startedAt: START } } });

function ended(
  name: string,
  terminated: Partial<ContainerTerminated>,
  entries?: readonly unknown[],
): ContainerStatus {
  const message = entries && { message: JSON.stringify(entries) };
  return { name, state: { terminated: { exitCode: 0, reason: "Completed", ...terminated, ...message } } };
}

const entry = (key: string, value: string, type = 3) => ({ key, value, type });

describe("the condition of a TaskRun, from its Pod", () => {
  const failed = ended("step-one", { exitCode: 2, reason: "Error" });
  const oom = { exitCode: 137, reason: "OOMKilled" };
  it.each<[string, PodStatus, string, string]>([
    ["nothing is known", {}, "Unknown Pending", "Pending"],
    [
      "it is being set up",
      {
        phase: "Pending",
        conditions: [
          { type: "Initialized", status: "False", message: "containers with incomplete status: [prepare]" },
        ],
      },
      "Unknown Pending",
      'pod status "Initialized":"False"; message: "containers with incomplete status: [prepare]"',
    ],
    [
      "an image is hard to get",
      {
        phase: "Pending",
        containerStatuses: [
          { name: "step-one", state: { waiting: { reason: "ErrImagePull", message: "no such host" } } },
        ],
      },
      "Unknown PullImageFailed",
      'build step "step-one" is pending with reason "no such host"',
    ],
    [
      "the node is full",
      {
        phase: "Pending",
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/1 nodes: Insufficient cpu",
          },
        ],
      },
      "Unknown ExceededNodeResources",
      "TaskRun Pod exceeded available resources",
    ],
    [
      "steps are running",
      { phase: "Running", containerStatuses: [ended("step-one", {}), running("step-two")] },
      "Unknown Running",
      "Not all Steps in the Task have finished executing",
    ],
    [
      "all steps are over, with a sidecar running",
      {
        phase: "Running",
        containerStatuses: [ended("step-one", {}), ended("step-two", {}), running("sidecar-s")],
      },
      "True Succeeded",
      "All Steps have completed executing",
    ],
    [
      "a step failed",
      { phase: "Failed", containerStatuses: [failed] },
      "False StepFailed",
      '"step-one" exited with code 2: Error',
    ],
    [
      "a step needed too much memory",
      { phase: "Failed", containerStatuses: [ended("step-one", oom)] },
      "False StepOOM",
      '"step-one" exited with code 137: OOMKilled',
    ],
    [
      "a step took too long",
      {
        phase: "Failed",
        containerStatuses: [
          ended("step-one", { exitCode: 1, reason: "Error" }, [entry("Reason", "TimeoutExceeded")]),
        ],
      },
      "False StepFailed",
      '"step-one" exited because the step exceeded the specified timeout limit',
    ],
    [
      "a step wrote too much",
      {
        phase: "Failed",
        containerStatuses: [
          ended("step-one", { exitCode: 1, reason: "Error" }, [
            entry("Reason", "TaskRunResultLargerThanAllowedLimit"),
          ]),
        ],
      },
      "False TaskRunResultLargerThanAllowedLimit",
      'TaskRun "build" failed: results exceeded size limit 4096 bytes',
    ],
    [
      "a sidecar failed the Pod",
      {
        phase: "Failed",
        containerStatuses: [ended("step-one", {}), ended("sidecar-s", { exitCode: 3, reason: "Error" })],
      },
      "False SidecarFailed",
      '"sidecar-s" exited with code 3: Error',
    ],
    [
      "an init container failed",
      { phase: "Failed", initContainerStatuses: [ended("prepare", { exitCode: 1, reason: "Error" })] },
      "False InitContainerFailed",
      'init container failed, "prepare" exited with code 1: Error',
    ],
    [
      "it was evicted",
      { phase: "Failed", reason: "Evicted", message: "disk pressure", containerStatuses: [failed] },
      "False PodEvicted",
      "disk pressure",
    ],
    ["it was lost", { phase: "Failed", message: "the node is gone" }, "False Failed", "the node is gone"],
    [
      "nobody knows why it failed",
      { phase: "Failed" },
      "False Failed",
      "build failed for unspecified reasons.",
    ],
  ])("when %s", (_, podStatus, verdict, message) => {
    const { conditions: [condition] = [], completionTime } = read(podStatus);
    expect(`${condition?.status} ${condition?.reason}`).toBe(verdict);
    expect(condition?.message).toBe(message);
    expect(completionTime).toBe(condition?.status === "Unknown" ? undefined : NOW);
  });

  it("says when the pipeline takes no notice of the failure", () => {
    const { conditions } = read({ phase: "Failed", containerStatuses: [failed] }, { ignoresFailure: true });
    expect(conditions).toMatchObject([{ status: "False", reason: "FailureIgnored" }]);
  });
});

describe("the steps of a TaskRun, from its Pod", () => {
  it("has them in the Task's order, each from when its command began", () => {
    const { steps } = read({
      phase: "Running",
      containerStatuses: [
        running("step-two"),
        ended("step-one", { startedAt: "early" }, [entry("StartedAt", START)]),
      ],
    });
    expect(steps).toEqual([
      {
        name: "one",
        container: "step-one",
        terminated: { exitCode: 0, reason: "Completed", startedAt: START },
        terminationReason: "Completed",
      },
      { name: "two", container: "step-two", running: { startedAt: START } },
    ]);
  });

  it.each<[string, Partial<ContainerTerminated>, unknown[], string, number]>([
    ["succeeded", {}, [], "Completed", 0],
    ["failed", { exitCode: 7, reason: "Error" }, [], "Error", 7],
    [
      "came after one that failed",
      { exitCode: 1, reason: "Error" },
      [entry("Reason", "Skipped")],
      "Skipped",
      1,
    ],
    ["was not wanted", {}, [entry("Reason", "Skipped")], "Skipped", 0],
    ["failed and nobody minds", {}, [entry("ExitCode", "11")], "Continued", 11],
    [
      "took too long",
      { exitCode: 1, reason: "Error" },
      [entry("Reason", "TimeoutExceeded")],
      "TimeoutExceeded",
      1,
    ],
  ])("tells how one ended that %s", (_, terminated, entries, reason, exitCode) => {
    const { steps } = read({ phase: "Running", containerStatuses: [ended("step-one", terminated, entries)] });
    expect([steps?.[0]?.terminationReason, steps?.[0]?.terminated?.exitCode]).toEqual([reason, exitCode]);
  });

  it("leaves a message that is none of the entrypoint's as it is", () => {
    const { steps } = read({ containerStatuses: [ended("step-one", { message: "[gone" })] });
    expect(steps?.[0]?.terminated?.message).toBe("[gone");
  });

  it("tells no start of a stopped step that never had its turn", () => {
    const status = read({ phase: "Running", containerStatuses: [running("step-one"), running("step-two")] });
    const { steps } = withStoppedSteps(status, { reason: "TaskRunCancelled", finishedAt: NOW });
    const terminated = {
      exitCode: 1,
      reason: "TaskRunCancelled",
      message: "Step one terminated as pod p is terminated",
      startedAt: START,
      finishedAt: NOW,
    };
    expect(steps?.map((step) => step.terminated)).toEqual([
      terminated,
      {
        exitCode: 1,
        reason: "TaskRunCancelled",
        message: "Step two terminated as pod p is terminated",
        finishedAt: NOW,
      },
    ]);
  });
});

describe("what a TaskRun produced, from its Pod", () => {
  const produced = (entries: readonly unknown[], later: readonly unknown[] = []) =>
    read({
      phase: "Succeeded",
      containerStatuses: [ended("step-one", {}, entries), ended("step-two", {}, later)],
    });

  it("has its results with their types, the last value of each", () => {
    const { results, steps } = produced(
      [entry("digest", "old", 1), entry("r", "of one\n", 4)],
      [entry("digest", "new", 1), entry("list", '["a","b"]', 1), entry("StartedAt", START)],
    );
    expect(results).toEqual([
      { name: "digest", type: "string", value: "new" },
      { name: "list", type: "array", value: ["a", "b"] },
      { name: "made", type: "string", value: "of one\n" },
    ]);
    expect(steps?.[0]?.results).toEqual([{ name: "r", type: "string", value: "of one\n" }]);
    expect(steps?.[0]?.terminated?.message).toBe(
      JSON.stringify([entry("digest", "old", 1), entry("r", "of one\n", 4)]),
    );
  });

  it("tells no results before it is over", () => {
    const { results } = read({
      phase: "Running",
      containerStatuses: [ended("step-one", {}, [entry("digest", "x", 1)]), running("step-two")],
    });
    expect(results).toBeUndefined();
  });

  it("has the artifacts of the task and of its steps", () => {
    const outputs = [{ name: "image", values: [{ uri: "pkg:oci/app", digest: { sha256: "1f6d" } }] }];
    const { artifacts, steps } = produced([
      entry("artifacts", JSON.stringify({ outputs }), 6),
      entry("artifacts", JSON.stringify({ inputs: outputs }), 5),
    ]);
    expect(artifacts).toEqual({ outputs });
    expect(steps?.[0]).toMatchObject({ inputs: outputs });
  });
});
