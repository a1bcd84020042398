import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ResourceSpans, Span } from "../../trace/index.ts";
import { encodeJson } from "../json.ts";
import { decode, encode } from "../proto.testing.ts";
import { encodeProtobuf } from "../protobuf.ts";
import { asReadable } from "../readback.testing.ts";
import { asSdkSpans } from "../sdk-spans.testing.ts";
import { anyResourceSpans, bareSpan, fullSpan, resourceSpansOf } from "../spans.testing.ts";
import { decodeLogs, decodeMetrics, decodeTraces, encodingOf } from "./decode.ts";
import { expectedOf } from "./expected.testing.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { Temporality } from "./received-metric.ts";
import { anyRequest, asOtlpJson, SIGNALS, type Signal } from "./requests.testing.ts";

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";
const utf8 = (text: string) => new TextEncoder().encode(text);

function decodeAny(signal: Signal, body: Uint8Array, contentType: string) {
  const decoded = decodeBy[signal](body, contentType);
  if (decoded.kind === "malformed") throw new Error(decoded.reason);
  const items = "spans" in decoded ? decoded.spans : "metrics" in decoded ? decoded.metrics : decoded.logs;
  return { items, rejected: decoded.rejected.reduce((sum, { count }) => sum + count, 0) };
}

const decodeBy = { traces: decodeTraces, metrics: decodeMetrics, logs: decodeLogs };
const signals = Object.keys(SIGNALS) as Signal[];

describe.each(signals)("any request with %s", (signal) => {
  const { message } = SIGNALS[signal];

  it("says in protobuf what an independent library finds in it", () => {
    fc.assert(
      fc.property(anyRequest(signal), (request) => {
        const body = encode(message, request);
        expect(decodeAny(signal, body, PROTOBUF)).toEqual(expectedOf(signal, decode(message, body)));
      }),
      { numRuns: 150 },
    );
  });

  it("says in JSON what it says in protobuf", () => {
    fc.assert(
      fc.property(anyRequest(signal), (request) => {
        const body = encode(message, request);
        const json = utf8(JSON.stringify(asOtlpJson(request)));
        expect(decodeAny(signal, json, JSON_TYPE)).toEqual(decodeAny(signal, body, PROTOBUF));
      }),
      { numRuns: 150 },
    );
  });
});

describe("what the sending half writes", () => {
  it("comes back as it was, in both encodings", () => {
    fc.assert(
      fc.property(anyResourceSpans, (resourceSpans) => {
        const sent = asReadable(resourceSpans).flatMap(({ resource, scope, spans }) =>
          spans.map(({ name, startNs, endNs, attributes }) => ({
            resource: { attributes: resource },
            scope,
            ...{ name, startNs, endNs, attributes },
          })),
        );
        const limits = { ...DEFAULT_LIMITS, maxNameBytes: 10_000 };
        const ids = anyIds(resourceSpans);
        expect(decodeTraces(encodeProtobuf(ids), PROTOBUF, limits)).toMatchObject({ spans: sent });
        expect(decodeTraces(utf8(encodeJson(ids)), JSON_TYPE, limits)).toMatchObject({ spans: sent });
      }),
      { numRuns: 100 },
    );
  });

  it("keeps every field of a span", () => {
    const span = fullSpan();
    const received = {
      ...span,
      attributes: { ...span.attributes },
      droppedAttributesCount: 0,
      events: span.events.map((event) => ({ ...event, droppedAttributesCount: 0 })),
      droppedEventsCount: 0,
      links: span.links.map((link) => ({
        ...link,
        traceState: undefined,
        flags: 0,
        droppedAttributesCount: 0,
      })),
      droppedLinksCount: 0,
      resource: { attributes: { "service.name": "build" }, droppedAttributesCount: 0, schemaUrl: "" },
      scope: {
        name: "throughline",
        version: "0.1.0",
        attributes: {},
        droppedAttributesCount: 0,
        schemaUrl: "",
      },
    };
    const decoded = { kind: "decoded", spans: [received], rejected: [], shortened: 0 };
    expect(decodeTraces(encodeProtobuf(resourceSpansOf(span)), PROTOBUF)).toEqual(decoded);
    expect(decodeTraces(utf8(encodeJson(resourceSpansOf(span))), JSON_TYPE)).toEqual(decoded);
  });
});

/** Spans whose ids are none are rejected, which is not what this is about. */
function anyIds(resourceSpans: ResourceSpans[]): ResourceSpans[] {
  const { traceId, spanId } = bareSpan();
  const withIds = (span: Span): Span => ({ ...span, traceId, spanId, parentSpanId: spanId });
  return resourceSpans.map((each) => ({ ...each, spans: each.spans.map(withIds) }));
}

