import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../proto.testing.ts";
import { tagOf, WireType } from "../protobuf-cursor.ts";
import { decodeLogs, decodeMetrics, decodeTraces } from "./decode.ts";
import { JsonReader } from "./json-reader.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { anyRequest, asOtlpJson, SIGNALS, type Signal } from "./requests.testing.ts";
import { Tally } from "./tally.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const decodeBy = { traces: decodeTraces, metrics: decodeMetrics, logs: decodeLogs };
const signals = Object.keys(SIGNALS) as Signal[];

describe.each(signals)("a receiver of %s", (signal) => {
  const decode = decodeBy[signal];
  const bodies = anyRequest(signal).map((request) => encode(SIGNALS[signal].message, request));
  const texts = anyRequest(signal).map((request) => Buffer.from(JSON.stringify(asOtlpJson(request))));
  const positions = fc.array(fc.nat(), { minLength: 1, maxLength: 5 });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(PROTOBUF, JSON_TYPE), (body, type) => {
        expect(decode(body, type).kind).toMatch(/^(decoded|malformed)$/);
      }),
      { numRuns: 500 },
    );
  });

  it("survives any JSON under the names it knows", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const { resources, scopes, items } = SIGNALS[signal];
    fc.assert(
      fc.property(json, json, fc.array(json), (resource, scope, contents) => {
        const item = {
          attributes: contents,
          events: contents,
          links: contents,
          body: scope,
          gauge: resource,
        };
        const request = {
          [resources]: [{ resource, [scopes]: [{ scope }, { [items]: [...contents, item] }] }],
        };
        expect(decode(Buffer.from(JSON.stringify(request)), JSON_TYPE).kind).toMatch(/^(decoded|malformed)$/);
      }),
    );
  });

  it("survives a wrong value anywhere in a request", () => {
    const wrong = fc.constantFrom<unknown>(
      { toString: 1, valueOf: 1 },
      [[[]]],
      1e300,
      -1.5,
      "?",
      true,
      null,
      {},
      [],
    );
    fc.assert(
      fc.property(anyRequest(signal), fc.nat(), wrong, (request, at, value) => {
        const json = withValueAt(asOtlpJson(request), at, value);
        expect(decode(Buffer.from(json), JSON_TYPE).kind).toMatch(/^(decoded|malformed)$/);
      }),
      { numRuns: 400 },
    );
  });

  it("survives a request that is cut off anywhere", () => {
    fc.assert(
      fc.property(bodies, fc.nat(), (body, at) => {
        expect(decode(body.subarray(0, at % (body.length + 1)), PROTOBUF).kind).toMatch(
          /^(decoded|malformed)$/,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("survives bits that were flipped on the way", () => {
    fc.assert(
      fc.property(fc.oneof(bodies, texts), positions, (body, bits) => {
        const damaged = Uint8Array.from(body);
        for (const bit of bits) {
          const at = (bit >>> 3) % Math.max(damaged.length, 1);
          damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
        }
        for (const type of [PROTOBUF, JSON_TYPE]) {
          expect(decode(damaged, type).kind).toMatch(/^(decoded|malformed)$/);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** Puts a value in place of one of those in a request, counted in the order they are written. */
function withValueAt(request: unknown, at: number, value: unknown): string {
  let count = 0;
  JSON.stringify(request, (_key, each) => {
    count += 1;
    return each;
  });
  let index = 0;
  return JSON.stringify(request, (_key, each) => {
    index += 1;
    return index === (at % count) + 1 ? value : each;
  });
}

const message = (field: number, contents: Uint8Array) => {
  const length: number[] = [];
  for (let rest = contents.length; rest > 0 || length.length === 0; rest >>>= 7) {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  return Buffer.concat([Buffer.from([tagOf(field, WireType.lengthDelimited), ...length]), contents]);
};
const span = (...fields: Uint8Array[]) => message(1, message(2, message(2, Buffer.concat([IDS, ...fields]))));
const NOTHING = Buffer.alloc(0);
const IDS = Buffer.concat([message(1, Buffer.alloc(16, 1)), message(2, Buffer.alloc(8, 1))]);

describe("a body made to hurt", () => {
  it("is malformed when it is nothing but empty events, data points or arrays", () => {
    const tooDense = { kind: "malformed", reason: expect.stringContaining("too many empty parts") };
    const events = Buffer.concat(Array<Buffer>(1_000).fill(message(11, NOTHING)));
    expect(decodeTraces(Buffer.concat(Array<Buffer>(100).fill(span(events))), PROTOBUF)).toMatchObject(
      tooDense,
    );

    const points = Buffer.concat(Array<Buffer>(10_000).fill(message(1, NOTHING)));
    const metric = message(2, message(9, points));
    expect(decodeMetrics(message(1, message(2, metric)), PROTOBUF)).toMatchObject(tooDense);

    const arrays = Buffer.concat(Array<Buffer>(100_000).fill(message(1, message(5, NOTHING))));
    const attribute = message(9, message(2, message(5, arrays)));
    expect(decodeTraces(span(attribute), PROTOBUF)).toMatchObject(tooDense);
  });

  it("is malformed when it is JSON of millions of empty objects, but not when a text looks like it", () => {
    const objects = `{"resourceSpans":[${"{},".repeat(1_500_000)}{}]}`;
    expect(decodeTraces(Buffer.from(objects), JSON_TYPE)).toMatchObject({
      kind: "malformed",
      reason: expect.stringContaining("too many empty objects"),
    });
    const text = JSON.stringify({ resourceSpans: [], unknown: '["{'.repeat(1_500_000) });
    expect(decodeTraces(Buffer.from(text), JSON_TYPE)).toMatchObject({ kind: "decoded", spans: [] });
  });

  it("is looked at no further than to the first thing that is no resource", () => {
    const json = new JsonReader(new Tally(DEFAULT_LIMITS, 0));
    const key = { camel: "resourceSpans", snake: "" };
    expect(json.hasProblem).toBe(false);
    json.asObject(0, key);
    expect([json.hasProblem, json.takeProblem(), json.hasProblem]).toEqual([
      true,
      "resourceSpans is not an object",
      false,
    ]);
    const body = Buffer.from('{"resourceSpans":[0,{"scopeSpans":{}}]}');
    expect(decodeTraces(body, JSON_TYPE)).toMatchObject({
      reason: expect.stringContaining("resourceSpans is not an object"),
    });
  });

  it("overflows no stack when it is nested far too deeply", () => {
    let value = Buffer.from(message(1, Buffer.from("deep")));
    for (let depth = 0; depth < 500; depth += 1) value = message(5, message(1, value));
    const deep = span(message(9, Buffer.concat([message(1, Buffer.from("k")), message(2, value)])));
    expect(decodeTraces(deep, PROTOBUF)).toMatchObject({ kind: "decoded", spans: [{}], shortened: 1 });

    const levels = 100_000;
    const json = `{"resourceSpans":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(decodeTraces(Buffer.from(json), JSON_TYPE).kind).toBe("malformed");
    const ids = `"traceId":"${"01".repeat(16)}","spanId":"${"01".repeat(8)}"`;
    const kind = `"kind":${"[".repeat(levels)}${"]".repeat(levels)}`;
    const deepKind = `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids},${kind}}]}]}]}`;
    expect(decodeTraces(Buffer.from(deepKind), JSON_TYPE)).toMatchObject({
      spans: [],
      rejected: [{ count: 1 }],
    });
    const unknown = `{"unknown":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(decodeTraces(Buffer.from(unknown), JSON_TYPE).kind).toBe("decoded");
  });

  it("keeps apart what is made to be confused", () => {
    // Same length, same first, middle and last four bytes: they all want the same slot.
    const keys = Array.from({ length: 50_000 }, (_, index) => {
      const digits = String(index).padStart(8, "0");
      return `aaaa${digits}bbbb${digits}cccc`;
    });
    const attributes = keys.map((key) => ({ key, value: { stringValue: key } }));
    const ids = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) };
    const spans = [];
    for (let at = 0; at < attributes.length; at += 1_000) {
      spans.push({ ...ids, attributes: attributes.slice(at, at + 1_000) });
    }
    const body = encode("ExportTraceServiceRequest", { resourceSpans: [{ scopeSpans: [{ spans }] }] });
    const decoded = decodeTraces(body, PROTOBUF);
    const read =
      decoded.kind === "decoded" ? decoded.spans.flatMap((each) => Object.keys(each.attributes)) : [];
    expect(read).toEqual(keys);
  });

  it("cannot reach what objects inherit", () => {
    const attributes = ["__proto__", "constructor"].map((key) => ({
      key,
      value: { kvlistValue: { values: [{ key: "polluted", value: { boolValue: true } }] } },
    }));
    const ids = { traceId: "01".repeat(16), spanId: "01".repeat(8) };
    const request = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, attributes }] }] }] };
    const decoded = decodeTraces(Buffer.from(JSON.stringify(request)), JSON_TYPE);
    const [read] = decoded.kind === "decoded" ? decoded.spans : [];
    expect(Object.keys(read?.attributes ?? {})).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(read?.attributes.toString).toBeUndefined();
  });

  it("is read with U+FFFD for what is not Unicode", () => {
    const name = message(5, Buffer.from([0x61, 0xff, 0x62]));
    expect(decodeTraces(span(name), PROTOBUF)).toMatchObject({ spans: [{ name: "a\ufffdb" }] });
    const ids = `"traceId":"${"01".repeat(16)}","spanId":"${"01".repeat(8)}"`;
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids},"name":"a\\ud83db"}]}]}]}`;
    expect(decodeTraces(Buffer.from(json), JSON_TYPE)).toMatchObject({ spans: [{ name: "a\ufffdb" }] });
  });
});

describe("fields of another time", () => {
  it("are passed over in a span, and lists may be packed or not", () => {
    const unknown = Buffer.concat([
      Buffer.from([tagOf(10, WireType.fixed64), 1, 2, 3, 4, 5, 6, 7, 8]),
      Buffer.from([tagOf(6, WireType.startGroup), tagOf(5, WireType.varint), 1, tagOf(6, WireType.endGroup)]),
      message(8, Buffer.from("not a time")),
    ]);
    expect(decodeTraces(span(unknown, message(5, Buffer.from("known"))), PROTOBUF)).toMatchObject({
      spans: [{ name: "known", kind: 0, endNs: 0n, droppedAttributesCount: 0 }],
    });

    const eight = (first: number) => Buffer.from([first, 0, 0, 0, 0, 0, 0, 0]);
    const single = (field: number, value: Buffer) =>
      Buffer.concat([Buffer.from([tagOf(field, WireType.fixed64)]), value]);
    const unpacked = [single(6, eight(1)), single(6, eight(2)), single(7, eight(0))];
    const packed = [message(6, Buffer.concat([eight(1), eight(2)])), message(7, eight(0))];
    for (const lists of [unpacked, packed]) {
      const histogram = message(9, message(1, Buffer.concat(lists)));
      const metric = message(2, Buffer.concat([message(1, Buffer.from("m")), histogram]));
      expect(decodeMetrics(message(1, message(2, metric)), PROTOBUF)).toMatchObject({
        metrics: [{ data: { points: [{ bucketCounts: [1n, 2n], explicitBounds: [0] }] } }],
      });
    }
  });
});
