import { describe, expect, it } from "vitest";
import { jsonTo, metricsOf, runProgram, startReceiver } from "./sdk.testing.ts";

const STEP = {
  TEKTON_PIPELINE_NAME: "ship",
  TEKTON_PIPELINE_RUN: "ship-7k2mq",
  TEKTON_TASK_NAME: "build",
  TEKTON_TASK_RUN: "ship-7k2mq-build",
  K8S_POD_NAME: "ship-7k2mq-build-pod",
  K8S_POD_UID: "3c1a2f5e",
  OTEL_RESOURCE_ATTRIBUTES: "k8s.container.name=step-make,k8s.namespace.name=demo,cicd.pipeline.run.id=9be0",
  OTEL_SERVICE_NAME: "build",
};

async function recorded(source: string, env: Record<string, string> = {}) {
  const receiver = await startReceiver();
  const settings = { ...jsonTo(receiver.endpoint), ...STEP, ...env };
  await runProgram(`startTaskTelemetry(); const task = taskMetrics(); ${source}`, settings);
  return metricsOf(receiver.requests("/v1/metrics"));
}

describe("taskMetrics", () => {
  it("records duration, completion and size under fixed names, units and attributes", async () => {
    const metrics = await recorded(
      `task.duration(42, "success"); task.completion("failure"); task.artifactSize("image", 9);`,
    );
    const task = { "tekton.pipeline.name": "ship", "tekton.task.name": "build" };
    expect(metrics.map(({ name, unit, points }) => [name, unit, points[0]?.attributes])).toEqual([
      ["tekton.task.duration", "s", { ...task, "cicd.pipeline.task.run.result": "success" }],
      ["tekton.task.completions", "{completion}", { ...task, "cicd.pipeline.task.run.result": "failure" }],
      ["tekton.task.artifact.size", "By", { ...task, "artifact.name": "image" }],
    ]);
    expect(metrics[0]?.points[0]).toMatchObject({
      count: 1,
      sum: 42,
      explicitBounds: expect.arrayContaining([30, 86400]),
    });
    expect(metrics[2]?.points[0]).toMatchObject({ asDouble: 9 });
  });

  it("names no run, pod or container, in no point and in no resource", async () => {
    const text = JSON.stringify(
      await recorded(`task.duration(1, "success"); task.artifactSize("image", 9);`),
    );
    for (const ofOneRun of ["7k2mq", "3c1a2f5e", "step-make", "9be0"]) expect(text).not.toContain(ofOneRun);
    expect(text).toContain("demo");
  });

  it("records deltas, or cumulative values where the environment asks for them", async () => {
    const source = `task.completion("success");`;
    expect((await recorded(source))[0]?.temporality).toBe(1);
    const env = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "cumulative" };
    const metrics = await recorded(source, env);
    expect(metrics.map(({ temporality }) => temporality)).toEqual([2]);
  });

  it("measures a task and counts it once, whether it succeeds, throws or rejects", async () => {
    const metrics = await recorded(`
      task.measure(() => 1);
      await task.measure(async () => 1);
      try { task.measure(() => { throw new Error("x") }) } catch {}
      await task.measure(async () => { throw new Error("x") }).catch(() => {});`);
    const counts = metrics
      .filter(({ name }) => name === "tekton.task.completions")
      .flatMap(({ points }) =>
        points.map(({ attributes, asDouble }) => [attributes["cicd.pipeline.task.run.result"], asDouble]),
      );
    expect(counts).toEqual([
      ["success", 2],
      ["failure", 2],
    ]);
  });
});