describe("what the OpenTelemetry SDK sends", () => {
  const at: [number, number] = [1_787_044_509, 412_000_001];
  const timeNs = 1_787_044_509_412_000_001n;
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const spanId = "b7ad6b7169203331";
  const resource = { attributes: { "service.name": "build" }, asyncAttributesPending: false };
  const scope = { name: "meter", version: "2" };
  const origin = { resource: { attributes: { "service.name": "build" } }, scope };

  it("is read with its traces", () => {
    const spans = asSdkSpans(resourceSpansOf(bareSpan(), fullSpan()));
    const expected = {
      rejected: [],
      spans: [
        { name: "RUN build", parentSpanId: undefined, startNs: 1787044509_412_000_000n },
        {
          name: "step compile",
          traceState: "vendor=1,other=2",
          statusMessage: "exit code 137",
          attributes: { "process.exit.code": 137n, "process.command_args": ["make", "all"] },
        },
      ],
    };
    const [protobuf, json] = [ProtobufTraceSerializer, JsonTraceSerializer].map((serializer) =>
      serializer.serializeRequest(spans),
    );
    expect(decodeTraces(protobuf ?? utf8(""), PROTOBUF)).toMatchObject(expected);
    expect(decodeTraces(json ?? utf8(""), JSON_TYPE)).toMatchObject(expected);
  });

  it("is read with its metrics", () => {
    const point = (value: unknown) => ({ startTime: at, endTime: at, attributes: { queue: "a" }, value });
    const metric = (name: string, dataPointType: number, value: unknown) => ({
      descriptor: { name, description: "", unit: "ms", valueType: 1 },
      aggregationTemporality: 1,
      dataPointType,
      isMonotonic: true,
      dataPoints: [point(value)],
    });
    const population = { sum: 30, count: 3, min: 1, max: 20 };
    const buckets = { boundaries: [10], counts: [1, 2] };
    const exponential = { offset: -2, bucketCounts: [3] };
    const empty = { offset: 0, bucketCounts: [] };
    const metrics = [
      metric("histogram", 0, { ...population, buckets }),
      metric("exponential", 1, {
        ...population,
        scale: -1,
        zeroCount: 0,
        positive: exponential,
        negative: empty,
      }),
      metric("gauge", 2, 1.5),
      metric("sum", 3, 2),
    ];
    const request = { resource, scopeMetrics: [{ scope, metrics }] };
    const shared = { attributes: { queue: "a" }, startNs: timeNs, timeNs };
    const counted = { ...shared, count: 3n, sum: 30, min: 1, max: 20 };
    const temporality = Temporality.cumulative;
    const data = [
      {
        kind: "histogram",
        temporality,
        points: [{ ...counted, bucketCounts: [1n, 2n], explicitBounds: [10] }],
      },
      {
        kind: "exponentialHistogram",
        temporality,
        points: [{ ...counted, scale: -1, positive: { offset: -2, bucketCounts: [3n] } }],
      },
      { kind: "gauge", points: [{ ...shared, value: 1.5 }] },
      { kind: "sum", temporality, isMonotonic: true, points: [{ ...shared, value: 2 }] },
    ];
    const expected = { rejected: [], metrics: data.map((each) => ({ ...origin, unit: "ms", data: each })) };
    const [protobuf, json] = [ProtobufMetricsSerializer, JsonMetricsSerializer].map((serializer) =>
      serializer.serializeRequest(request as unknown as Parameters<typeof serializer.serializeRequest>[0]),
    );
    expect(decodeMetrics(protobuf ?? utf8(""), PROTOBUF)).toMatchObject(expected);
    expect(decodeMetrics(json ?? utf8(""), JSON_TYPE)).toMatchObject(expected);
  });

  it("is read with its logs", () => {
    const record = {
      hrTime: at,
      hrTimeObserved: at,
      spanContext: { traceId, spanId, traceFlags: 1 },
      severityText: "WARN",
      severityNumber: 13,
      body: { message: "slow", tags: ["a", 1.5, true], raw: new Uint8Array([1, 2]) },
      attributes: { "tekton.step.name": "build" },
      droppedAttributesCount: 3,
      resource,
      instrumentationScope: scope,
    };
    const log = {
      ...origin,
      timeNs,
      observedTimeNs: timeNs,
      severityNumber: 13,
      severityText: "WARN",
      body: { message: "slow", tags: ["a", 1.5, true], raw: new Uint8Array([1, 2]) },
      attributes: { "tekton.step.name": "build" },
      droppedAttributesCount: 3,
      flags: 1,
      traceId,
      spanId,
    };
    const expected = { rejected: [], logs: [log] };
    const [protobuf, json] = [ProtobufLogsSerializer, JsonLogsSerializer].map((serializer) =>
      serializer.serializeRequest([record] as unknown as Parameters<typeof serializer.serializeRequest>[0]),
    );
    expect(decodeLogs(protobuf ?? utf8(""), PROTOBUF)).toMatchObject(expected);
    expect(decodeLogs(json ?? utf8(""), JSON_TYPE)).toMatchObject(expected);
  });
});

