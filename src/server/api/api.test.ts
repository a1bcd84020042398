import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type FastifyInstance, fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateRun, randomScenario } from "../../../test/generate/index.ts";
import { objectsOf } from "../../../test/load.ts";
import { metricsOfEveryKind } from "../../../test/metrics.ts";
import { received } from "../../../test/received.ts";
import { durationMetric, numberMetric, secondNs } from "../../../test/task-metrics.ts";
import { QUESTIONS } from "../../insight/index.ts";
import { openEmbeddedStore, StoreError, type TraceStore } from "../../store/index.ts";
import { buildTraces, type RunTrace } from "../../trace/index.ts";
import { storeThat } from "../server.testing.ts";
import { apiRoutes } from "./index.ts";

let directory: string;
let store: TraceStore;
let app: FastifyInstance;
let address: string;
let runs: RunTrace[];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "throughline-api-"));
  store = await openEmbeddedStore({ directory });
  const seeds = Array.from({ length: 25 }, (_, seed) => seed);
  runs = buildTraces(objectsOf(seeds.flatMap((seed) => generateRun(randomScenario(seed), seed).all()))).runs;
  await keep(runs);
  const build = { task: "build", pipeline: "ship", result: "success", artifact: "image" };
  await store.addMetrics([
    ...metricsOfEveryKind(),
    durationMetric(build, { timeNs: secondNs(60), seconds: [12, 48], bounds: [10, 30, 60] }),
    numberMetric("completions", build, { timeNs: secondNs(60), value: 2n }),
    numberMetric("artifact.size", build, { timeNs: secondNs(60), value: 4_096n }),
  ]);
  app = fastify();
  await app.register(apiRoutes({ store, version: "1.2.3" }));
  address = await app.listen({ host: "127.0.0.1", port: 0 });
}, 60_000);
afterAll(async () => {
  // Node's client opens a connection in place of one that was cut off, and a server waits for its first request.
  app.server.closeAllConnections();
  await app.close();
  await store.close();
  rmSync(directory, { recursive: true });
});

async function keep(traces: readonly RunTrace[]): Promise<void> {
  const added = await store.addSpans(received(traces.map(({ resourceSpans }) => resourceSpans)));
  expect(added).toMatchObject({ kind: "kept", rejected: 0 });
}

/** What the tests look at in some answer. */
interface Body {
  kind?: string;
  error: { code: string; message: string };
  paths: Record<string, { get: { operationId: string } }>;
}

async function get(path: string, from = address) {
  const response = await fetch(`${from}/api/v1/${path}`);
  const body = (await response.json()) as Body;
  return { status: response.status, headers: response.headers, body };
}

/** One request for each question, with an answer that has something in it. */
function examples(): Record<string, string> {
  const [first, second] = runs;
  const id = first?.traceId;
  return {
    runs: "runs?longer-than=1s&sort=duration&limit=3",
    runsHistogram: "runs/histogram?buckets=12",
    pipelines: "pipelines",
    trend: "trend?pipeline=build&bucket=hour",
    tasks: "tasks?pipeline=build",
    errors: "errors?by=task",
    compare: "compare?a=pipeline:build&b=pipeline:release",
    trace: `traces/${encodeURIComponent(`${first?.namespace}/${first?.name}`)}`,
    span: `traces/${id}/spans/${first?.spanId}`,
    search: `search?q=${second?.name}`,
    values: "values?field=namespace",
    metrics: "metrics",
    metricPoints: "metrics/points?name=step.duration",
    measuredTasks: "metrics/tasks",
    taskMetrics: "metrics/task?task=build&pipeline=ship&buckets=10",
    status: "status",
  };
}

