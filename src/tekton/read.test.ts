import { describe, expect, it } from "vitest";
import { noObjects, parseTime, type ReadOutcome, readObject } from "./index.ts";

function read(...values: unknown[]) {
  const objects = noObjects();
  const outcomes = values.map((value) => readObject(value, objects));
  return { objects, outcomes };
}

function outcomeOf(value: unknown): ReadOutcome {
  return readObject(value, noObjects());
}

const TASK_RUN = {
  apiVersion: "tekton.dev/v1",
  kind: "TaskRun",
  metadata: { name: "build", namespace: "ci", uid: "u1", creationTimestamp: "2026-08-18T09:15:02Z" },
};

describe("reading objects", () => {
  it("passes over kinds nobody knows, and tells them apart by their API group", () => {
    expect(outcomeOf({ apiVersion: "v1", kind: "ConfigMap", metadata: {} })).toEqual({
      kind: "unknown",
      objectKind: "ConfigMap",
    });
    expect(outcomeOf({ apiVersion: "argoproj.io/v1", kind: "TaskRun", metadata: { name: "x" } }).kind).toBe(
      "unknown",
    );
    expect(outcomeOf({ apiVersion: "v1", kind: "constructor" }).kind).toBe("unknown");
    expect(outcomeOf("text").kind).toBe("unknown");
    expect(outcomeOf(null).kind).toBe("unknown");
  });

  it.each([
    ["no metadata", { metadata: undefined }, "metadata: expected an object, found nothing"],
    ["no name", { metadata: {} }, "metadata.name: expected text, found nothing"],
    ["a number for a name", { metadata: { name: 7 } }, "metadata.name: expected text, found 7"],
    ["a list for a status", { status: [] }, "status: expected an object, found a list"],
    [
      "an exit code that is none",
      { status: { steps: [{ terminated: {} }, { terminated: { exitCode: "1" } }] } },
      'status.steps[1].terminated.exitCode: expected a whole number, found "1"',
    ],
  ])("leaves out an object with %s, and says where the damage is", (_, change, message) => {
    const outcome = outcomeOf({ ...TASK_RUN, ...change });
    expect(outcome).toMatchObject({ kind: "damaged", message });
  });

  it("names a damaged object", () => {
    expect(outcomeOf({ ...TASK_RUN, status: 5 })).toMatchObject({ object: "TaskRun ci/build" });
  });

  it("keeps an object with an unreadable time, and remembers the doubt", () => {
    const { objects } = read({ ...TASK_RUN, status: { startTime: "noon" } });
    expect(objects.taskRuns[0]?.attempts[0]?.startNs).toBeUndefined();
    expect(objects.taskRuns[0]?.meta.doubts).toEqual(['status.startTime is not a time: "noon"']);
  });

  it("keeps an object with a label that is no text, without the label", () => {
    const labels = { build: 1, "tekton.dev/pipelineTask": "build" };
    const { objects } = read({ ...TASK_RUN, metadata: { ...TASK_RUN.metadata, labels } });
    expect(objects.taskRuns[0]?.meta.labels).toEqual({ "tekton.dev/pipelineTask": "build" });
    expect(objects.taskRuns[0]?.meta.doubts).toEqual(["metadata.labels.build is not text: 1"]);
  });

  it("takes null for absent, as Go writes it", () => {
    const { outcomes } = read({
      ...TASK_RUN,
      spec: null,
      status: { steps: null, conditions: null, startTime: null },
    });
    expect(outcomes).toEqual([{ kind: "kept" }]);
  });
});

