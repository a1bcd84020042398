import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  deadEndpoint,
  plain,
  runTask,
  startCollector,
  temporaryDirectory,
  type Variables,
} from "./cli.testing.ts";

const ENV = { TEKTON_PIPELINE_NAME: "shop", TEKTON_PIPELINE_RUN: "shop-x1", TEKTON_TASK_NAME: "build" };

let folder: string;
let count = 0;
beforeAll(() => {
  folder = temporaryDirectory();
});

/** Runs the command with a spool of its own, and answers the metric it wrote. */
async function metric(args: readonly string[], env: Record<string, string> = {}) {
  const spool = join(folder, `spool-${++count}`);
  const finished = await runTask(["metric", ...args], { env: { ...ENV, THROUGHLINE_SPOOL: spool, ...env } });
  expect(finished).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  const { resource, scopeMetrics } = JSON.parse(readFileSync(spool, "utf8")).resourceMetrics[0];
  return { ...scopeMetrics[0].metrics[0], resource: plain(resource.attributes) };
}

const now = () => expect.stringMatching(/^\d{19}$/);
const attributes = [
  { key: "tekton.pipeline.name", value: { stringValue: "shop" } },
  { key: "tekton.task.name", value: { stringValue: "build" } },
];

describe("a data point", () => {
  it("is a gauge as it is recorded", async () => {
    const point = await metric([
      "record",
      "tekton.task.artifact.size",
      "1.5e6",
      "--unit",
      "By",
      "--attr",
      "artifact.name=image",
    ]);
    expect(point).toEqual({
      name: "tekton.task.artifact.size",
      unit: "By",
      gauge: {
        dataPoints: [
          {
            attributes: [...attributes, { key: "artifact.name", value: { stringValue: "image" } }],
            timeUnixNano: now(),
            asDouble: 1_500_000,
          },
        ],
      },
      resource: {
        "service.name": "build",
        "tekton.pipeline.name": "shop",
        "tekton.pipeline_task.name": "build",
      },
    });
  });

  it("is a sum of what is added, since the command began", async () => {
    const { sum } = await metric(["add", "tekton.task.completions", "1"]);
    const dataPoints = [{ attributes, timeUnixNano: now(), startTimeUnixNano: now(), asDouble: 1 }];
    expect(sum).toEqual({ dataPoints, aggregationTemporality: 1, isMonotonic: true });
  });

  it("is a histogram of one value, in the buckets of the SDK", async () => {
    const { histogram } = await metric(["record", "tekton.task.duration", "30", "--histogram", "--unit=s"]);
    const [point] = histogram.dataPoints;
    expect(point).toMatchObject({ count: "1", sum: 30, min: 30, max: 30 });
    expect(point.bucketCounts).toHaveLength(point.explicitBounds.length + 1);
    expect(point.explicitBounds[point.bucketCounts.indexOf("1")]).toBe(30);
    const beyond = await metric(["record", "x", "1e9", "--histogram"]);
    expect(beyond.histogram.dataPoints[0].bucketCounts.at(-1)).toBe("1");
  });

  it("may be below zero where it is recorded", async () => {
    expect((await metric(["record", "change", "-0.5"])).gauge.dataPoints[0].asDouble).toBe(-0.5);
  });

  it("is cumulative when the environment wants it so", async () => {
    const env = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "Cumulative" };
    expect((await metric(["add", "x", "2"], env)).sum.aggregationTemporality).toBe(2);
  });
});

describe("a metric's endpoint", () => {
  const run = (env: Variables) => runTask(["metric", "add", "x", "1"], { env });

  it("is the general one or that of metrics", async () => {
    const { url, arrivals } = await startCollector();
    await run({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    await run({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/own` });
    expect(arrivals.map(({ path }) => path)).toEqual(["/v1/metrics", "/own"]);
  });

  it("that takes nothing is one line, and the step goes on", async () => {
    const url = await deadEndpoint();
    expect(await run({ OTEL_EXPORTER_OTLP_ENDPOINT: url })).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `throughline metric: x not sent: ${url}/v1/metrics: connection refused\n`,
    });
  });

  it("may be none", async () => {
    for (const env of [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_METRICS_EXPORTER: "none" },
    ])
      expect(await run(env)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

it.each([
  [["record", "x"], "say record NAME VALUE or add NAME VALUE"],
  [["count", "x", "1"], "say record NAME VALUE or add NAME VALUE"],
  [["add", "x", "1", "2"], "say record NAME VALUE or add NAME VALUE"],
  [
    ["record", "9x", "1"],
    "'9x' is no name of a metric: a letter, then up to 254 of letters, digits, _ . - /",
  ],
  [["record", "x", "1e999"], "'1e999' is not a number"],
  [["record", "x", "NaN"], "'NaN' is not a number"],
  [["record", "x", ""], "'' is not a number"],
  [["record", "x", "0x10"], "'0x10' is not a number"],
  [["add", "x", "-1"], "'-1' cannot be added: a count only grows"],
  [["add", "x", "1", "--histogram"], "--histogram goes with record"],
  [["add", "x", "1", "--unit", "ü"], "--unit 'ü' is not at most 63 ASCII characters"],
])("metric %j is wrong usage, said in one line", async (args, fault) => {
  expect(await runTask(["metric", ...args])).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `throughline-task: ${fault} (see throughline-task metric --help)\n`,
  });
});
