import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { StoreError, spansOfTraces } from "../../store/index.ts";
import { requestOf, startTestServer, storeThat, type TestServer } from "../server.testing.ts";

const JSON_TYPE = { "content-type": "application/json" };
const PROTOBUF_TYPE = { "content-type": "application/x-protobuf" };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

type Sent = Pick<RequestInit, "method" | "headers" | "body"> & { path?: string; to?: string };

async function send({ path = "/v1/traces", to = server.addresses.otlpHttp, ...init }: Sent) {
  const answer = await fetch(to + path, { method: "POST", ...init });
  const body = new Uint8Array(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, body, text: Buffer.from(body).toString() };
}

async function stillWorks(): Promise<void> {
  const { status } = await send({ headers: JSON_TYPE, body: JSON.stringify(requestOf()) });
  expect(status).toBe(200);
}

describe("OTLP over HTTP", () => {
  it("keeps what it answers 200 to", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const { status, headers, text } = await send({
      headers: JSON_TYPE,
      body: JSON.stringify(requestOf({ traceId })),
    });
    expect({ status, text, type: headers.get("content-type") }).toEqual({
      status: 200,
      text: "{}",
      type: "application/json",
    });
    const [span] = await server.store.select(spansOfTraces([traceId]));
    expect(span?.name).toBe("a span");
  });

  it("unpacks gzip", async () => {
    const traceId = "1af7651916cd43dd8448eb211c80319c";
    const body = gzipSync(JSON.stringify(requestOf({ traceId })));
    const { status } = await send({ headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body });
    expect(status).toBe(200);
    expect(await server.store.select(spansOfTraces([traceId]))).toHaveLength(1);
  });

  it("takes metrics and logs, and of the logs those of a trace", async () => {
    const metrics = {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [{ name: "queue", gauge: { dataPoints: [{ timeUnixNano: now(), asInt: "7" }] } }],
            },
          ],
        },
      ],
    };
    const logRecords = [
      { timeUnixNano: now(), body: { stringValue: "kept" }, traceId: "5b8efff798038103d269b633813fc60c" },
      { timeUnixNano: now(), body: { stringValue: "not kept" } },
    ];
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
    const answers = [
      await send({ path: "/v1/metrics", headers: JSON_TYPE, body: JSON.stringify(metrics) }),
      await send({ path: "/v1/logs", headers: JSON_TYPE, body: JSON.stringify(logs) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.map(({ text }) => JSON.parse(text))).toEqual([
      {},
      { partialSuccess: { rejectedLogRecords: "1", errorMessage: expect.stringContaining("trace") } },
    ]);
  });

  it("says how many spans it did not keep: bad in themselves, or of a time no calendar has", async () => {
    const spans = [
      { spanId: "00" },
      { startTimeUnixNano: "18446744073709551615" },
      { startTimeUnixNano: "0" },
    ];
    const request = { resourceSpans: spans.flatMap((span) => requestOf(span)["resourceSpans"]) };
    const { status, text } = await send({ headers: JSON_TYPE, body: JSON.stringify(request) });
    expect(status).toBe(200);
    expect(JSON.parse(text).partialSuccess.rejectedSpans).toBe("2");
  });

  it.each([
    ["JSON that is none", JSON_TYPE, "{", 400, 3],
    ["a body that is not gzip", { ...JSON_TYPE, "content-encoding": "gzip" }, "{}", 400, 3],
    ["text", { "content-type": "text/plain" }, "hello", 415, 3],
    ["a content type that is none", { "content-type": "//" }, "hello", 415, 3],
    ["an encoding nobody knows", { ...JSON_TYPE, "content-encoding": "lzma" }, "{}", 415, 3],
    ["a zip bomb", { ...JSON_TYPE, "content-encoding": "gzip" }, bomb(), 413, 3],
  ])("answers %s with what is wrong, and goes on", async (_, headers, body, status, code) => {
    const answer = await send({ headers, body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ code, message: expect.stringMatching(/\w/) });
    await stillWorks();
  });

  it("answers protobuf in protobuf", async () => {
    const { status, headers, body } = await send({ headers: PROTOBUF_TYPE, body: Buffer.from([0xff, 0xff]) });
    expect(status).toBe(400);
    expect(headers.get("content-type")).toBe("application/x-protobuf");
    expect([...body.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
  });

  it("knows its paths and its method", async () => {
    expect((await send({ path: "/v1/spans", headers: JSON_TYPE, body: "{}" })).status).toBe(404);
    const got = await send({ method: "GET" });
    expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it("takes a hundred megabytes from nobody, whether they say so before or not", async () => {
    const huge = Buffer.alloc(1024 * 1024, "x");
    const announced = await post({ "content-length": String(100 * huge.length) }, async (outgoing) => {
      outgoing.write(huge);
    });
    expect(announced.statusCode).toBe(413);
    const unannounced = await post({}, async (outgoing, isAnswered) => {
      for (let sent = 0; sent < 100 && !isAnswered(); sent++)
        if (!outgoing.write(huge)) await once(outgoing, "drain");
    });
    expect(unannounced.statusCode).toBe(413);
    await stillWorks();
  });

  it("forgets a client that goes away half-way", async () => {
    const { hostname, port } = new URL(server.addresses.otlpHttp);
    const lost = Array.from({ length: 50 }, async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, "connect");
      socket.write("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n");
      socket.write(`content-length: 8000000\r\n\r\n${" ".repeat(4_000_000)}`);
      await sleep(50);
      socket.destroy();
    });
    await Promise.all(lost);
    await stillWorks();
  });

  it("is not fooled by text that looks like SQL", async () => {
    const text = "'; DROP TABLE throughline.spans; -- \\' \u0000 `\"";
    const traceId = "2af7651916cd43dd8448eb211c80319c";
    const attributes = [{ key: text, value: { stringValue: text } }];
    const span = { traceId, name: text, traceState: text, attributes, status: { code: 2, message: text } };
    const { status } = await send({ headers: JSON_TYPE, body: JSON.stringify(requestOf(span)) });
    expect(status).toBe(200);
    const [stored] = await server.store.select(spansOfTraces([traceId]));
    expect(stored).toMatchObject({ name: text, attributes: { [text]: text } });
  });

  it("takes ten thousand attributes, as many as are allowed", async () => {
    const traceId = "3af7651916cd43dd8448eb211c80319c";
    const attributes = Array.from({ length: 10_000 }, (_, n) => ({
      key: `k${n}`,
      value: { intValue: `${n}` },
    }));
    const body = JSON.stringify(requestOf({ traceId, attributes }));
    expect((await send({ headers: JSON_TYPE, body })).status).toBe(200);
    const [stored] = await server.store.select(spansOfTraces([traceId]));
    expect(Object.keys(stored?.attributes ?? {})).toHaveLength(1_024);
  });

  it("does not answer pages of other sites that borrowed its address", async () => {
    const answer = await post({ host: "evil.example" }, async (outgoing) => {
      outgoing.end("{}");
    });
    expect(answer.statusCode).toBe(403);
  });
});

