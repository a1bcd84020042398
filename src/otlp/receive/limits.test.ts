import { describe, expect, it } from "vitest";
import { encode } from "../proto.testing.ts";
import { decodeLogs, decodeMetrics, decodeTraces } from "./decode.ts";
import { DEFAULT_LIMITS, type DecodeLimits } from "./limits.ts";
import { asOtlpJson } from "./requests.testing.ts";

const ids = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) };
const attribute = (key: string, value: object = { intValue: "1" }) => ({ key, value });
const many = <Element>(count: number, make: (index: number) => Element) =>
  Array.from({ length: count }, (_, index) => make(index));

/** Decodes a request in both encodings, which are to agree. */
function decoded(spans: object[], limits: Partial<DecodeLimits>) {
  const request = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
  const both = [
    decodeTraces(encode("ExportTraceServiceRequest", request), "application/x-protobuf", {
      ...DEFAULT_LIMITS,
      ...limits,
    }),
    decodeTraces(Buffer.from(JSON.stringify(asOtlpJson(request))), "application/json", {
      ...DEFAULT_LIMITS,
      ...limits,
    }),
  ];
  expect(both[1]).toEqual(both[0]);
  return both[0];
}

const nested = (depth: number, wrap: (value: object) => object): object =>
  depth === 0 ? { intValue: "1" } : wrap(nested(depth - 1, wrap));
const inArray = (value: object) => ({ arrayValue: { values: [value] } });
const inList = (value: object) => ({ kvlistValue: { values: [attribute("k", value)] } });

describe("what is over a limit", () => {
  it("keeps the first attributes of a span and counts the others, with those the sender dropped", () => {
    const attributes = many(5, (index) => attribute(`a${index}`));
    expect(decoded([{ ...ids, attributes, droppedAttributesCount: 10 }], { maxAttributes: 2 })).toMatchObject(
      {
        spans: [{ attributes: { a0: 1n, a1: 1n }, droppedAttributesCount: 13 }],
        shortened: 0,
      },
    );
  });

  it("keeps the first events and links of a span and counts the others", () => {
    const events = many(4, (index) => ({ name: `event ${index}` }));
    const span = { ...ids, events, droppedEventsCount: 1, links: many(5, () => ids), droppedLinksCount: 1 };
    expect(decoded([span], { maxEvents: 1, maxLinks: 2 })).toMatchObject({
      spans: [
        { events: [{ name: "event 0" }], droppedEventsCount: 4, links: [{}, {}], droppedLinksCount: 4 },
      ],
    });
  });

  it("cuts a name and a value where a character begins", () => {
    const attributes = [attribute("text", { stringValue: "aé\u{1f600}" })];
    const span = { ...ids, name: "né", attributes };
    const cutAt = (maxValueBytes: number) => decoded([span], { maxNameBytes: 5, maxValueBytes });
    expect(cutAt(7)).toMatchObject({ spans: [{ attributes: { text: "aé\u{1f600}" } }], shortened: 0 });
    for (const bytes of [6, 5, 4, 3]) {
      expect(cutAt(bytes)).toMatchObject({ spans: [{ attributes: { text: "aé" } }], shortened: 1 });
    }
    expect(cutAt(2)).toMatchObject({ spans: [{ attributes: { text: "a" } }], shortened: 1 });
    expect(decoded([{ ...ids, name: "né" }], { maxNameBytes: 2 })).toMatchObject({
      spans: [{ name: "n" }],
      shortened: 1,
    });
  });

  it("cuts bytes", () => {
    const attributes = [attribute("b", { bytesValue: Buffer.from([1, 2, 3]) })];
    expect(decoded([{ ...ids, attributes }], { maxValueBytes: 2 })).toMatchObject({
      spans: [{ attributes: { b: new Uint8Array([1, 2]) } }],
      shortened: 1,
    });
  });

  it("drops an attribute whose key is too long", () => {
    const attributes = [attribute("ééé"), attribute("éé")];
    expect(decoded([{ ...ids, attributes }], { maxNameBytes: 4 })).toMatchObject({
      spans: [{ attributes: { éé: 1n }, droppedAttributesCount: 1 }],
    });
  });

  it.each([
    ["arrays", inArray, [[null]]],
    ["key-value lists", inList, { k: { k: null } }],
  ])("puts null where %s are nested too deeply", (_, wrap, expected) => {
    const attributes = [attribute("deep", nested(3, wrap)), attribute("flat", nested(2, wrap))];
    const result = decoded([{ ...ids, attributes }], { maxDepth: 2 });
    expect(result).toMatchObject({ spans: [{ attributes: { deep: expected } }], shortened: 1 });
  });

  it("rejects spans, data points and log records after the last that is taken", () => {
    const rejected = [{ count: 3, reason: "the request holds more than 2" }];
    expect(
      decoded(
        many(5, () => ids),
        { maxItems: 2 },
      ),
    ).toMatchObject({ spans: [{}, {}], rejected });

    const limits = { ...DEFAULT_LIMITS, maxItems: 2 };
    const metric = { name: "m", gauge: { dataPoints: many(5, () => ({ asInt: "1" })) } };
    const metrics = { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] };
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: many(5, () => ({ timeUnixNano: "1" })) }] }] };
    const twoPoints = { metrics: [{ data: { points: [{}, {}] } }], rejected };
    const twoLogs = { logs: [{}, {}], rejected };
    const protobuf = "application/x-protobuf";
    const json = (request: object) => Buffer.from(JSON.stringify(request));
    expect(decodeMetrics(encode("ExportMetricsServiceRequest", metrics), protobuf, limits)).toMatchObject(
      twoPoints,
    );
    expect(decodeMetrics(json(metrics), "application/json", limits)).toMatchObject(twoPoints);
    expect(decodeLogs(encode("ExportLogsServiceRequest", logs), protobuf, limits)).toMatchObject(twoLogs);
    expect(decodeLogs(json(logs), "application/json", limits)).toMatchObject(twoLogs);
  });

  it("makes a body that is too long malformed", () => {
    expect(decoded([ids], { maxBodyBytes: 8 })).toEqual({
      kind: "malformed",
      reason: "the body cannot be read: it is longer than 8 bytes",
    });
  });
});
