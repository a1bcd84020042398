import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeJson, jsonChunks } from "./json.ts";
import { asReadable, readBack } from "./readback.testing.ts";
import { asSdkSpans } from "./sdk-spans.testing.ts";
import { anyResourceSpans, bareSpan, fullSpan, resourceSpansOf } from "./spans.testing.ts";

describe("encodeJson", () => {
  it("writes hex ids, decimal strings for 64-bit integers and numbers for enums, all in one order", () => {
    expect(encodeJson(resourceSpansOf(fullSpan()))).toBe(
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"build"}}]},' +
        '"scopeSpans":[{"scope":{"name":"throughline","version":"0.1.0"},"spans":[' +
        '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7",' +
        '"traceState":"vendor=1,other=2","parentSpanId":"b7ad6b7169203331","flags":769,' +
        '"name":"step compile","kind":1,' +
        '"startTimeUnixNano":"1787044509412000000","endTimeUnixNano":"1787044520000000001",' +
        '"attributes":[{"key":"tekton.step.name","value":{"stringValue":"compile"}},' +
        '{"key":"tekton.retry","value":{"boolValue":false}},' +
        '{"key":"process.exit.code","value":{"intValue":"137"}},' +
        '{"key":"throughline.share","value":{"doubleValue":0.25}},' +
        '{"key":"process.command_args","value":{"arrayValue":{"values":[{"stringValue":"make"},{"stringValue":"all"}]}}}],' +
        '"events":[{"timeUnixNano":"1787044519000000000","name":"terminated",' +
        '"attributes":[{"key":"tekton.reason","value":{"stringValue":"OOMKilled"}}]}],' +
        '"links":[{"traceId":"11111111111111111111111111111111","spanId":"2222222222222222",' +
        '"attributes":[{"key":"link.kind","value":{"stringValue":"previous attempt"}}]}],' +
        '"status":{"message":"exit code 137","code":2}}]}]}]}',
    );
  });

  it("leaves out what says nothing", () => {
    expect(
      encodeJson([{ resource: {}, scope: { name: "throughline", version: "1" }, spans: [bareSpan()] }]),
    ).toBe(
      '{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"throughline","version":"1"},"spans":[' +
        '{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"RUN build","kind":2,' +
        '"startTimeUnixNano":"1787044509412000000","endTimeUnixNano":"1787044520000000001"}]}]}]}',
    );
  });

  it("is a whole document without any spans", () => {
    expect(encodeJson([])).toBe('{"resourceSpans":[]}');
  });

  it("carries whatever spans there are", () => {
    fc.assert(
      fc.property(anyResourceSpans, (resourceSpans) => {
        expect(readBack(JSON.parse(encodeJson(resourceSpans)))).toEqual(asReadable(resourceSpans));
      }),
      { numRuns: 300 },
    );
  });

  it("writes doubles that JSON has no number for by name", () => {
    const attributes = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY };
    const json = encodeJson(resourceSpansOf(bareSpan({ attributes })));
    expect(json).toContain('"doubleValue":"NaN"');
    expect(json).toContain('"doubleValue":"Infinity"');
    expect(json).toContain('"doubleValue":"-Infinity"');
  });

  it("means what the OpenTelemetry SDK's own serializer means", () => {
    const spans = resourceSpansOf(bareSpan({ flags: 0x101 }), fullSpan());
    const theirs: unknown = JSON.parse(
      new TextDecoder().decode(JsonTraceSerializer.serializeRequest(asSdkSpans(spans))),
    );
    expect(readBack(theirs)).toEqual(readBack(JSON.parse(encodeJson(spans))));
  });
});

describe("jsonChunks", () => {
  it("streams the same document in pieces of bounded size", async () => {
    const spans = Array.from({ length: 2_000 }, fullSpan);
    const chunks = [...jsonChunks(resourceSpansOf(...spans))];
    expect(chunks.length).toBeGreaterThan(10);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(100_000);
    expect(await text(Readable.from(jsonChunks(resourceSpansOf(...spans))))).toBe(
      encodeJson(resourceSpansOf(...spans)),
    );
  });

  it("makes no more than is asked for", () => {
    let made = 0;
    const endless = (function* () {
      for (;;) {
        made += 1;
        yield* resourceSpansOf(fullSpan());
      }
    })();
    jsonChunks(endless).next();
    expect(made).toBeLessThan(1_000);
  });
});
