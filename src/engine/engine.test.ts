import { afterEach, describe, expect, it } from "vitest";
import { CoreKind } from "../kube/index.ts";
import { systemClock, timestamp } from "./clock.ts";
import { type Engine, startEngine } from "./engine.ts";
import { startTestApi, type TestApi } from "./testing.ts";
import { TektonKind } from "./types/index.ts";

const KEY = { namespace: "demo", name: "ship" };
const STEPS = { steps: [{ name: "main", image: "busybox", script: "true" }] };

let engine: Engine;
afterEach(() => engine.stop());

async function started(): Promise<TestApi> {
  const api = startTestApi({ now: () => timestamp(systemClock.now()) });
  engine = startEngine({ api, clock: systemClock, version: "test", log: () => {} });
  await engine.ready;
  await api.create(TektonKind.pipelineRun, {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: KEY,
    spec: { pipelineSpec: { tasks: [{ name: "a", taskSpec: STEPS }] } },
  });
  await expect.poll(() => api.all(CoreKind.pod)).toHaveLength(1);
  return api;
}

/** Reason of the only TaskRun's condition. */
function reasonOfTask(api: TestApi): string | undefined {
  return api.all(TektonKind.taskRun)[0]?.status?.conditions?.[0]?.reason;
}

describe("the engine", () => {
  it("runs a PipelineRun from its creation to its end", async () => {
    const api = await started();
    const [pod] = api.all(CoreKind.pod);
    if (pod === undefined) throw new Error("no Pod");
    const main = { name: "step-main", state: { terminated: { exitCode: 0, reason: "Completed" } } };
    await api.updateStatus(CoreKind.pod, {
      ...pod,
      status: { phase: "Succeeded", containerStatuses: [main] },
    });
    await expect.poll(() => api.all(TektonKind.pipelineRun)[0]?.status?.completionTime).toBeDefined();
    expect(reasonOfTask(api)).toBe("Succeeded");
  });

  it("hears what one of its reconcilers tells another", async () => {
    const api = await started();
    await api.patch(TektonKind.pipelineRun, KEY, { spec: { status: "Cancelled" } });
    await expect.poll(() => reasonOfTask(api)).toBe("TaskRunCancelled");
    expect(api.all(CoreKind.pod)).toEqual([]);
  });

  it("stops in the midst of work, and answers the same when asked twice", async () => {
    const api = await started();
    await api.patch(TektonKind.pipelineRun, KEY, { spec: { status: "Cancelled" } });
    const stopped = engine.stop();
    expect(engine.stop()).toBe(stopped);
    await stopped;
    const { calls } = api;
    await api.patch(TektonKind.pipelineRun, KEY, { metadata: { labels: { a: "b" } } });
    await new Promise(setImmediate);
    expect(api.calls).toBe(calls + 1);
  });
});
