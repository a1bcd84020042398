import { describe, expect, it } from "vitest";
import { generateRun } from "../../../test/generate/index.ts";
import { objectsOf } from "../../../test/load.ts";
import { received } from "../../../test/received.ts";
import { durationMetric, type MeasuredBy, numberMetric } from "../../../test/task-metrics.ts";
import type { ReceivedMetric, ReceivedSpan } from "../../otlp/index.ts";
import { buildTraces } from "../../trace/index.ts";
import { requestOf, startTestServer, storeThat, type TestServer } from "../server.testing.ts";
import { type ParsedFamily, parseExposition, type Sample } from "./exposition.testing.ts";
import type { Format } from "./exposition.ts";

const ACCEPT: Record<Format, string> = {
  text: "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  openMetrics:
    "application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.5",
};

async function scrape(
  { addresses }: Pick<TestServer, "addresses">,
  format: Format = "text",
): Promise<Map<string, ParsedFamily>> {
  const response = await fetch(`${addresses.ui}/metrics`, { headers: { accept: ACCEPT[format] } });
  expect(response.status).toBe(200);
  return parseExposition(await response.text(), format);
}

/** The value of the one sample with this name and these labels; undefined where there is none. */
function valueIn(
  families: Map<string, ParsedFamily>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const samples = [...families.values()].flatMap((family) => family.samples);
  const hasAll = (sample: Sample) =>
    Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
  return samples.find((sample) => sample.name === name && hasAll(sample))?.value;
}

const BUILD: MeasuredBy = { task: "build", pipeline: "ship", result: "success", service: "shop" };
const now = () => BigInt(Date.now()) * 1_000_000n;

/** A server on a store that keeps nothing: what is counted is counted on the way. */
async function startCounting(): Promise<
  TestServer & { give: (...metrics: ReceivedMetric[]) => Promise<void> }
> {
  const server = await startTestServer({ store: storeThat({}) });
  return { ...server, give: async (...metrics) => void (await server.store.addMetrics(metrics)) };
}

