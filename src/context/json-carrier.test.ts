import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceContexts } from "./arbitraries.ts";
import { headersFor, jsonFor, parseTracestate, readJson, readMap, type TraceContext } from "./index.ts";

const traceparent = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";
const parent = { traceId: "0f57e147e992b304d977436289d10628", spanId: "73d5909e31793992", flags: 1 };

describe("the JSON carrier", () => {
  it("is read whatever the order of its keys and whatever else it holds", () => {
    const text = `{"tracestate":"foo=1","x":[1,{"y":null}],"traceparent":"${traceparent}","baggage":"app=shop"}`;
    expect(readJson(text)).toEqual({
      kind: "valid",
      context: { ...parent, tracestate: "foo=1", baggage: "app=shop" },
    });
  });

  it.each([
    undefined,
    "",
    "{}",
    '{"traceparent":""}',
    '{"Traceparent":"x"}',
    '{"baggage":"app=shop"}',
    "null",
  ])("is absent when it holds no traceparent: %j", (text) =>
    expect(readJson(text)).toEqual({ kind: "absent" }),
  );

  it.each([
    { text: "{", reason: "not JSON" },
    { text: traceparent, reason: "not JSON" },
    { text: '["traceparent"]', reason: "not a map of header names to values" },
    { text: "1", reason: "not a map of header names to values" },
    { text: '{"traceparent":1}', reason: "traceparent is not a string" },
    { text: '{"traceparent":"x"}', reason: 'traceparent "x" is malformed' },
    { text: 1, reason: "not a text" },
  ])("is invalid, with a reason: $text", ({ text, reason }) =>
    expect(readJson(text)).toEqual({ kind: "invalid", reason }),
  );

  it("stays valid when tracestate and baggage are no strings", () => {
    expect(readJson(`{"traceparent":"${traceparent}","tracestate":{},"baggage":7}`)).toEqual({
      kind: "valid",
      context: parent,
    });
  });

  it("is written with sorted keys", () => {
    const context = { ...parent, tracestate: 'foo="1"', baggage: "app=shop" };
    expect(jsonFor(context)).toBe(
      `{"baggage":"app=shop","traceparent":"${traceparent}","tracestate":"foo=\\"1\\""}`,
    );
  });
});

describe("a JSON carrier that would be too large for Tekton", () => {
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, index) => `k${index}=${"x".repeat(96)}`);

  it("is written whole up to 1,023 bytes", () => {
    const json = jsonFor({ ...parent, baggage: `a=${"x".repeat(935)}` });
    expect(json).toHaveLength(1023);
    expect(jsonFor({ ...parent, baggage: `a=${"x".repeat(936)}` })).toBe(`{"traceparent":"${traceparent}"}`);
  });

  it("loses its baggage first", () => {
    const tracestate = numbered(9).join(",");
    expect(readJson(jsonFor({ ...parent, tracestate, baggage: `a=${"x".repeat(99)}` }))).toEqual({
      kind: "valid",
      context: { ...parent, tracestate },
    });
  });

  it("then loses tracestate members from the right", () => {
    expect(readJson(jsonFor({ ...parent, tracestate: numbered(12).join(","), baggage: "a=1" }))).toEqual({
      kind: "valid",
      context: { ...parent, tracestate: numbered(9).join(",") },
    });
  });

  it("counts bytes with their escapes", () => {
    const quotes = `k="${'"'.repeat(200)}`;
    const json = jsonFor({
      ...parent,
      tracestate: [quotes, quotes.replace("k", "l"), quotes.replace("k", "m")].join(","),
    });
    expect(JSON.parse(json).tracestate).toBe([quotes, quotes.replace("k", "l")].join(","));
  });

  it("never loses its traceparent, keeps a part of the tracestate from the left and fits", () => {
    fc.assert(
      fc.property(traceContexts, (context) => {
        const json = jsonFor(context);
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(1023);
        expect(readJson(json)).toMatchObject({ kind: "valid", context: parentOf(context) });
        const { tracestate = "" } = JSON.parse(json);
        const kept = parseTracestate(tracestate) ?? [];
        expect(kept).toEqual(parseTracestate(context.tracestate ?? "")?.slice(0, kept.length));
      }),
    );
  });
});

describe("the map in status.spanContext", () => {
  it.each([undefined, null, "", {}])("is absent when there is nothing in it: %j", (value) =>
    expect(readMap(value)).toEqual({ kind: "absent" }),
  );

  it.each([[[]], [1], ["x"], [true]])("is invalid when it is no map: %j", (value) =>
    expect(readMap(value)).toMatchObject({ kind: "invalid" }),
  );

  it("gives back the context that was written into it", () => {
    fc.assert(
      fc.property(traceContexts, (context) => {
        expect(readMap(headersFor(context))).toEqual({ kind: "valid", context });
      }),
    );
  });
});

function parentOf({ traceId, spanId, flags }: TraceContext) {
  return { traceId, spanId, flags };
}
