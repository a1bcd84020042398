import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ReceivedSpan } from "../../otlp/index.ts";
import { describeConformance, freshTraceId, NOON_NS, spanWith } from "../conformance.testing.ts";
import { runGroup, taskGroups } from "../queries/compare.ts";
import {
  errorCounts,
  errorMessages,
  exitCodes,
  failedSteps,
  flakyCommits,
  flakyRetries,
} from "../queries/errors.ts";
import type { RunFilters } from "../queries/filters.ts";
import { findTraces, serviceLinks, serviceNames } from "../queries/jaeger.ts";
import { logsOfSpan } from "../queries/logs.ts";
import { metricNames, metricPoints } from "../queries/metrics.ts";
import { pipelineSummaries, trendPoints } from "../queries/pipelines.ts";
import { runHistogram, timesOfRuns } from "../queries/run-histogram.ts";
import { countOfRuns, pageOfRuns, runsNamed, runsOfTrace } from "../queries/runs.ts";
import { countOfSpans, rootOfTrace, searchRuns } from "../queries/search.ts";
import { latestRuns, taskSummaries, tasksOfRuns, timeOfPipelines } from "../queries/tasks.ts";
import { spansOfTraces } from "../queries/trace.ts";
import { traceShape } from "../queries/trace-shape.ts";
import { fieldValues } from "../queries/values.ts";
import { sql } from "../sql.ts";
import type { Query, TraceStore } from "../trace-store.ts";
import { type ClickHouseFront, PASSWORD, startClickHouseFront } from "./clickhouse-front.testing.ts";
import { expiringTracesTable, logsTable, oldTracesTable, tracesTable } from "./collector-ddl.testing.ts";
import { Connection } from "./connection.ts";
import { spanRecord } from "./span-record.ts";
import { openRemoteStore, type RemoteStoreOptions } from "./store.ts";

const directory = mkdtempSync(join(tmpdir(), "throughline-clickhouse-"));
let front: ClickHouseFront;
const opened: TraceStore[] = [];

/** A cluster of one: this engine. */
const CLUSTER = `<clickhouse><tcp_port>9000</tcp_port><remote_servers><alone><shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
  </alone></remote_servers></clickhouse>`;