describe("what tasks measured", () => {
  it("is one counter and one histogram, whatever processes it came from", async () => {
    const { give, ...server } = await startCounting();
    const options = { bounds: [10, 30, 60], timeNs: now() };
    await give(
      durationMetric(BUILD, { ...options, seconds: [20] }),
      numberMetric("completions", BUILD, { timeNs: now(), value: 1n }),
    );
    await give(
      durationMetric(BUILD, { ...options, startNs: now(), seconds: [40, 5] }),
      numberMetric("completions", BUILD, { startNs: now(), timeNs: now(), value: 2n }),
      numberMetric("artifact.size", { ...BUILD, artifact: "image" }, { timeNs: now(), value: 1_200n }),
    );
    for (const format of ["text", "openMetrics"] as const) {
      const families = await scrape(server, format);
      const labels = { task: "build", pipeline: "ship", result: "success", service: "shop" };
      expect(valueIn(families, "tekton_task_completions_total", labels)).toBe(3);
      expect(valueIn(families, "tekton_task_duration_seconds_count", labels)).toBe(3);
      expect(valueIn(families, "tekton_task_duration_seconds_sum", labels)).toBe(65);
      const le = format === "text" ? "30" : "30.0";
      expect(valueIn(families, "tekton_task_duration_seconds_bucket", { ...labels, le })).toBe(2);
      expect(valueIn(families, "tekton_task_artifact_size_bytes", { artifact: "image" })).toBe(1_200);
    }
  });

  it("is counted once when the same request comes again", async () => {
    const { give, ...server } = await startCounting();
    const metric = numberMetric("completions", BUILD, { timeNs: now(), value: 1n });
    await give(metric);
    await give(metric);
    expect(valueIn(await scrape(server), "tekton_task_completions_total")).toBe(1);
  });

  it("is not counted while the store does not take it", async () => {
    const answers = [
      { kind: "busy", reason: "full", retryAfterSeconds: 1 },
      { kind: "kept", rejected: 0, reason: "" },
    ] as const;
    let asked = 0;
    const addMetrics = async () => answers[asked++] ?? answers[1];
    const server = await startTestServer({ store: storeThat({ addMetrics }) });
    const metric = numberMetric("completions", BUILD, { timeNs: now(), value: 1n });
    await server.store.addMetrics([metric]);
    const before = await scrape(server);
    expect(valueIn(before, "tekton_task_completions_total")).toBeUndefined();
    expect(valueIn(before, "throughline_lost_items_total", { items: "points", reason: "busy" })).toBe(1);
    await server.store.addMetrics([metric]);
    expect(valueIn(await scrape(server), "tekton_task_completions_total")).toBe(1);
  });

  it("since a start adds what is new, of each process, and begins anew where a count goes down", async () => {
    const { give, ...server } = await startCounting();
    const begun = now() + 1_000_000_000n;
    const at = (second: number, value: bigint, startNs = begun) =>
      numberMetric("completions", BUILD, {
        temporality: 2,
        startNs,
        timeNs: begun + BigInt(second) * 1_000_000_000n,
        value,
      });
    await give(at(1, 4n));
    await give(at(2, 6n));
    await give(at(2, 5n, begun + 1n));
    await give(at(3, 1n));
    expect(valueIn(await scrape(server), "tekton_task_completions_total")).toBe(12);
  });

  it("since a start, in a histogram, adds to each bucket what is new", async () => {
    const { give, ...server } = await startCounting();
    const begun = now() + 1_000_000_000n;
    const at = (second: bigint, seconds: number[]) =>
      durationMetric(BUILD, {
        temporality: 2,
        startNs: begun,
        timeNs: begun + second * 1_000_000_000n,
        seconds,
        bounds: [10, 30],
      });
    await give(at(1n, [5]));
    await give(at(2n, [5, 20, 20]));
    const families = await scrape(server);
    const upTo = (le: string) => valueIn(families, "tekton_task_duration_seconds_bucket", { le });
    expect([upTo("10"), upTo("30"), upTo("+Inf")]).toEqual([1, 3, 3]);
    expect(valueIn(families, "tekton_task_duration_seconds_sum")).toBe(45);
  });

  it("before this process began is not counted again", async () => {
    const { give, ...server } = await startCounting();
    const at = (second: number, value: bigint) =>
      numberMetric("completions", BUILD, {
        temporality: 2,
        startNs: now() - 3_600_000_000_000n,
        timeNs: now() + BigInt(second) * 1_000_000_000n,
        value,
      });
    const first = at(1, 100n);
    await give(first);
    const { startNs } = first.data.points[0] ?? { startNs: 0n };
    await give(
      numberMetric("completions", BUILD, {
        temporality: 2,
        startNs,
        timeNs: now() + 9_000_000_000n,
        value: 103n,
      }),
    );
    expect(valueIn(await scrape(server), "tekton_task_completions_total")).toBe(3);
  });

  it("has no label that names a run", async () => {
    const metric = numberMetric("completions", BUILD, { timeNs: now(), value: 1n });
    const [point] = metric.data.points;
    if (point === undefined) throw new Error("there is no point");
    Object.assign(point.attributes, {
      "tekton.pipelinerun.name": "ship-x7",
      "k8s.pod.name": "ship-x7-pod",
      "k8s.pod.uid": "8d1f",
      "cicd.pipeline.run.id": "8d1f",
      "my.attribute": 'a "quoted"\n\\ line',
    });
    const { give, ...server } = await startCounting();
    await give(metric);
    const family = (await scrape(server, "openMetrics")).get("tekton_task_completions");
    expect(family?.samples[0]?.labels).toEqual({
      my_attribute: 'a "quoted"\n\\ line',
      pipeline: "ship",
      result: "success",
      service: "shop",
      task: "build",
    });
  });

  it("in more series than there may be is one series, and says how much that is", async () => {
    const { give, ...server } = await startCounting();
    const many = Array.from({ length: 30_000 }, (_, index) =>
      numberMetric("completions", { ...BUILD, task: `task-${index}` }, { timeNs: now(), value: 1n }),
    );
    const names = Array.from({ length: 5_000 }, (_, index) => ({
      ...numberMetric("completions", BUILD, { timeNs: now(), value: 1n }),
      name: `metric.${index}`,
    }));
    await give(...many);
    await give(...names);
    const families = await scrape(server);
    const completions = families.get("tekton_task_completions_total")?.samples ?? [];
    expect(completions.length).toBeLessThanOrEqual(2_001);
    expect(completions.reduce((sum, { value }) => sum + value, 0)).toBe(30_000);
    expect(valueIn(families, "tekton_task_completions_total", { otel_metric_overflow: "true" })).toBe(28_000);
    expect(
      valueIn(families, "throughline_received_points_left_out_total", { reason: "overflow" }),
    ).toBeGreaterThanOrEqual(28_000);
    expect(families.size).toBeLessThan(50);
  });

  it("under a name that another sort of metric has, or that is ours, is left out", async () => {
    const completions = numberMetric("completions", BUILD, { timeNs: now(), value: 1n });
    const gauge = numberMetric("artifact.size", BUILD, { timeNs: now(), value: 7n });
    const { give, ...server } = await startCounting();
    await give(
      { ...completions, name: "builds" },
      { ...gauge, name: "builds_total", unit: "" },
      { ...gauge, name: "throughline.up", unit: "" },
    );
    const families = await scrape(server);
    expect(valueIn(families, "builds_total")).toBe(1);
    expect(valueIn(families, "throughline_up")).toBe(1);
    expect(valueIn(families, "throughline_received_points_left_out_total", { reason: "conflict" })).toBe(2);
  });

  it("as an exponential histogram, or with other bounds, goes into buckets that never have too much in them", async () => {
    const { give, ...server } = await startCounting();
    await give(durationMetric(BUILD, { timeNs: now(), seconds: [20], bounds: [10, 30, 60] }));
    await give(durationMetric(BUILD, { timeNs: now(), seconds: [20], bounds: [15, 45] }));
    await give(durationMetric(BUILD, { timeNs: now(), seconds: [20], scale: 3 }));
    const families = await scrape(server);
    const upTo = (le: string) => valueIn(families, "tekton_task_duration_seconds_bucket", { le });
    expect([upTo("10"), upTo("30"), upTo("60"), upTo("+Inf")]).toEqual([0, 2, 3, 3]);
  });
});