describe("OTLP over HTTP with a token", () => {
  it("takes from nobody without it", async () => {
    const { addresses } = await startTestServer({ store: storeThat({}), token: "s3cret" });
    const to = addresses.otlpHttp;
    const body = JSON.stringify(requestOf());
    const without = await send({ to, headers: JSON_TYPE, body });
    expect([without.status, JSON.parse(without.text).code]).toEqual([401, 16]);
    const wrong = await send({ to, headers: { ...JSON_TYPE, authorization: "Bearer no" }, body });
    expect(wrong.status).toBe(401);
    const right = await send({ to, headers: { ...JSON_TYPE, authorization: "Bearer s3cret" }, body });
    expect(right.status).toBe(200);
  });
});

describe("OTLP over HTTP on a store in trouble", () => {
  it.each([
    [
      "is busy",
      async () => ({ kind: "busy", reason: "later", retryAfterSeconds: 7 }) as const,
      { status: 429, retryAfter: "7", code: 8 },
    ],
    [
      "has no space left",
      async () => {
        throw new StoreError("unavailable", "the disk is full");
      },
      { status: 503, retryAfter: null, code: 14 },
    ],
    [
      "fails in a way nobody thought of",
      async () => {
        throw new TypeError("x is not a function");
      },
      { status: 500, retryAfter: null, code: 13 },
    ],
  ])("says so when it %s", async (_, addSpans, { status, retryAfter, code }) => {
    const { addresses } = await startTestServer({ store: storeThat({ addSpans }) });
    const answer = await send({
      to: addresses.otlpHttp,
      headers: JSON_TYPE,
      body: JSON.stringify(requestOf()),
    });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(JSON.parse(answer.text).code).toBe(code);
    expect(answer.text).not.toContain("not a function");
  });
});

function now(): string {
  return String(BigInt(Date.now()) * 1_000_000n);
}

function bomb(): Uint8Array<ArrayBuffer> {
  return gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
}

/** For what `fetch` does not do: bodies in pieces, and any Host header. */
function post(
  headers: Record<string, string>,
  write: (outgoing: ReturnType<typeof request>, isAnswered: () => boolean) => Promise<void>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const outgoing = request(`${server.addresses.otlpHttp}/v1/traces`, {
      method: "POST",
      headers: { ...JSON_TYPE, ...headers },
    });
    outgoing.on("response", (response) => {
      isAnswered = true;
      response.resume();
      resolve(response);
      outgoing.destroy();
    });
    // Whoever is refused may find the connection closed while still writing.
    outgoing.on("error", (fault) => (isAnswered ? undefined : reject(fault)));
    write(outgoing, () => isAnswered).catch(() => {});
  });
}
