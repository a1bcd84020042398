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

it("leaves out what is not a finite number", async () => {
  const point = {
    attributes: {},
    startNs: 0n,
    timeNs: BigInt(Date.now()) * 1_000_000n,
    flags: 0,
    exemplars: [],
  };
  const [anyMetric] = metricsOfEveryKind();
  if (anyMetric === undefined) throw new Error("there is no metric");
  const quantiles = [
    { quantile: 0.5, value: Number.NaN },
    { quantile: 0.9, value: 2 },
  ];
  const exponential = {
    ...{ ...point, count: 1n, sum: Number.POSITIVE_INFINITY, min: 1, max: 1, scale: -10 },
    ...{ zeroCount: 0n, zeroThreshold: 0, negative: { offset: 0, bucketCounts: [] } },
    positive: { offset: 0, bucketCounts: [1n] },
  };
  await store.addMetrics([
    { ...anyMetric, name: "odd.gauge", data: { kind: "gauge", points: [{ ...point, value: Number.NaN }] } },
    {
      ...anyMetric,
      name: "odd.summary",
      data: { kind: "summary", points: [{ ...point, count: 1n, sum: 2, quantiles }] },
    },
    {
      ...anyMetric,
      name: "odd.buckets",
      data: { kind: "exponentialHistogram", temporality: 1, points: [exponential] },
    },
  ]);
  const pointsOf = async (name: string) =>
    (await askQuestion(METRIC_POINTS, asked, { name })).series.flatMap(({ points }) => points);
  const time = expect.any(String);
  expect(await pointsOf("odd.gauge")).toEqual([{ time }]);
  expect(await pointsOf("odd.summary")).toEqual([
    { time, count: 1, sum: 2, quantiles: [0.9], quantileValues: [2] },
  ]);
  expect(await pointsOf("odd.buckets")).toEqual([
    { time, count: 1, bounds: [0, 1, Number.MAX_VALUE], bucketCounts: [0, 0, 1, 0] },
  ]);
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
