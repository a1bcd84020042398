import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { metricNames, metricPoints } from "../queries/metrics.ts";
import { artifactSizes, measuredTasks, taskCompletions, taskDurations } from "../queries/task-metrics.ts";
import type { TraceStore } from "../trace-store.ts";
import { type ClickHouseFront, PASSWORD, startClickHouseFront } from "./clickhouse-front.testing.ts";
import { metricTables, tracesTable } from "./collector-ddl.testing.ts";
import { Connection } from "./connection.ts";
import { openRemoteStore } from "./store.ts";

const directory = mkdtempSync(join(tmpdir(), "throughline-collected-metrics-"));
let front: ClickHouseFront;
let store: TraceStore;
beforeAll(async () => {
  front = await startClickHouseFront(directory);
  await front.run("CREATE DATABASE ci");
  for (const statement of [tracesTable("ci.otel_traces"), ...metricTables("ci")]) await front.run(statement);
  store = await openRemoteStore({ url: front.url, password: PASSWORD, database: "ci" });
}, 60_000);
afterAll(async () => {
  await store.close();
  await front.close();
  rmSync(directory, { recursive: true, force: true });
});

/** As a collector writes it. */
function collect(table: string, metric: Record<string, unknown>): Promise<string> {
  const row = {
    ResourceAttributes: { "service.name": "build" },
    ServiceName: "build",
    StartTimeUnix: "2026-11-20 08:00:00",
    TimeUnix: "2026-11-20 08:00:10",
    ...metric,
    Attributes: {
      "tekton.task.name": "build",
      "tekton.pipeline.name": "ship",
      ...Object(metric["Attributes"]),
    },
  };
  return front.run(`INSERT INTO ci.otel_metrics_${table} FORMAT JSONEachRow ${JSON.stringify(row)}`);
}

const HOUR_NS = 3_600_000_000_000n;

it("are answered like those of the embedded store", async () => {
  const success = { "cicd.pipeline.task.run.result": "success" };
  const completions = { MetricName: "tekton.task.completions", Attributes: success, IsMonotonic: true };
  await collect("sum", { ...completions, AggregationTemporality: 1, Value: 2 });
  const grown = { ...completions, AggregationTemporality: 2, StartTimeUnix: "2026-11-20 08:00:01" };
  await collect("sum", { ...grown, Value: 3 });
  await collect("sum", { ...grown, Value: 4, TimeUnix: "2026-11-20 08:00:20" });
  await collect("histogram", {
    MetricName: "tekton.task.duration",
    MetricUnit: "s",
    AggregationTemporality: 1,
    Count: 2,
    Sum: 50,
    BucketCounts: [0, 2, 0],
    ExplicitBounds: [10, 30],
    Min: 20,
    Max: 30,
  });
  const image = { "artifact.name": "image" };
  await collect("gauge", { MetricName: "tekton.task.artifact.size", Attributes: image, Value: 4_096 });

  const task = { task: "build", pipeline: "ship" };
  expect(await store.select(measuredTasks({}, 10))).toMatchObject([{ ...task, points: 5 }]);
  expect(await store.select(taskCompletions(task, HOUR_NS))).toMatchObject([{ result: "success", count: 6 }]);
  expect(await store.select(taskDurations(task, HOUR_NS))).toMatchObject([
    { count: 2, sumMs: 50_000, minMs: 20_000, maxMs: 30_000, boundsMs: [10_000, 30_000], counts: [0, 2, 0] },
  ]);
  expect(await store.select(artifactSizes(task, HOUR_NS))).toMatchObject([
    { artifact: "image", bytes: 4_096 },
  ]);
});

it("are listed with their kinds and points", async () => {
  const names = await store.select(metricNames({}, 10));
  expect(names.map(({ name, kind }) => [name, kind])).toEqual([
    ["tekton.task.artifact.size", "gauge"],
    ["tekton.task.completions", "sum"],
    ["tekton.task.duration", "histogram"],
  ]);
  const points = await store.select(metricPoints("tekton.task.completions", {}, 10));
  expect(points.map(({ temporality, value }) => [temporality, value])).toContainEqual(["cumulative", 4]);
});

it("are heard of when a collector writes them", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const counted = vi.spyOn(Connection.prototype, "ask");
  onTestFinished(() => counted.mockRestore());
  const heard: number[] = [];
  onTestFinished(store.onKept(({ spans }) => heard.push(spans)));
  await Promise.all(counted.mock.results.map(({ value }) => value));
  await collect("gauge", { MetricName: "tekton.task.artifact.size", MetricUnit: "By", Value: 1 });
  vi.advanceTimersByTime(5_000);
  await expect.poll(() => heard).toEqual([0]);
});
