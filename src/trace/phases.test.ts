import { describe, expect, it } from "vitest";
import { objectsOf } from "../../test/load.ts";
import { parseTime } from "../tekton/index.ts";
import { type PhaseTimeline, phasesOf } from "./phases.ts";

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", namespace: "ci", uid: "p1", creationTimestamp: "2026-08-18T09:15:02Z" },
  spec: { containers: [{ name: "step-build", image: "golang:1.25" }] },
  status: {
    conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: "2026-08-18T09:15:04Z" }],
    containerStatuses: [
      { name: "step-build", image: "golang:1.25", state: { waiting: { reason: "ImagePullBackOff" } } },
    ],
  },
};

function event(reason: string, message: string, at: string, container?: string) {
  const fieldPath = container === undefined ? undefined : `spec.containers{${container}}`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${reason}-${at}`, namespace: "ci" },
    involvedObject: { kind: "Pod", namespace: "ci", name: "p", fieldPath },
    reason,
    message,
    firstTimestamp: at,
    lastTimestamp: at,
  };
}

function phases(events: object[], pod: object = POD): PhaseTimeline[] {
  const objects = objectsOf([pod, ...events]);
  const [read] = objects.pods;
  if (read === undefined) throw new Error("no Pod");
  const within = { startNs: time("2026-08-18T09:15:02Z"), endNs: time("2026-08-18T09:20:00Z"), open: false };
  return phasesOf({ pod: read, events: objects.events, within, taskUid: "t1", attempt: 1 });
}

function time(text: string): bigint {
  return parseTime(text) ?? -1n;
}

function seconds({ interval: { startNs, endNs } }: PhaseTimeline): number {
  return Number(endNs - startNs) / 1e9;
}

describe("scheduling", () => {
  it("ends when the Pod's condition says so, to the second", () => {
    expect(phases([]).map((phase) => [phase.kind, seconds(phase)])).toEqual([["schedule", 2]]);
  });

  it("ends when the scheduler's event says so, to the microsecond", () => {
    const scheduled = {
      ...event("Scheduled", "Successfully assigned ci/p to n", ""),
      eventTime: "2026-08-18T09:15:03.418377Z",
    };
    expect(seconds(phases([scheduled])[0] as PhaseTimeline)).toBe(1.418377);
  });
});

describe("an image pull", () => {
  it.each([
    [
      "Kubernetes 1.26",
      'Successfully pulled image "golang:1.25" in 1.874s',
      1.874,
      1_874_000_000n,
      undefined,
    ],
    [
      "1.27",
      'Successfully pulled image "golang:1.25" in 1.874s (2.1s including waiting)',
      2.1,
      1_874_000_000n,
      undefined,
    ],
    [
      "1.30",
      'Successfully pulled image "golang:1.25" in 1m2.5s (1m3s including waiting). Image size: 318402113 bytes.',
      63,
      62_500_000_000n,
      318402113n,
    ],
  ])("has its time out of the event of %s", (_, message, expected, transferNs, imageBytes) => {
    const pull = phases([event("Pulled", message, "2026-08-18T09:17:08Z", "step-build")]).find(
      ({ kind }) => kind === "pull",
    );
    expect(pull).toMatchObject({ container: "step-build", image: "golang:1.25", transferNs, imageBytes });
    expect(pull && seconds(pull)).toBe(expected);
    expect(pull?.interval.endNs).toBe(time("2026-08-18T09:17:08Z"));
  });

  it("is none where the image was there already", () => {
    const message = 'Container image "golang:1.25" already present on machine and can be accessed by the pod';
    expect(
      phases([event("Pulled", message, "2026-08-18T09:15:08Z", "step-build")]).map(({ kind }) => kind),
    ).toEqual(["schedule"]);
  });

  it("that fails is an error, from the first try to the last word", () => {
    const events = [
      event("Pulling", 'Pulling image "golang:1.25"', "2026-08-18T09:15:05Z", "step-build"),
      event("Failed", 'Failed to pull image "golang:1.25": not found', "2026-08-18T09:15:09Z", "step-build"),
      event("Failed", "Error: ErrImagePull", "2026-08-18T09:15:09Z", "step-build"),
    ];
    const pull = phases(events).find(({ kind }) => kind === "pull");
    expect(pull?.failure).toEqual({
      type: "ErrImagePull",
      message: 'Failed to pull image "golang:1.25": not found',
    });
    expect(pull && seconds(pull)).toBe(4);
  });

  it("that failed first took since the first try, waiting to try again included", () => {
    const events = [
      event("Pulling", 'Pulling image "golang:1.25"', "2026-08-18T09:15:05Z", "step-build"),
      event("Failed", 'Failed to pull image "golang:1.25": timeout', "2026-08-18T09:15:09Z", "step-build"),
      event("Pulled", 'Successfully pulled image "golang:1.25" in 3s', "2026-08-18T09:15:20Z", "step-build"),
    ];
    const pulls = phases(events).filter(({ kind }) => kind === "pull");
    expect(pulls.map((pull) => [seconds(pull), pull.failure])).toEqual([[15, undefined]]);
  });
});

describe("a Pod that finds no node", () => {
  it("is waiting for one all the time", () => {
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" },
    ];
    expect(
      phases([], { ...POD, status: { conditions } }).map((phase) => [phase.kind, seconds(phase)]),
    ).toEqual([["schedule", 298]]);
  });
});

describe("a message nobody should have written", () => {
  it.each(["9".repeat(400), "9".repeat(100_000), "9999999999h", "1s1s1s"])(
    "is no pull: in %.12s…s",
    (text) => {
      const event_ = event(
        "Pulled",
        `Successfully pulled image "x" in ${text}s`,
        "2026-08-18T09:15:08Z",
        "step-build",
      );
      expect(phases([event_]).filter(({ kind }) => kind === "pull")).toEqual([]);
    },
  );
});

describe("an init container", () => {
  it("that fails says with which exit code", () => {
    const terminated = {
      exitCode: 3,
      reason: "Error",
      message: "no disk",
      startedAt: "2026-08-18T09:15:06Z",
      finishedAt: "2026-08-18T09:15:08Z",
    };
    const pod = { ...POD, status: { initContainerStatuses: [{ name: "prepare", state: { terminated } }] } };
    expect(phases([], pod)).toMatchObject([
      { kind: "init", container: "prepare", exitCode: 3, failure: { type: "Error", message: "no disk" } },
    ]);
  });

  it("that is a sidecar is none of the setting up, with the prefix or without", () => {
    const terminated = {
      exitCode: 137,
      startedAt: "2026-08-18T09:15:06Z",
      finishedAt: "2026-08-18T09:19:00Z",
    };
    const names = ["sidecar-proxy", "istio-proxy"];
    const pod = {
      ...POD,
      spec: { initContainers: [{ name: "istio-proxy", restartPolicy: "Always" }] },
      status: { initContainerStatuses: names.map((name) => ({ name, state: { terminated } })) },
    };
    expect(phases([], pod)).toEqual([]);
  });
});
