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
    const sent = new SentSpans();
    const text = JSON.stringify(request);
    sent.add({ signal: "traces", contentType: "application/json", body: Buffer.from(text) });
    expect(written(sent)).toEqual(decodeJson(text));
    expect([...sent.resourceSpans()].length).toBe(2);
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
    const sent = new SentSpans();
    sent.add({ signal: "traces", contentType: "application/x-protobuf", body: encodeProtobuf(ours) });
    expect(written(sent)).toEqual(received(ours));
  });

  it("are what can be read of them, and no other signals", () => {
    const sent = new SentSpans();
    const body = Buffer.from("no request");
    sent.add({ signal: "traces", contentType: "application/json", body });
    sent.add({ signal: "logs", contentType: "application/json", body: Buffer.from(JSON.stringify(request)) });
    expect([...sent.resourceSpans()]).toEqual([]);
  });
});
