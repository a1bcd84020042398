/** What every TraceStore has to do, as tests. Each implementation's test file calls this with a way to open an empty one. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metricsOfEveryKind } from "../../test/metrics.ts";
import type { ReceivedLog, ReceivedSpan } from "../otlp/index.ts";
import { type StoredSpan, spanById, spansOfTraces } from "./queries/trace.ts";
import { sql } from "./sql.ts";
import { type Fields, StoreError, type TraceStore } from "./trace-store.ts";

export const TRACE = "5b8efff798038103d269b633813fc60c";
const RESOURCE = {
  attributes: { "service.name": "tekton", "k8s.namespace.name": "shop" },
  droppedAttributesCount: 0,
  schemaUrl: "",
};
const SCOPE = { name: "throughline", version: "1", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" };
export const NOON_NS = 1_787_044_502_000_000_000n;

/** A span with everything a test does not care about filled in. */
export function spanWith(given: Partial<ReceivedSpan>): ReceivedSpan {
  return {
    resource: RESOURCE,
    scope: SCOPE,
    traceId: TRACE,
    spanId: "eee19b7ec3c1b174",
    parentSpanId: undefined,
    flags: 1,
    traceState: undefined,
    name: "RUN build",
    kind: 2,
    startNs: NOON_NS,
    endNs: NOON_NS + 60_000_000_000n,
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 0,
    statusMessage: undefined,
    ...given,
  };
}

let traces = 0;

/** A trace id no other test of the suite uses. */
export function freshTraceId(): string {
  return (++traces).toString(16).padStart(32, "a");
}

/** What a store may be without: it refuses it, and says so. */
type Lack = "metrics" | "logs";

/** In place of a test that is about what a store has not. */
const notThere = (): void => {};