describe("a TaskRun", () => {
  it("has its attempts oldest first", () => {
    const { objects } = read({
      ...TASK_RUN,
      status: {
        podName: "build-pod-retry1",
        retriesStatus: [{ podName: "build-pod" }],
        taskResults: [{ name: "a", value: ["b"] }],
      },
    });
    const [first, second] = objects.taskRuns[0]?.attempts ?? [];
    expect([first?.podName, second?.podName]).toEqual(["build-pod", "build-pod-retry1"]);
    expect(second?.results).toEqual([{ name: "a", value: '["b"]' }]);
  });

  it("gets a stand-in where it has no UID", () => {
    const { objects } = read({ ...TASK_RUN, metadata: { name: "build", namespace: "ci" } });
    expect(objects.taskRuns[0]?.meta).toMatchObject({
      hasUid: false,
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});

describe("a PipelineRun", () => {
  const PIPELINE_RUN = {
    apiVersion: "tekton.dev/v1beta1",
    kind: "PipelineRun",
    metadata: { name: "run", namespace: "ci" },
  };

  it("names each child once, though old API versions embed what new ones refer to", () => {
    const { objects } = read({
      ...PIPELINE_RUN,
      status: {
        childReferences: [{ kind: "TaskRun", name: "run-a", pipelineTaskName: "a", displayName: "A" }],
        taskRuns: {
          "run-a": { pipelineTaskName: "a", status: { podName: "run-a-pod" } },
          "run-b": { pipelineTaskName: "b", status: {} },
        },
        runs: { "run-c": { pipelineTaskName: "c" } },
      },
    });
    const children = objects.pipelineRuns[0]?.children ?? [];
    expect(
      children.map(({ kind, name, pipelineTask, displayName, attempts }) => [
        kind,
        name,
        pipelineTask,
        displayName,
        attempts?.[0]?.podName,
      ]),
    ).toEqual([
      ["TaskRun", "run-a", "a", "A", "run-a-pod"],
      ["TaskRun", "run-b", "b", undefined, undefined],
      ["CustomRun", "run-c", "c", undefined, undefined],
    ]);
  });

  it("has the edges of its graph from runAfter, results and resources, and from nothing else", () => {
    const { objects } = read({
      ...PIPELINE_RUN,
      status: {
        pipelineSpec: {
          tasks: [
            {
              name: "clone",
              displayName: "$(tasks.ghost.results.x)",
              taskRef: { params: [{ value: "$(tasks.ghost.results.x)" }] },
            },
            { name: "lint", runAfter: ["clone"] },
            { name: "build", params: [{ name: "p", value: ["x-$(tasks.clone.results.commit)"] }] },
            {
              name: "test",
              matrix: {
                params: [{ name: "os", value: "$(tasks.build.results.all[*])" }],
                include: [{ params: [{ name: "arch", value: "arm" }] }],
              },
            },
            { name: "scan", when: [{ cel: "'$(tasks.test.results.ok)' == 'true'" }] },
            { name: "sign", taskSpec: { steps: [{ script: "echo $(tasks.scan.results['a.b'])" }] } },
            { name: "old", resources: { inputs: [{ from: ["build"] }] } },
          ],
          finally: [{ name: "report", params: [{ name: "p", value: "$(tasks.build.results.x)" }] }],
        },
      },
    });
    const graph = objects.pipelineRuns[0]?.graph ?? [];
    expect(Object.fromEntries(graph.map(({ name, dependsOn }) => [name, dependsOn]))).toEqual({
      clone: [],
      lint: ["clone"],
      build: ["clone"],
      test: ["build"],
      scan: ["test"],
      sign: ["scan"],
      old: ["build"],
      report: [],
    });
    expect(graph.find(({ name }) => name === "test")?.matrixParams).toEqual(["os", "arch"]);
    expect(graph.at(-1)?.memberOf).toBe("finally");
  });
});

describe("a Pod", () => {
  it("has its steps in the order of the spec, with what the entrypoint reported", () => {
    const state = (message: string) => ({
      terminated: { exitCode: 0, startedAt: "2026-08-18T09:15:08Z", message },
    });
    const { objects } = read({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: [{ name: "step-b" }, { name: "step-a" }] },
      status: {
        containerStatuses: [
          {
            name: "step-a",
            state: state(
              '[{"key":"StartedAt","value":"2026-08-18T09:15:31.967Z","type":3},{"key":"ExitCode","value":"4","type":3}]',
            ),
          },
          { name: "step-b", state: state("not the entrypoint's") },
        ],
      },
    });
    const [b, a] = objects.pods[0]?.containers ?? [];
    expect([b?.name, b?.commandStartedNs]).toEqual(["step-b", undefined]);
    expect(a).toMatchObject({
      name: "step-a",
      commandStartedNs: parseTime("2026-08-18T09:15:31.967Z"),
      ignoredExitCode: 4,
      terminationReason: "Continued",
    });
  });
});

describe("an Event", () => {
  it("is read in both API shapes", () => {
    const { objects } = read(
      {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "a", namespace: "ci" },
        involvedObject: { kind: "Pod", name: "p", fieldPath: "spec.containers{step-build}" },
        firstTimestamp: "2026-08-18T09:15:08Z",
        lastTimestamp: "2026-08-18T09:15:18Z",
        eventTime: null,
        count: 3,
      },
      {
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { name: "b", namespace: "ci" },
        regarding: { kind: "Pod", namespace: "ci", name: "p" },
        eventTime: "2026-08-18T09:15:02.418377Z",
        note: "assigned",
        series: { count: 2, lastObservedTime: "2026-08-18T09:16:02.000000Z" },
      },
    );
    expect(objects.events).toMatchObject([
      {
        container: "step-build",
        firstNs: parseTime("2026-08-18T09:15:08Z"),
        lastNs: parseTime("2026-08-18T09:15:18Z"),
        count: 3,
      },
      {
        message: "assigned",
        firstNs: parseTime("2026-08-18T09:15:02.418377Z"),
        lastNs: parseTime("2026-08-18T09:16:02Z"),
        count: 2,
      },
    ]);
  });
});
