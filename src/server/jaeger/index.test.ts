import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastCheck from "fast-check";
import { type FastifyInstance, fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReceivedSpan } from "../../otlp/index.ts";
import { openEmbeddedStore, type TraceStore } from "../../store/index.ts";
import { jaegerRoutes } from "./index.ts";
import { largeAnswersInTurn } from "./large-answers.ts";
import { CREATED, sceneSpans, TRACE } from "./scene.testing.ts";
import { readTraces } from "./traces.ts";

const directory = mkdtempSync(join(tmpdir(), "throughline-jaeger-"));
let store: TraceStore;
let app: FastifyInstance;
let origin: string;

beforeAll(async () => {
  store = await openEmbeddedStore({ directory });
  await store.addSpans(sceneSpans());
  app = fastify();
  await app.register(jaegerRoutes({ store }));
  origin = await app.listen({ host: "127.0.0.1", port: 0 });
}, 60_000);

afterAll(async () => {
  await app.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

type Body = Record<string, unknown>;
type Answer = { status: number; body: Body };

async function get(path: string, parameters: Record<string, string> = {}): Promise<Answer> {
  const query = new URLSearchParams(parameters);
  const response = await fetch(`${origin}${path}?${query}`);
  return { status: response.status, body: (await response.json()) as Body };
}

/** As text, so that no formatter has an opinion of it. */
function golden(name: string, body: unknown): Promise<void> {
  return expect(`${JSON.stringify(body, undefined, 2)}\n`).toMatchFileSnapshot(`golden/${name}.json.txt`);
}

/** The time of the run, as each version of the API writes it. */
const WHEN = { start: `${CREATED}000`, end: `${CREATED + 60_000}000` };
const V3_WHEN = { "query.startTimeMin": isoTime(CREATED), "query.startTimeMax": isoTime(CREATED + 60_000) };

/** The same a day earlier, in another trace: no other test sees it. */
function copiedScene(traceId: string): ReceivedSpan[] {
  const day = 86_400_000_000_000n;
  return sceneSpans().map((span) => ({
    ...span,
    traceId,
    startNs: span.startNs - day,
    endNs: span.endNs - day,
  }));
}

function isoTime(millis: number): string {
  return new Date(millis).toISOString();
}

describe("the Jaeger API", () => {
  it("answers a trace as the Jaeger UI and Grafana read it", async () => {
    const { body } = await get(`/api/traces/${TRACE}`);
    const [trace] = body["data"] as [{ spans: { operationName: string }[] }];
    const shown = ["step make", "make all", "GET /layer"];
    trace.spans = trace.spans.filter(({ operationName }) => shown.includes(operationName));
    await golden("trace", body);
  });

  it("lists services, their operations and who calls whom", async () => {
    const answers = {
      services: (await get("/api/services")).body,
      operations: (await get("/api/operations", { service: "cache" })).body,
      operationsOfCache: (await get("/api/services/cache/operations")).body,
      dependencies: (await get("/api/dependencies", { endTs: `${CREATED + 60_000}`, lookback: "3600000" }))
        .body,
    };
    await golden("lists", answers);
  });

  it("takes a trace id in upper case, without its leading zero, and in base64", async () => {
    const base64 = Buffer.from(TRACE, "hex").toString("base64url");
    for (const id of [TRACE.toUpperCase(), TRACE.slice(1), base64]) {
      expect((await get(`/api/traces/${id}`)).status).toBe(200);
    }
  });

  it("says that a trace is not there", async () => {
    expect(await get("/api/traces/4711")).toEqual({
      status: 404,
      body: {
        data: null,
        total: 0,
        limit: 0,
        offset: 0,
        errors: [{ code: 404, msg: "trace not found" }],
      },
    });
    expect((await get("/api/traces/no%20trace%20id")).status).toBe(400);
  });

  it("answers several traces by their ids, and names those it has not got", async () => {
    const { body } = await get(`/api/traces?traceID=${TRACE}&traceID=4711&start=1`);
    expect(traceIds(body)).toEqual([TRACE]);
    expect(body["errors"]).toEqual([{ msg: "trace not found", traceID: "4711".padStart(32, "0") }]);
  });

  it.each<[string, Record<string, string>]>([
    ["its service", {}],
    ["an operation", { operation: "GET /layer" }],
    ["an attribute of the span", { tags: '{"http.response.status_code":"404"}' }],
    ["a number of an attribute", { tags: '{"http.response.status_code":404}' }],
    ["an attribute of the resource", { tag: "service.name:cache" }],
    ["an attribute of an event", { tag: "exception.message:no such layer" }],
    ["its error", { tags: '{"error":"true"}' }],
    ["its kind", { tags: '{"span.kind":"server"}' }],
    ["its status", { tags: '{"otel.status_code":"ERROR","otel.status_description":"no such layer"}' }],
    ["its scope", { tags: '{"otel.scope.name":"cache-tracer","otel.scope.version":"1.2.3"}' }],
    ["an event", { tag: "event:exception" }],
    ["a duration", { minDuration: "999ms", maxDuration: "1.5s" }],
  ])("finds a trace by %s", async (_what, parameters) => {
    const { body } = await get("/api/traces", { ...WHEN, service: "cache", ...parameters });
    expect(traceIds(body)).toEqual([TRACE]);
  });

  it.each<[string, Record<string, string>]>([
    ["another service", { service: "make", operation: "GET /layer" }],
    ["another value", { tags: '{"http.response.status_code":"200"}' }],
    ["an attribute that is there with a value", { tags: '{"http.response.status_code":""}' }],
    ["an attribute that is not there", { tags: '{"nobody":""}' }],
    ["success", { tags: '{"error":"false"}' }],
    ["a longer duration", { minDuration: "2s" }],
    ["another time", { start: "1", end: "2" }],
    ["a time to come", { start: WHEN.end, end: "999999999999999999" }],
  ])("does not find it by %s", async (_what, parameters) => {
    const { status, body } = await get("/api/traces", { ...WHEN, service: "cache", ...parameters });
    expect([status, traceIds(body)]).toEqual([200, []]);
  });

  it("searches two days unless told otherwise, or as far back as wanted", async () => {
    const yearsAgo = { service: "cache", lookback: "9999d" };
    expect(traceIds((await get("/api/traces", { service: "cache" })).body)).toEqual([]);
    expect(traceIds((await get("/api/traces", yearsAgo)).body)).toContain(TRACE);
  });

  it("cuts what would be too much for one answer, and says of which traces", async () => {
    const copies = ["e1", "e2", "e3"].map((id) => id.padEnd(32, "0"));
    const spans = copies.flatMap((traceId) => copiedScene(traceId));
    await store.addSpans(spans);
    const ofEach = spans.length / copies.length;
    const read = await readTraces(store, [...copies.toReversed(), "4711"], ofEach + 2);
    const shape = read.traces.map((trace) => [trace.traceId, trace.spans.length, trace.isCut]);
    expect(shape).toEqual([
      [copies[1], 2, true],
      [copies[0], ofEach, false],
    ]);
    expect([read.unknown, read.leftOut]).toEqual([["4711"], [copies[2]]]);
  });

  it("makes large answers one after the other, and lets usual ones pass them by", async () => {
    const [large, usual] = ["f1", "f2"].map((id) => id.padEnd(32, "0")) as [string, string];
    await store.addSpans([...copiedScene(large), ...copiedScene(usual).slice(0, 1)]);
    const written: string[] = [];
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const select: TraceStore["select"] = async (query) => {
      const rows = await store.select(query);
      // The whole of the large one.
      if (rows.length === copiedScene(large).length) await held;
      return rows;
    };
    const answer = largeAnswersInTurn({ ...store, select }, 1);
    const asked = (traceId: string) =>
      answer([traceId], (read) => {
        written.push(traceId);
        return { status: 200, body: read.traces.map(({ spans }) => spans.length) };
      });
    // One at work and sixteen that wait; the last is one too many.
    const all = Array.from({ length: 18 }, () => asked(large));
    const outcomes = Promise.allSettled(all);
    expect(await asked(usual)).toEqual({ status: 200, text: "[1]" });
    expect(written).toEqual([usual]);
    await expect(Promise.all(all)).rejects.toMatchObject({ reason: "busy" });
    letGo();
    const refused = (await outcomes).filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject([{ reason: { reason: "busy" } }]);
    expect(await asked(large)).toEqual({ status: 200, text: `[${copiedScene(large).length}]` });
  });

  it("shows as warnings what the trace model is not sure of", async () => {
    const traceId = "d".repeat(32);
    const uncertain = { "throughline.uncertain": ["it may have been retried"] };
    await store.addSpans(
      copiedScene(traceId).map((span) => ({ ...span, attributes: { ...span.attributes, ...uncertain } })),
    );
    const { body } = await get(`/api/traces/${traceId}`);
    expect(JSON.stringify(body)).toContain('"warnings":["it may have been retried"]');
  });

  it("judges a span by its last version only", async () => {
    const traceId = "c".repeat(32);
    const final = copiedScene(traceId);
    const provisional = final.map((span) => ({
      ...span,
      attributes: { ...span.attributes, "throughline.provisional": true },
      endNs: span.startNs + 1_000n,
    }));
    await store.addSpans(provisional);
    await store.addSpans(final);
    const search = { service: "cache", start: "1", end: WHEN.start };
    expect(traceIds((await get("/api/traces", search)).body)).toContain(traceId);
    const short = await get("/api/traces", { ...search, maxDuration: "1ms" });
    expect(traceIds(short.body)).toEqual([]);
  });
});

describe("version 3 of the Jaeger API", () => {
  it("answers a trace in OTLP", async () => {
    const { body } = await get(`/api/v3/traces/${TRACE}`);
    const { resourceSpans } = body["result"] as { resourceSpans: object[] };
    const isProgram = (resource: object) => !JSON.stringify(resource).includes("tekton");
    await golden("v3-trace", { result: { resourceSpans: resourceSpans.filter(isProgram) } });
  });

  it("lists services, operations and summaries of traces", async () => {
    const search = { ...V3_WHEN, "query.serviceName": "cache" };
    const answers = {
      services: (await get("/api/v3/services")).body,
      operations: (await get("/api/v3/operations", { service: "cache", spanKind: "server" })).body,
      summaries: (await get("/api/v3/trace-summaries", search)).body,
    };
    await golden("v3-lists", answers);
  });

  it("finds traces by names of parameters old and new", async () => {
    const attributes = { "query.attributes": '{"error":"true"}', "query.duration_min": "1s" };
    const now = { ...V3_WHEN, ...attributes, "query.serviceName": "cache", "query.searchDepth": "5" };
    const then = {
      ...attributes,
      "query.service_name": "cache",
      "query.num_traces": "5",
      "query.start_time_min": isoTime(CREATED).replace("Z", " 00:00"),
      "query.start_time_max": isoTime(CREATED + 60_000),
    };
    for (const search of [now, then]) {
      const { status, body } = await get("/api/v3/traces", search);
      expect([status, JSON.stringify(body).includes(TRACE)]).toEqual([200, true]);
    }
  });

  it("says that nothing is there", async () => {
    const nothing = { status: 404, body: { error: { httpCode: 404, message: "no traces found" } } };
    expect(await get("/api/v3/traces/4711")).toEqual(nothing);
    expect(await get("/api/v3/traces", { ...V3_WHEN, "query.serviceName": "nobody" })).toEqual(nothing);
    expect(
      (await get("/api/v3/trace-summaries", { ...V3_WHEN, "query.serviceName": "nobody" })).body,
    ).toEqual({ summaries: [] });
  });
});

const HOSTILE = [
  "' OR 1=1 --",
  "'); DROP TABLE throughline.spans; --",
  "\\' UNION SELECT 1 \\",
  "\0",
  "{",
  "[]",
  '{"a":{"b":1}}',
  '{"__proto__":"x","constructor":"y"}',
  "9".repeat(400),
  "-1",
  "1e309",
  "NaN",
  "%",
  "💥".repeat(100),
  "-999999h",
];

const LEGACY = ["service", "operation", "tags", "tag", "start", "end", "limit", "minDuration", "traceID"];
const V3 = ["serviceName", "operationName", "attributes", "searchDepth", "durationMin", "startTimeMax"];

describe("a client that means harm", () => {
  it.each(HOSTILE)("is refused or finds nothing: %j", async (evil) => {
    const requests = [
      get(`/api/traces/${encodeURIComponent(evil)}`),
      get(`/api/v3/traces/${encodeURIComponent(evil)}`),
      get(`/api/services/${encodeURIComponent(evil)}/operations`),
      get("/api/operations", { service: evil, spanKind: evil }),
      get("/api/dependencies", { endTs: evil, lookback: evil, service: evil }),
      ...LEGACY.map((name) => get("/api/traces", { ...WHEN, service: "cache", [name]: evil })),
      ...V3.map((name) =>
        get("/api/v3/traces", { ...V3_WHEN, "query.serviceName": "cache", [`query.${name}`]: evil }),
      ),
    ];
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect((await get(`/api/traces/${TRACE}`)).status).toBe(200);
  });

  it("is refused with more tags than the engine can take", async () => {
    const tags = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, "x"])));
    expect((await get("/api/traces", { ...WHEN, service: "cache", tags: tags(10) })).status).toBe(200);
    const { status, body } = await get("/api/traces", { ...WHEN, service: "cache", tags: tags(200) });
    expect([status, JSON.stringify(body["errors"])]).toEqual([400, expect.stringContaining("64 tags")]);
  });

  it("is refused with any text for a parameter", async () => {
    const name = fastCheck.constantFrom(...LEGACY);
    const attack = fastCheck.asyncProperty(
      name,
      fastCheck.string({ unit: "binary" }),
      async (parameter, text) => {
        const { status } = await get("/api/traces", { ...WHEN, service: "cache", [parameter]: text });
        expect([200, 400, 431]).toContain(status);
      },
    );
    await fastCheck.assert(attack, { numRuns: 60 });
  });
});

function traceIds(body: Body): string[] {
  return (body["data"] as { traceID: string }[]).map(({ traceID }) => traceID);
}