/** Runs the suite. `open` is called once; the store is empty then and is closed at the end. */
export function describeConformance(
  name: string,
  open: () => Promise<TraceStore>,
  lacking: readonly Lack[] = [],
): void {
  const has = (lack: Lack) => (lacking.includes(lack) ? notThere : it);
  const lacks = (lack: Lack) => (lacking.includes(lack) ? it : notThere);
  describe(name, () => {
    let store: TraceStore;
    beforeAll(async () => {
      store = await open();
    }, 60_000);
    afterAll(() => store.close());

    const trace = (traceId: string): Promise<StoredSpan[]> => store.select(spansOfTraces([traceId]));
    const rows = <Row>(
      table: "runs" | "tasks" | "metrics" | "logs",
      row: (fields: Fields) => Row,
      where = sql`1`,
    ) =>
      store.select({
        purpose: "analysis",
        text: (tables) => sql`SELECT * FROM ${tables[table]} WHERE ${where}`,
        row,
      });

    it("answers a span as it was given, values as text", async () => {
      const traceId = freshTraceId();
      const span = spanWith({
        traceId,
        parentSpanId: "1111111111111111",
        traceState: "a=1,b=2",
        attributes: {
          text: 'it\'s \\ "quoted"\n\t\u0000 ünïcödé 🚀',
          yes: true,
          whole: 9_223_372_036_854_775_807n,
          fraction: 0.1,
          bytes: new Uint8Array([1, 2, 255]),
          list: ["a", 1n, false],
          nested: { key: { inner: "x" } },
          nothing: null,
          long: "x".repeat(60_000),
        },
        events: [
          {
            name: "waiting",
            timeNs: NOON_NS + 1n,
            attributes: { reason: "Pulling" },
            droppedAttributesCount: 0,
          },
        ],
        links: [
          {
            traceId: TRACE,
            spanId: "2222222222222222",
            traceState: "c=3",
            flags: 0,
            attributes: { n: 1n },
            droppedAttributesCount: 0,
          },
        ],
        statusCode: 2,
        statusMessage: "exited with code 2",
      });
      expect(await store.addSpans([span])).toEqual({ kind: "kept", rejected: 0, reason: "" });
      expect(await trace(traceId)).toEqual([
        {
          traceId,
          spanId: span.spanId,
          parentSpanId: "1111111111111111",
          traceState: "a=1,b=2",
          name: "RUN build",
          kind: "server",
          serviceName: "tekton",
          resource: { "service.name": "tekton", "k8s.namespace.name": "shop" },
          scope: { name: "throughline", version: "1" },
          attributes: {
            text: 'it\'s \\ "quoted"\n\t\u0000 ünïcödé 🚀',
            yes: "true",
            whole: "9223372036854775807",
            fraction: "0.1",
            bytes: "AQL/",
            list: '["a",1,false]',
            nested: '{"key":{"inner":"x"}}',
            nothing: "",
            long: "x".repeat(60_000),
          },
          startNs: NOON_NS,
          durationNs: 60_000_000_000n,
          status: "error",
          statusMessage: "exited with code 2",
          events: [{ name: "waiting", timeNs: NOON_NS + 1n, attributes: { reason: "Pulling" } }],
          links: [{ traceId: TRACE, spanId: "2222222222222222", traceState: "c=3", attributes: { n: "1" } }],
        },
      ]);
      const [found] = await store.select(spanById({ traceId, spanId: span.spanId }));
      expect(found?.name).toBe("RUN build");
    });

    it("has no spans of a trace it never saw", async () => {
      expect(await trace(freshTraceId())).toEqual([]);
    });

    it("keeps a span that arrives twice once", async () => {
      const span = spanWith({ traceId: freshTraceId(), attributes: { "throughline.type": "pipelinerun" } });
      await store.addSpans([span, span]);
      await store.addSpans([span]);
      expect(await trace(span.traceId)).toHaveLength(1);
      const found = await rows("runs", (row) => row.text("SpanId"), sql`TraceId = ${span.traceId}`);
      expect(found).toEqual([span.spanId]);
    });

    it("replaces a provisional span by its final one, in whatever order they come", async () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const traceId = freshTraceId();
        const type = { "throughline.type": "pipelinerun" };
        const versions = [
          spanWith({
            traceId,
            attributes: { ...type, "throughline.provisional": true },
            endNs: NOON_NS + 1n,
          }),
          spanWith({ traceId, attributes: { ...type, "cicd.pipeline.result": "success" } }),
        ];
        for (const index of order) await store.addSpans(versions.slice(index, index + 1));
        expect((await trace(traceId)).map(({ durationNs }) => durationNs)).toEqual([60_000_000_000n]);
        const found = await rows("runs", (row) => row.text("Result"), sql`TraceId = ${traceId}`);
        expect(found).toEqual(["success"]);
      }
    });

    it("shows a run that is not over as running, and moves its end", async () => {
      const traceId = freshTraceId();
      const attributes = { "throughline.type": "pipelinerun", "throughline.provisional": true };
      await store.addSpans([spanWith({ traceId, attributes, endNs: NOON_NS + 1_000n })]);
      await store.addSpans([spanWith({ traceId, attributes, endNs: NOON_NS + 2_000n })]);
      const found = await rows(
        "runs",
        (row) => [row.text("Result"), row.integer("Duration")],
        sql`TraceId = ${traceId}`,
      );
      expect(found).toEqual([["running", 2_000n]]);
    });

    it("knows runs and tasks of others by OpenTelemetry's semantic conventions", async () => {
      const traceId = freshTraceId();
      const root = spanWith({
        traceId,
        attributes: { "cicd.pipeline.name": "deploy", "cicd.pipeline.run.id": "4711" },
      });
      const task = spanWith({
        traceId,
        spanId: "00000000000000aa",
        parentSpanId: root.spanId,
        kind: 1,
        statusCode: 2,
        statusMessage: "no",
        attributes: { "cicd.pipeline.task.name": "test", "cicd.pipeline.task.run.id": "4712" },
      });
      await store.addSpans([root, task]);
      const runs = await rows(
        "runs",
        (row) => [row.text("Pipeline"), row.text("Run"), row.text("Result")],
        sql`TraceId = ${traceId}`,
      );
      expect(runs).toEqual([["deploy", "4711", "success"]]);
      const tasks = await rows(
        "tasks",
        (row) => [row.text("Task"), row.text("Result"), row.text("Message")],
        sql`TraceId = ${traceId}`,
      );
      expect(tasks).toEqual([["test", "failure", "no"]]);
    });

    it("does not take an ordinary trace for a run", async () => {
      const traceId = freshTraceId();
      await store.addSpans([spanWith({ traceId, name: "GET /cart" })]);
      expect(await rows("runs", (row) => row.text("Run"), sql`TraceId = ${traceId}`)).toEqual([]);
    });

    it("keeps what can be kept, and says why the rest is not", async () => {
      const traceId = freshTraceId();
      const spans = [
        spanWith({ traceId, spanId: "00000000000000a1" }),
        spanWith({
          traceId,
          spanId: "00000000000000a2",
          startNs: 9_200_000_000_000_000_000n,
          endNs: 9_200_000_000_000_000_001n,
        }),
        spanWith({ traceId, spanId: "00000000000000a3", startNs: 0n, endNs: 0n }),
        spanWith({ traceId, spanId: "00000000000000a4", startNs: NOON_NS, endNs: NOON_NS - 1n }),
      ];
      expect(await store.addSpans(spans)).toEqual({
        kind: "kept",
        rejected: 1,
        reason: "its time is after 2099",
      });
      const kept = await trace(traceId);
      expect(kept.map(({ spanId, durationNs }) => [spanId, durationNs])).toEqual([
        ["00000000000000a3", 0n],
        ["00000000000000a1", 60_000_000_000n],
        ["00000000000000a4", 0n],
      ]);
    });

    it("keeps spans of many weeks, and refuses those of too many in one request", async () => {
      const traceId = freshTraceId();
      const week = 7n * 86_400_000_000_000n;
      const spans = Array.from({ length: 60 }, (_, index) => {
        const startNs = NOON_NS - BigInt(index) * week;
        return spanWith({
          traceId,
          spanId: (index + 1).toString(16).padStart(16, "0"),
          startNs,
          endNs: startNs,
        });
      });
      expect(await store.addSpans(spans)).toEqual({
        kind: "kept",
        rejected: 10,
        reason: "one request covers more than 50 weeks",
      });
      expect(await trace(traceId)).toHaveLength(50);
    });

    it("keeps requests that come together apart", async () => {
      const ids = Array.from({ length: 30 }, freshTraceId);
      const answers = await Promise.all(ids.map((traceId) => store.addSpans([spanWith({ traceId })])));
      expect(answers.every(({ kind }) => kind === "kept")).toBe(true);
      expect(await store.select(spansOfTraces(ids))).toHaveLength(30);
    });

    it("tells listeners what was kept until they stop listening", async () => {
      let kept = 0;
      const stop = store.onKept(({ spans }) => {
        kept += spans;
      });
      await store.addSpans([spanWith({ traceId: freshTraceId() })]);
      stop();
      await store.addSpans([spanWith({ traceId: freshTraceId() })]);
      expect(kept).toBe(1);
    });

    has("metrics")("keeps metrics of every kind, each point once", async () => {
      const metrics = metricsOfEveryKind();
      await store.addMetrics(metrics);
      await store.addMetrics(metrics);
      const found = await rows("metrics", (row) => [
        row.text("MetricName"),
        row.text("Kind"),
        row.number("Value"),
        row.number("Count"),
        row.numbers("Bounds"),
        row.numbers("BucketCounts"),
        row.numbers("QuantileValues"),
        row.map("Attributes"),
      ]);
      expect(found.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
        ["cache.size", "gauge", 1.5, 0, [], [], [], { task: "build" }],
        [
          "queue.depth",
          "exponentialHistogram",
          0,
          7,
          [-1, 0, 1, 2, 4],
          [1, 2, 0, 3, 1, 0],
          [],
          { task: "build" },
        ],
        ["runs", "sum", 12, 0, [], [], [], { task: "build" }],
        ["step.duration", "histogram", 0, 6, [0.5, 1], [1, 2, 3], [], { task: "build" }],
        ["wait", "summary", 0, 9, [0.5, 0.99], [], [3, 4], { task: "build" }],
      ]);
    });

    has("logs")("keeps logs that belong to a trace, and refuses others", async () => {
      const log = logWith({ body: "fatal: no such branch" });
      const answer = await store.addLogs([log, logWith({ traceId: undefined, spanId: undefined })]);
      expect(answer).toEqual({ kind: "kept", rejected: 1, reason: "it belongs to no trace" });
      const found = await rows("logs", (row) => [
        row.text("TraceId"),
        row.text("Body"),
        row.text("SeverityText"),
      ]);
      expect(found).toEqual([[TRACE, "fatal: no such branch", "ERROR"]]);
    });

    lacks("metrics")("says that it keeps no metrics, and has none", async () => {
      const answer = await store.addMetrics(metricsOfEveryKind());
      expect(answer).toMatchObject({ kind: "kept", rejected: 6, reason: expect.stringContaining("instead") });
      expect(await rows("metrics", (row) => row.text("MetricName"))).toEqual([]);
    });

    lacks("logs")("says that it keeps no logs, and has none", async () => {
      const answer = await store.addLogs([logWith({})]);
      expect(answer).toMatchObject({ kind: "kept", rejected: 1, reason: expect.stringContaining("instead") });
      expect(await rows("logs", (row) => row.text("Body"))).toEqual([]);
    });

    it("says which question was too much, and answers the next one", async () => {
      const endless = store.select({
        purpose: "lookup",
        text: () => sql`SELECT number FROM system.numbers`,
        row: (row) => row.integer("number"),
      });
      await expect(endless).rejects.toThrow(StoreError);
      expect(store.health()).toEqual({ kind: "ok" });
      expect(await trace(freshTraceId())).toEqual([]);
    }, 60_000);
  });
}

function logWith(given: Partial<ReceivedLog>): ReceivedLog {
  return {
    resource: RESOURCE,
    scope: SCOPE,
    timeNs: 0n,
    observedTimeNs: NOON_NS,
    severityNumber: 17,
    severityText: "ERROR",
    eventName: "",
    body: "",
    attributes: {},
    droppedAttributesCount: 0,
    flags: 1,
    traceId: TRACE,
    spanId: "eee19b7ec3c1b174",
    ...given,
  };
}