beforeAll(async () => {
  const configuration = join(directory, "cluster.xml");
  writeFileSync(configuration, CLUSTER);
  front = await startClickHouseFront(join(directory, "engine"), [`--config-file=${configuration}`]);
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
  await front.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(options: Partial<RemoteStoreOptions>): Promise<TraceStore> {
  const store = await openRemoteStore({ url: front.url, password: PASSWORD, ...options });
  opened.push(store);
  return store;
}

/** A database as collectors have it. */
async function newDatabase(name: string, table = tracesTable): Promise<void> {
  await front.run(`CREATE DATABASE ${name}`);
  await front.run(table(`${name}.otel_traces`));
}

/** As a collector writes it. */
async function collect(database: string, ...rows: Record<string, unknown>[]): Promise<void> {
  const lines = rows.map((row) => JSON.stringify(row)).join("\n");
  await front.run(`INSERT INTO ${database}.otel_traces FORMAT JSONEachRow ${lines}`);
}

function runSpan(traceId: string) {
  return spanWith({
    traceId,
    attributes: { "throughline.type": "pipelinerun", "tekton.pipeline.name": "build" },
  });
}

async function runsOf(store: TraceStore, traceId: string): Promise<string[]> {
  return store.select({
    purpose: "analysis",
    text: ({ runs }) =>
      sql`SELECT concat(Pipeline, ' ', Result) AS Run FROM ${runs} WHERE TraceId = ${traceId}`,
    row: (row) => row.text("Run"),
  });
}

async function tablesOf(database: string): Promise<string[]> {
  const names = await front.run(
    `SELECT name FROM system.tables WHERE database = '${database}' AND name NOT LIKE '.%' ORDER BY name`,
  );
  return names.trim().split("\n");
}

describeConformance("the ClickHouse store with tables of its own", async () => {
  await newDatabase("own");
  return openRemoteStore({ url: front.url, password: PASSWORD, database: "own", createTables: true });
}, ["metrics", "logs"]);

describeConformance("the ClickHouse store that only reads", async () => {
  await newDatabase("read");
  // Opened before there are tables of runs and tasks, it goes on without.
  const reader = await openRemoteStore({ url: front.url, password: PASSWORD, database: "read" });
  const writer = await openRemoteStore({
    url: front.url,
    password: PASSWORD,
    database: "read",
    createTables: true,
  });
  return {
    addSpans: (spans) => writer.addSpans(spans),
    addMetrics: (metrics) => reader.addMetrics(metrics),
    addLogs: (logs) => reader.addLogs(logs),
    select: (query) => reader.select(query),
    statistics: () => reader.statistics(),
    health: () => reader.health(),
    onKept: (listener) => writer.onKept(listener),
    close: async () => {
      await Promise.all([reader.close(), writer.close()]);
    },
  };
}, ["metrics", "logs"]);

describe("a ClickHouse that collectors write to", () => {
  beforeAll(() => newDatabase("collected"));

  it("is read, and nothing in it is changed", async () => {
    const store = await open({ database: "collected" });
    const span = runSpan(freshTraceId());
    await collect("collected", spanRecord(span));
    expect(await store.select(spansOfTraces([span.traceId]))).toHaveLength(1);
    expect(await runsOf(store, span.traceId)).toEqual(["build success"]);
    expect(await tablesOf("collected")).toEqual(["otel_traces"]);
  });

  it("is not written to", async () => {
    const store = await open({ database: "collected" });
    expect(await store.addSpans([runSpan(freshTraceId())])).toEqual({
      kind: "kept",
      rejected: 1,
      reason: expect.stringContaining("send OTLP to the collector"),
    });
  });

  it("answers what Jaeger asks", async () => {
    const store = await open({ database: "collected" });
    const traceId = freshTraceId();
    const child = spanWith({
      traceId,
      spanId: "00000000000000cc",
      parentSpanId: "eee19b7ec3c1b174",
      name: "make",
    });
    child.resource = { ...child.resource, attributes: { "service.name": "make" } };
    await collect("collected", spanRecord(spanWith({ traceId })), spanRecord(child));
    const during = { sinceNs: NOON_NS - 1n, untilNs: NOON_NS + 1n };
    expect(await store.select(serviceNames({ limit: 9 }))).toEqual(["make", "tekton"]);
    expect(await store.select(serviceLinks({ ...during, maxTraces: 9 }))).toEqual([
      { parent: "tekton", child: "make", calls: 1 },
    ]);
    const anything = { operation: undefined, minDurationNs: undefined, maxDurationNs: undefined };
    const search = { ...during, ...anything, service: "make", attributes: { error: "false" }, limit: 9 };
    expect(await store.select(findTraces(search))).toEqual([traceId]);
  });

  it("is read with the words and columns of older collectors too", async () => {
    await newDatabase("old", oldTracesTable);
    const store = await open({ database: "old" });
    const { ScopeName, ScopeVersion, ...record } = spanRecord(runSpan(freshTraceId()));
    const words = { SpanKind: "SPAN_KIND_SERVER", StatusCode: "STATUS_CODE_ERROR", Duration: "-5" };
    await collect("old", { ...record, ...words });
    const [span] = await store.select(spansOfTraces([String(record["TraceId"])]));
    expect(span).toMatchObject({ kind: "server", status: "error", durationNs: 0n, scope: { name: "" } });
    expect(await runsOf(store, String(record["TraceId"]))).toEqual(["build failure"]);
  });

  it("shows a span that ends before it starts without a length", async () => {
    const store = await open({ database: "collected" });
    const span = runSpan(freshTraceId());
    await collect("collected", { ...spanRecord(span), Duration: (2n ** 64n - 5n).toString() });
    const [found] = await store.select(spansOfTraces([span.traceId]));
    expect(found?.durationNs).toBe(0n);
  });

  it("answers the logs of a trace where collectors write logs there", async () => {
    await newDatabase("logged");
    await front.run(logsTable("logged.otel_logs"));
    const traceId = freshTraceId();
    await front.run(
      `INSERT INTO logged.otel_logs (TraceId, Body, SeverityNumber) VALUES ('${traceId}', 'no such branch', 17)`,
    );
    const store = await open({ database: "logged" });
    const bodies = await store.select({
      purpose: "lookup",
      text: ({ logs }) => sql`SELECT Body, EventName, SeverityNumber FROM ${logs} WHERE TraceId = ${traceId}`,
      row: (row) => [row.text("Body"), row.text("EventName"), row.number("SeverityNumber")],
    });
    expect(bodies).toEqual([["no such branch", "", 17]]);
  });
});

describe("a listener", () => {
  it.each([false, true])("hears of what collectors write, with tables of ours: %s", async (createTables) => {
    const database = `heard_${createTables}`;
    await newDatabase(database);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const store = await open({ database, createTables });
    const counted = vi.spyOn(Connection.prototype, "ask");
    onTestFinished(() => counted.mockRestore());
    const heard: number[] = [];
    onTestFinished(store.onKept(({ spans }) => heard.push(spans)));
    await counted.mock.results[0]?.value;
    await collect(database, spanRecord(runSpan(freshTraceId())), spanRecord(runSpan(freshTraceId())));
    vi.advanceTimersByTime(5_000);
    await expect.poll(() => heard).toEqual([2]);
  });
});

describe("a Distributed table", () => {
  beforeAll(async () => {
    await front.run("CREATE DATABASE spread");
    await front.run(tracesTable("spread.otel_traces_local"));
    await front.run(
      "CREATE TABLE spread.otel_traces AS spread.otel_traces_local ENGINE = Distributed(alone, spread, otel_traces_local, rand())",
    );
  });

  it("is read like any other", async () => {
    const store = await open({ database: "spread" });
    const span = runSpan(freshTraceId());
    const record = spanRecord(span);
    await front.run(`INSERT INTO spread.otel_traces_local FORMAT JSONEachRow ${JSON.stringify(record)}`);
    expect(await store.select(spansOfTraces([span.traceId]))).toHaveLength(1);
    expect(await runsOf(store, span.traceId)).toEqual(["build success"]);
    const during = { sinceNs: NOON_NS - 1n, untilNs: NOON_NS + 1n };
    const anything = {
      service: undefined,
      operation: undefined,
      minDurationNs: undefined,
      maxDurationNs: undefined,
    };
    const search = { ...during, ...anything, attributes: { error: "false" }, limit: 9 };
    expect(await store.select(findTraces(search))).toEqual([span.traceId]);
    expect(await store.select(serviceLinks({ ...during, maxTraces: 9 }))).toEqual([]);
  });

  it("gets no tables of runs and tasks, with the reason why", async () => {
    await expect(open({ database: "spread", createTables: true })).rejects.toThrow(
      "has the engine Distributed",
    );
    expect(await tablesOf("spread")).toEqual(["otel_traces", "otel_traces_local"]);
  });
});

const FILTERS: RunFilters = {
  pipeline: "build",
  namespace: "shop",
  branch: "main",
  repository: "shop/cart",
  application: "shop",
  component: "cart",
  sinceNs: 0n,
  untilNs: NOON_NS,
  results: ["success"],
  longerThanNs: 1n,
  shorterThanNs: NOON_NS,
  search: "build",
};
const RUN = { traceId: freshTraceId(), name: "build-1", pipeline: "build", startNs: NOON_NS, endNs: NOON_NS };
const FIRST_PAGE = {
  order: "wait",
  descending: true,
  limit: 9,
  after: { valueNs: 1n, spanId: "a" },
} as const;

/** A query of every kind, with these filters. */
function questions(filters: RunFilters): Query<unknown>[] {
  const errors = { filters, bucket: "day", limit: 9 } as const;
  return [
    runGroup(filters),
    taskGroups(filters, 9),
    ...(["task", "pipeline"] as const).flatMap((by) => [
      errorCounts({ ...errors, by }),
      errorMessages({ filters, by }, 3),
      exitCodes({ filters, by }, 3),
    ]),
    flakyCommits(filters, 9),
    flakyRetries(filters, 9),
    failedSteps([RUN.traceId]),
    logsOfSpan({ traceId: RUN.traceId, spanId: "a" }, 9),
    metricNames({}, 9),
    metricPoints("runs", { service: "tekton" }, 9),
    pipelineSummaries(filters, 9),
    trendPoints(filters, "hour"),
    timesOfRuns(filters),
    runHistogram(filters, 60_000_000_000n),
    pageOfRuns({ filters, ...FIRST_PAGE }),
    countOfRuns(filters),
    runsOfTrace(RUN.traceId),
    runsNamed({ name: "build-1", namespace: "shop" }, 9),
    searchRuns("build", 9),
    rootOfTrace(RUN.traceId),
    countOfSpans(),
    taskSummaries(filters, 9),
    timeOfPipelines(filters),
    latestRuns(filters, 9),
    tasksOfRuns([RUN]),
    traceShape(RUN.traceId, 9),
    fieldValues({ field: "branch", containing: "m", filters, limit: 9 }),
  ];
}

describe("every question", () => {
  it.each(["own", "collected", "spread"])("is understood in database %s", async (database) => {
    const store = await open({ database });
    for (const query of questions(FILTERS)) await store.select(query);
  });
});

describe("tables of runs and tasks in a ClickHouse", () => {
  it("are created with views when asked for, and hold what was there before", async () => {
    await newDatabase("created", expiringTracesTable);
    const [before, after] = [runSpan(freshTraceId()), runSpan(freshTraceId())];
    await collect("created", spanRecord(before));
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const store = await open({ database: "created", createTables: true, onNotice });
    await collect("created", spanRecord(after));
    expect(await runsOf(store, before.traceId)).toEqual(["build success"]);
    expect(await runsOf(store, after.traceId)).toEqual(["build success"]);
    expect(notices).toEqual([
      "created created.throughline_runs and created.throughline_tasks, and filled them from created.otel_traces",
    ]);
    expect(await tablesOf("created")).toEqual([
      "otel_traces",
      "throughline_runs",
      "throughline_runs_of_spans",
      "throughline_tasks",
      "throughline_tasks_of_spans",
    ]);
    await open({ database: "created", createTables: true, onNotice });
    expect(notices).toHaveLength(1);
  });

  it("keep their rows as long as the spans are kept", async () => {
    const definition = await front.run("SHOW CREATE TABLE created.throughline_runs");
    expect(definition).toContain("TTL toDateTime(Timestamp) + toIntervalDay(3650)");
  });

  it("are used by whoever opens it later", async () => {
    const reader = await open({ database: "created" });
    const hidden = runSpan(freshTraceId());
    // Written past the views: only a question to the spans would see it.
    await front.run("DETACH TABLE created.throughline_runs_of_spans");
    await collect("created", spanRecord(hidden));
    await front.run("ATTACH TABLE created.throughline_runs_of_spans");
    expect(await runsOf(reader, hidden.traceId)).toEqual([]);
  });

  it("are filled when an earlier attempt was interrupted", async () => {
    await newDatabase("interrupted");
    const span = runSpan(freshTraceId());
    await collect("interrupted", spanRecord(span));
    await open({ database: "interrupted", createTables: true });
    await front.run("TRUNCATE TABLE interrupted.throughline_runs");
    await front.run("ALTER TABLE interrupted.throughline_runs MODIFY COMMENT ''");
    const store = await open({ database: "interrupted", createTables: true });
    expect(await runsOf(store, span.traceId)).toEqual(["build success"]);
  });
});

describe("writing to a ClickHouse", () => {
  it("asks senders to wait when spans come faster than they can be sent", async () => {
    const store = await open({ database: "created", createTables: true });
    const spans = Array<ReceivedSpan>(30_000).fill(runSpan(freshTraceId()));
    const answers = await Promise.all([store.addSpans(spans), store.addSpans(spans)]);
    expect(answers.map(({ kind }) => kind)).toEqual(["kept", "busy"]);
  });

  it("works with the tables of older collectors", async () => {
    const store = await open({ database: "old", createTables: true });
    const span = runSpan(freshTraceId());
    await store.addSpans([span]);
    expect(await runsOf(store, span.traceId)).toEqual(["build success"]);
  });
});

describe("a ClickHouse that cannot be used", () => {
  it.each<[string, () => Partial<RemoteStoreOptions>, string]>([
    ["it is not there", () => ({ url: "http://127.0.0.1:1" }), "usually listens on port 8123"],
    [
      "the password is wrong",
      () => ({ url: `${front.url}/`, password: "wrong" }),
      "does not accept user default",
    ],
    ["the address is none", () => ({ url: "clickhouse:9000" }), "such as http://localhost:8123"],
    ["there is no such database", () => ({ database: "nowhere" }), "create_schema"],
    ["there is no such table", () => ({ database: "collected", table: "spans" }), "create_schema"],
    ["the table is another", () => ({ database: "system", table: "one" }), "no column Timestamp"],
  ])("says what to do when %s", async (_what, options, advice) => {
    await expect(open(options())).rejects.toMatchObject({
      reason: "unavailable",
      message: expect.stringContaining(advice),
    });
  });

  it("never shows the password", async () => {
    const url = new URL(front.url);
    url.username = "default";
    url.password = "wr0ng";
    const failure = await openRemoteStore({ url: url.href }).catch((fault: unknown) => String(fault));
    expect(failure).toMatch(/^StoreError: ClickHouse at http:\/\/127.0.0.1:\d+: it does not accept/);
    expect(failure).not.toContain("wr0ng");
  });

  it("says that columns of type JSON are not read", async () => {
    await front.run("CREATE DATABASE typed");
    await front.run(
      "CREATE TABLE typed.otel_traces (TraceId String, SpanAttributes JSON) ENGINE = MergeTree ORDER BY TraceId",
    );
    await expect(open({ database: "typed" })).rejects.toThrow("json: false");
  });
});