describe("a resource", () => {
  it("is one object for all its spans, and for those that come with the same resource again", () => {
    const request = { resource: { "service.name": "a" }, scope: { name: "s", version: "1" } };
    const twice = [
      { ...request, spans: [bareSpan(), bareSpan()] },
      { ...request, spans: [bareSpan()] },
    ];
    const decoded = decodeTraces(encodeProtobuf(twice), PROTOBUF);
    const spans = decoded.kind === "decoded" ? decoded.spans : [];
    expect(new Set(spans.map(({ resource }) => resource)).size).toBe(1);
    expect(new Set(spans.map(({ scope }) => scope)).size).toBe(1);
    expect(spans).toHaveLength(3);
  });

  it("may stand behind its spans", () => {
    const { traceId, spanId } = bareSpan();
    const scopeSpans = {
      spans: [{ traceId: Buffer.from(traceId, "hex"), spanId: Buffer.from(spanId, "hex") }],
    };
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "late" } }] };
    const parts = [{ scopeSpans: [scopeSpans] }, { resource }, { schemaUrl: "https://example.org/1" }];
    const contents = Buffer.concat(parts.map((part) => encode("ResourceSpans", part)));
    const body = Buffer.concat([Buffer.from([10, contents.length]), contents]);
    expect(decodeTraces(body, PROTOBUF)).toMatchObject({
      spans: [
        { resource: { attributes: { "service.name": "late" }, schemaUrl: "https://example.org/1" }, spanId },
      ],
    });
  });
});

describe("a span that is bad in itself", () => {
  const proper = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) };

  it.each([
    ["trace_id is missing", { traceId: Buffer.alloc(0) }],
    ["trace_id is all zero", { traceId: Buffer.alloc(16) }],
    ["trace_id is not 16 bytes", { traceId: Buffer.alloc(1_000, 1) }],
    ["span_id is missing", { spanId: Buffer.alloc(0) }],
    ["span_id is all zero", { spanId: Buffer.alloc(8) }],
    ["span_id is not 8 bytes", { spanId: Buffer.alloc(9, 1) }],
    ["parent_span_id is not 8 bytes", { parentSpanId: Buffer.alloc(16, 1) }],
  ])("is rejected as %s, and the others are kept", (reason, ids) => {
    const spans = [proper, { ...proper, ...ids }, proper, { ...proper, ...ids }];
    const request = { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    const expected = { kind: "decoded", spans: [{}, {}], rejected: [{ count: 2, reason }] };
    expect(decodeTraces(encode("ExportTraceServiceRequest", request), PROTOBUF)).toMatchObject(expected);
    const json = utf8(JSON.stringify(asOtlpJson(request)));
    expect(decodeTraces(json, JSON_TYPE)).toMatchObject(expected);
  });

  it("is not one that ends before it starts, nor one whose times are extreme", () => {
    const span = bareSpan({ startNs: 2n ** 64n - 1n, endNs: 0n });
    const expected = { rejected: [], spans: [{ startNs: 2n ** 64n - 1n, endNs: 0n }] };
    expect(decodeTraces(encodeProtobuf(resourceSpansOf(span)), PROTOBUF)).toMatchObject(expected);
    expect(decodeTraces(utf8(encodeJson(resourceSpansOf(span))), JSON_TYPE)).toMatchObject(expected);
  });
});

describe("a body that is no request", () => {
  it.each([
    ["a web page as protobuf", utf8("<html>"), PROTOBUF],
    ["a web page as JSON", utf8("<html>"), JSON_TYPE],
    ["nothing as JSON", utf8(""), JSON_TYPE],
    ["an array", utf8("[]"), JSON_TYPE],
    ["spans that are no array", utf8('{"resourceSpans":7}'), JSON_TYPE],
    ["a resource that is no object", utf8('{"resourceSpans":[{"resource":7}]}'), JSON_TYPE],
    ["text", utf8("{}"), "text/plain"],
    ["no content type", utf8("{}"), undefined],
  ])("is malformed: %s", (_, body, contentType) => {
    expect(decodeTraces(body, contentType)).toMatchObject({
      kind: "malformed",
      reason: expect.stringMatching(/^the body cannot be read: /),
    });
  });

  it("is not one without spans", () => {
    const nothing = { kind: "decoded", spans: [], rejected: [], shortened: 0 };
    expect(decodeTraces(utf8(""), PROTOBUF)).toEqual(nothing);
    expect(decodeTraces(utf8("{}"), JSON_TYPE)).toEqual(nothing);
  });
});

describe("encodingOf", () => {
  it("knows the content types of OTLP, with parameters and in any case", () => {
    expect(encodingOf("application/x-protobuf")).toBe("protobuf");
    expect(encodingOf("application/grpc")).toBe("protobuf");
    expect(encodingOf("Application/JSON; charset=utf-8")).toBe("json");
    expect(encodingOf("constructor")).toBeUndefined();
    expect(encodingOf(undefined)).toBeUndefined();
  });
});
