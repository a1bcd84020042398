import { describe, expect, it } from "vitest";
import { received } from "../../../test/received.ts";
import { decodeTraces, encodeProtobuf, type ReceivedSpan } from "../../otlp/index.ts";
import { SentSpans } from "./sent-spans.ts";

function decodeJson(text: string): ReceivedSpan[] {
  const decoded = decodeTraces(Buffer.from(text), "application/json");
  if (decoded.kind === "malformed") throw new Error(decoded.reason);
  return decoded.spans;
}

/** The spans of a file that has what was sent, and nothing else. */
function written(sent: SentSpans): ReceivedSpan[] {
  return decodeJson(JSON.stringify({ resourceSpans: [...sent.resourceSpans()] }));
}

const ids = { traceId: "a".repeat(32), spanId: "b".repeat(16), parentSpanId: "c".repeat(16) };
const value = {
  kvlistValue: {
    values: [
      { key: "text", value: { stringValue: "é" } },
      { key: "flag", value: { boolValue: false } },
      { key: "int", value: { intValue: "9007199254740993" } },
      { key: "double", value: { doubleValue: 0.5 } },
      { key: "none", value: { doubleValue: "NaN" } },
      { key: "bytes", value: { bytesValue: "AAEC" } },
      { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, {}] } } },
    ],
  },
};
const request = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: "service.name", value: { stringValue: "build" } }] },
      schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
      scopeSpans: [
        {
          scope: { name: "one", version: "2", attributes: [{ key: "all", value }] },
          spans: [
            {
              ...ids,
              flags: 257,
              traceState: "a=b",
              name: "compile",
              kind: 3,
              startTimeUnixNano: "1790000000000000001",
              endTimeUnixNano: "1790000000000000002",
              attributes: [{ key: "all", value }],
              events: [
                { name: "said", timeUnixNano: "1790000000000000001", attributes: [{ key: "all", value }] },
              ],
              links: [{ traceId: "d".repeat(32), spanId: "e".repeat(16), traceState: "c=d" }],
              status: { code: 2, message: "no" },
            },
            { ...ids, spanId: "f".repeat(16), name: "bare", startTimeUnixNano: "1", endTimeUnixNano: "2" },
          ],
        },
        { scope: { name: "two" }, spans: [{ ...ids, spanId: "1".repeat(16), name: "other" }] },
      ],
    },
  ],
};

describe("the spans that steps sent", () => {
  it("are written as they were sent", () => {
    const sent = new SentSpans({ isForFile: true });
    const text = JSON.stringify(request);
    sent.add({ signal: "traces", contentType: "application/json", body: Buffer.from(text) });
    expect(written(sent)).toEqual(decodeJson(text));
    expect([...sent.resourceSpans()].length).toBe(2);
  });

  it("are not written where they claim to be spans of the run itself", () => {
    const sent = new SentSpans({ isForFile: true });
    const [first] = decodeJson(JSON.stringify(request));
    sent.add({
      signal: "traces",
      contentType: "application/json",
      body: Buffer.from(JSON.stringify(request)),
    });
    const left = [...sent.resourceSpans(new Set([first?.spanId ?? ""]))];
    const all = decodeJson(JSON.stringify({ resourceSpans: left }));
    expect(all.map(({ spanId }) => spanId)).not.toContain(first?.spanId);
  });

  it("are written also if they came as protobuf", () => {
    const ours = [
      {
        resource: { "service.name": "x" },
        scope: { name: "s", version: "1" },
        spans: [
          {
            ...ids,
            flags: 1,
            name: "a",
            kind: 1 as const,
            startNs: 1n,
            endNs: 2n,
            attributes: { n: 3n },
            events: [],
            links: [],
            statusCode: 0 as const,
          },
        ],
      },
    ];
    const sent = new SentSpans({ isForFile: true });
    sent.add({ signal: "traces", contentType: "application/x-protobuf", body: encodeProtobuf(ours) });
    expect(written(sent)).toEqual(received(ours));
  });

  it("are drawn up to a bound, which is said, and without a file no more is kept", () => {
    const body = Buffer.from(JSON.stringify(request).padEnd(6 * 1024 * 1024));
    for (const isForFile of [true, false]) {
      const sent = new SentSpans({ isForFile });
      const add = () => sent.add({ signal: "traces", contentType: "application/json", body });
      for (let index = 0; index < 2; index++) add();
      expect(sent.drawn()).toMatchObject({ isWhole: true, spans: { length: 6 } });
      add();
      expect(sent.drawn()).toMatchObject({ isWhole: false, spans: { length: 6 } });
      expect([...sent.resourceSpans()].length).toBe(isForFile ? 6 : 4);
    }
  });

  it("are what can be read of them, and no other signals", () => {
    const sent = new SentSpans({ isForFile: true });
    const body = Buffer.from("no request");
    sent.add({ signal: "traces", contentType: "application/json", body });
    sent.add({ signal: "logs", contentType: "application/json", body: Buffer.from(JSON.stringify(request)) });
    expect([...sent.resourceSpans()]).toEqual([]);
    expect(sent.drawn()).toEqual({ spans: [], isWhole: true });
  });
});
