import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { metricsOfEveryKind } from "../../test/metrics.ts";
import { openEmbeddedStore, type TraceStore } from "../store/index.ts";
import { METRIC_POINTS, METRICS } from "./metrics.ts";
import type { Asked } from "./question.ts";
import { askQuestion } from "./questions.ts";

let directory: string;
let store: TraceStore;
let asked: Asked;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "throughline-metrics-"));
  store = await openEmbeddedStore({ directory });
  await store.addMetrics(metricsOfEveryKind());
  asked = { store, nowNs: BigInt(Date.now()) * 1_000_000n, version: "1" };
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

it("lists the metrics there are", async () => {
  const { metrics } = await askQuestion(METRICS, asked, {});
  expect(metrics.map(({ name, kind }) => [name, kind])).toEqual([
    ["cache.size", "gauge"],
    ["queue.depth", "exponentialHistogram"],
    ["runs", "sum"],
    ["step.duration", "histogram"],
    ["wait", "summary"],
  ]);
  expect(metrics[0]).toMatchObject({ unit: "1", series: 1, points: 1 });
});

it("shows the points of one, in the terms of its kind", async () => {
  const { series, temporality } = await askQuestion(METRIC_POINTS, asked, { name: "step.duration" });
  expect(temporality).toBe("delta");
  expect(series).toMatchObject([
    {
      service: "tekton",
      attributes: { task: "build" },
      points: [{ count: 6, sum: 4, bounds: [0.5, 1], bucketCounts: [1, 2, 3] }],
    },
  ]);
  const gauge = await askQuestion(METRIC_POINTS, asked, { name: "cache.size" });
  expect(gauge.series[0]?.points[0]?.value).toBe(1.5);
});

it("says which metric is not there", async () => {
  await expect(askQuestion(METRIC_POINTS, asked, { name: "it's" })).rejects.toThrow(
    `no points of a metric "it's"`,
  );
});

it("looks at a service and a time only, when told", async () => {
  const { metrics } = await askQuestion(METRICS, asked, { service: "other" });
  expect(metrics).toEqual([]);
  expect((await askQuestion(METRICS, asked, { until: "2020-01-01" })).metrics).toEqual([]);
});