describe("the insight API", () => {
  it("answers every question as its OpenAPI document says", async () => {
    const { body: document } = await get("openapi.json");
    expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
    const ajv = new Ajv2020({
      strict: false,
      formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
    });
    ajv.addSchema({ $id: "api", ...document });
    for (const question of QUESTIONS) {
      const { status, body } = await get(examples()[question.name] ?? "");
      expect(status, question.name).toBe(200);
      const validate = ajv.getSchema(`api#/components/schemas/${question.answerName}`);
      validate?.(body);
      expect(validate?.errors, question.name).toBeNull();
      expect(document.paths[`/api/v1/${question.path}`]?.get.operationId).toBe(question.name);
    }
    const byRun = await get(`compare?a=run:${runs[0]?.traceId}&b=run:${runs[1]?.uid}`);
    const validate = ajv.getSchema("api#/components/schemas/CompareAnswer");
    expect([byRun.body.kind, validate?.(byRun.body)]).toEqual(["runs", true]);
  });

  it.each([
    ["runs?limit=many", 400, "badRequest", /limit: "many" is no number/],
    ["runs?colour=red", 400, "badRequest", /colour is no parameter/],
    ["runs?branch=a&branch=b", 400, "badRequest", /branch is given more than once/],
    ["trend", 400, "badRequest", /pipeline is missing/],
    ["traces/nobody", 404, "notFound", /there is no run or trace "nobody"/],
    ["traces/%27%20OR%201%3D1", 404, "notFound", /there is no run/],
  ])("says what is wrong with %s", async (path, status, code, message) => {
    const answer = await get(path);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.message).toMatch(message);
  });

  it.each([
    [new StoreError("busy", "too many questions at once"), 503, "busy", "1"],
    [new StoreError("tooExpensive", "ask about a shorter time"), 400, "badRequest", null],
    [new StoreError("fault", "the engine failed: SELECT secret"), 500, "fault", null],
    [new Error("a secret"), 500, "fault", null],
  ])("keeps its own faults to itself: %s", async (fault, status, code, retryAfter) => {
    const broken = fastify();
    const refusing = storeThat({ select: () => Promise.reject(fault) });
    await broken.register(apiRoutes({ store: refusing, version: "1.2.3" }));
    const from = await broken.listen({ host: "127.0.0.1", port: 0 });
    const answer = await get("runs", from);
    expect([answer.status, answer.body.error.code, answer.headers.get("retry-after")]).toEqual([
      status,
      code,
      retryAfter,
    ]);
    expect(answer.body.error.message).not.toContain("secret");
    await broken.close();
  });
});

describe("the live feed", () => {
  it("tells the status at once, and again when spans were kept", async () => {
    const response = await fetch(`${address}/api/v1/live`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = eventsOf(response);
    expect(await events.next()).toMatchObject({ value: { version: "1.2.3", health: "ok" } });
    const more = generateRun(randomScenario(99), 99);
    await keep(buildTraces(objectsOf(more.all())).runs);
    expect(await events.next()).toMatchObject({ value: { lastDataTime: expect.stringMatching(/Z$/) } });
    await events.return(undefined);
  });

  it("tells it when nothing but metrics was kept", async () => {
    const events = eventsOf(await fetch(`${address}/api/v1/live`));
    const { value: before } = await events.next();
    const point = { timeNs: secondNs(90), value: 1n };
    await store.addMetrics([numberMetric("completions", { task: "live" }, point)]);
    const { value: after } = await events.next();
    expect(after).not.toEqual(before);
    await events.return(undefined);
  });

  it("has room for so many, and again when one has gone", async () => {
    const listen = () => fetch(`${address}/api/v1/live`);
    const listeners = await Promise.all(Array.from({ length: 64 }, listen));
    expect(listeners.every(({ status }) => status === 200)).toBe(true);
    const refused = await get("live");
    expect([refused.status, refused.body.error.code]).toEqual([503, "busy"]);
    await Promise.all(listeners.map(({ body }) => body?.cancel()));
    const statusOfNext = async () => {
      const { status, body } = await listen();
      await body?.cancel();
      return status;
    };
    await expect.poll(statusOfNext).toBe(200);
  });

  it("ends when the server closes", async () => {
    const other = fastify();
    await other.register(apiRoutes({ store, version: "1.2.3" }));
    const from = await other.listen({ host: "127.0.0.1", port: 0 });
    const events = eventsOf(await fetch(`${from}/api/v1/live`));
    expect(await events.next()).toMatchObject({ done: false });
    await other.close();
    expect(await events.next()).toMatchObject({ done: true });
  });

  it("ends while its first answer is still being worked out", async () => {
    let answer = () => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const select: TraceStore["select"] = (query) => slow.then(() => store.select(query));
    const other = fastify();
    await other.register(apiRoutes({ store: storeThat({ select }), version: "1.2.3" }));
    const from = await other.listen({ host: "127.0.0.1", port: 0 });
    const response = await fetch(`${from}/api/v1/live`);
    await other.close();
    answer();
    expect(await response.text()).toBe("");
  });
});

async function* eventsOf(response: Response): AsyncGenerator<unknown> {
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const [, data] = /^event: data\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