let spans = 0;

function spanOf(
  type: string,
  given: Partial<ReceivedSpan>,
  attributes: Record<string, string | boolean> = {},
) {
  spans++;
  const origin = { attributes: {}, droppedAttributesCount: 0, schemaUrl: "" };
  const span: ReceivedSpan = {
    resource: origin,
    scope: { ...origin, name: "throughline", version: "1" },
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: spans.toString(16).padStart(16, "0"),
    parentSpanId: undefined,
    flags: 1,
    traceState: undefined,
    name: type,
    kind: 2,
    startNs: 0n,
    endNs: 0n,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 0,
    statusMessage: undefined,
    ...given,
    attributes: {
      "throughline.type": type,
      "tekton.pipeline.name": "ship",
      "tekton.pipelinerun.name": "ship-x7",
      ...attributes,
    },
  };
  return span;
}

describe("runs", () => {
  const begunNs = now();
  const second = (seconds: number) => begunNs + BigInt(seconds * 1_000_000_000);
  const failed = { "cicd.pipeline.result": "failure", "error.type": "Failed" };
  const run = spanOf("pipelinerun", { startNs: second(0), endNs: second(100) }, failed);
  const wait = spanOf("wait", { startNs: second(0), endNs: second(5) });
  const last = spanOf(
    "taskrun",
    { startNs: second(80), endNs: second(99) },
    { "tekton.member_of": "finally" },
  );
  const open = { "throughline.provisional": true };

  it("are active in the state they are in, and measured by state when they are over", async () => {
    const server = await startTestServer({ store: storeThat({}) });
    const active = async (state: string) =>
      valueIn(await scrape(server), "cicd_pipeline_run_active", {
        cicd_pipeline_name: "ship",
        cicd_pipeline_run_state: state,
      });
    await server.store.addSpans([{ ...run, attributes: { ...run.attributes, ...open } }]);
    expect(await active("pending")).toBe(1);
    await server.store.addSpans([wait]);
    expect(await active("executing")).toBe(1);
    await server.store.addSpans([last]);
    expect(await active("finalizing")).toBe(1);
    await server.store.addSpans([run]);
    const families = await scrape(server, "openMetrics");
    const sum = (state: string) =>
      valueIn(families, "cicd_pipeline_run_duration_seconds_sum", {
        cicd_pipeline_name: "ship",
        cicd_pipeline_run_state: state,
        error_type: "Failed",
      });
    expect([sum("pending"), sum("executing"), sum("finalizing")]).toEqual([5, 75, 20]);
    const counts = families.get("cicd_pipeline_run_duration_seconds")?.samples ?? [];
    const withResult = counts.filter(({ labels }) => labels["cicd_pipeline_result"] === "failure");
    expect(new Set(withResult.map(({ labels }) => labels["cicd_pipeline_run_state"]))).toEqual(
      new Set(["finalizing"]),
    );
    expect(valueIn(families, "cicd_pipeline_run_errors_total", { error_type: "Failed" })).toBe(1);
    expect(families.get("cicd_pipeline_run_active")).toBeUndefined();
  });

  it("are counted once, however often they come, and not again as active", async () => {
    const server = await startTestServer({ store: storeThat({}) });
    await server.store.addSpans([run, wait, last]);
    await server.store.addSpans([run, wait, last]);
    await server.store.addSpans([{ ...run, attributes: { ...run.attributes, ...open } }]);
    const families = await scrape(server);
    expect(
      valueIn(families, "cicd_pipeline_run_duration_seconds_count", { cicd_pipeline_run_state: "executing" }),
    ).toBe(1);
    expect(families.get("cicd_pipeline_run_active")).toBeUndefined();
  });

  it("that were over before this process began are not counted", async () => {
    const server = await startTestServer({ store: storeThat({}) });
    await server.store.addSpans([{ ...run, startNs: second(-900), endNs: second(-600) }]);
    expect((await scrape(server)).get("cicd_pipeline_run_duration_seconds")).toBeUndefined();
  });

  it("of no pipeline do not get their own name as a label", async () => {
    const server = await startTestServer({ store: storeThat({}) });
    const lone = { "tekton.pipeline.name": "ship-x7" };
    await server.store.addSpans([{ ...run, attributes: { ...run.attributes, ...lone } }]);
    const families = await scrape(server);
    expect(valueIn(families, "cicd_pipeline_run_errors_total", { cicd_pipeline_name: "_OTHER" })).toBe(1);
  });

  it("of Tekton are measured by the spans they have", async () => {
    const steps = [{ name: "run", image: "alpine:3.22", command: ["true"], durationMs: 30_000 }];
    const task = (name: string) => ({ name, work: { kind: "steps" as const, task: "tool", steps } });
    const scenario = {
      pipeline: "ship",
      namespace: "shop-ci",
      createdAt: new Date(Date.now() + 60_000).toISOString(),
      tasks: [task("build")],
      finally: [task("report")],
      images: { "alpine:3.22": { pullMs: 1000, bytes: 3_000_000, cached: true } },
    };
    const [trace] = buildTraces(objectsOf(generateRun(scenario, 7).all())).runs;
    if (trace === undefined) throw new Error("there is no run");
    const spans = received([trace.resourceSpans]);
    const execution = spans.find((span) => span.attributes["throughline.type"] === "pipelinerun");
    const server = await startTestServer({ store: storeThat({}) });
    await server.store.addSpans(spans);
    const families = await scrape(server);
    const sums = ["pending", "executing", "finalizing"].map(
      (state) =>
        valueIn(families, "cicd_pipeline_run_duration_seconds_sum", {
          cicd_pipeline_name: "ship",
          cicd_pipeline_run_state: state,
        }) ?? 0,
    );
    const total = Number((execution?.endNs ?? 0n) - (execution?.startNs ?? 0n)) / 1e9;
    expect(sums.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(total, 6);
    expect(sums[1]).toBeGreaterThan(29);
    expect(sums[2]).toBeGreaterThan(29);
  });

  it("of other systems that follow the conventions are executing from start to end", async () => {
    const server = await startTestServer({ store: storeThat({}) });
    const attributes = { "cicd.pipeline.name": "deploy", "cicd.pipeline.result": "success" };
    await server.store.addSpans([{ ...run, attributes }]);
    const labels = { cicd_pipeline_name: "deploy", cicd_pipeline_run_state: "executing" };
    const families = await scrape(server);
    expect(valueIn(families, "cicd_pipeline_run_duration_seconds_sum", labels)).toBe(100);
    expect(families.get("cicd_pipeline_run_errors_total")).toBeUndefined();
  });
});

describe("the server's own metrics", () => {
  it("tell what was received, what was refused and how the store is", async () => {
    const server = await startTestServer();
    const post = (body: string) =>
      fetch(`${server.addresses.otlpHttp}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
    await post(JSON.stringify(requestOf()));
    await post(JSON.stringify(requestOf({ spanId: "" })));
    await post("no JSON");
    for (const format of ["text", "openMetrics"] as const) {
      const families = await scrape(server, format);
      expect(valueIn(families, "throughline_received_items_total", { items: "spans" })).toBe(1);
      expect(valueIn(families, "throughline_lost_items_total", { items: "spans", reason: "rejected" })).toBe(
        1,
      );
      expect(
        valueIn(families, "throughline_refused_requests_total", { transport: "http", code: "400" }),
      ).toBe(1);
      expect(valueIn(families, "throughline_store_batches_total")).toBe(1);
      expect(valueIn(families, "throughline_store_write_failures_total")).toBe(0);
      expect(valueIn(families, "throughline_store_queue_bytes")).toBe(0);
      expect(valueIn(families, "throughline_store_disk_bytes")).toBeGreaterThan(0);
      expect(valueIn(families, "throughline_engine_memory_bytes")).toBeGreaterThanOrEqual(0);
      expect(valueIn(families, "process_resident_memory_bytes")).toBeGreaterThan(1e6);
      expect(valueIn(families, "throughline_build_info", { version: "0.0.0" })).toBe(1);
    }
  });

  it("say when the store does not take what comes", async () => {
    const health = () => ({ kind: "refusing", reason: "the disk is full" }) as const;
    const server = await startTestServer({ store: storeThat({ health }) });
    expect(valueIn(await scrape(server), "throughline_up")).toBe(0);
  });

  it("are for whom the APIs are for", async () => {
    const { addresses } = await startTestServer({ store: storeThat({}), token: "s3cret" });
    const url = `${addresses.ui}/metrics`;
    const refused = await fetch(url);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: "unauthorized" } });
    expect((await fetch(url, { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
  });

  it.each([
    [undefined, "text/plain; version=0.0.4; charset=utf-8"],
    ["*/*", "text/plain; version=0.0.4; charset=utf-8"],
    ["text/plain, application/openmetrics-text;q=0.2", "text/plain; version=0.0.4; charset=utf-8"],
    ["application/openmetrics-text; version=2.0.0", "text/plain; version=0.0.4; charset=utf-8"],
    [
      "application/openmetrics-text; version=1.0.0",
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
    [ACCEPT.openMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8"],
  ])("come in the format that is asked for: %s", async (accept, contentType) => {
    const { addresses } = await shared();
    const response = await fetch(`${addresses.ui}/metrics`, { headers: { ...(accept && { accept }) } });
    expect(response.headers.get("content-type")).toBe(contentType);
  });
});

let sharedServer: Promise<TestServer> | undefined;
function shared(): Promise<TestServer> {
  sharedServer ??= startTestServer({ store: storeThat({}) });
  return sharedServer;
}
