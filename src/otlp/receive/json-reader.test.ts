import { describe, expect, it } from "vitest";
import { decodeLogs, decodeMetrics, decodeTraces } from "./decode.ts";

const JSON_TYPE = "application/json";
const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const bodyOf = (request: object) => Buffer.from(JSON.stringify(request));
const decodeSpans = (...spans: unknown[]) =>
  decodeTraces(bodyOf({ resourceSpans: [{ scopeSpans: [{ spans }] }] }), JSON_TYPE);
const decodeValue = (value: unknown) => decodeSpans({ ...ids, attributes: [{ key: "k", value }] });

describe("OTLP/JSON", () => {
  it("may have the names of the .proto files", () => {
    const span = {
      trace_id: ids.traceId.toUpperCase(),
      span_id: ids.spanId,
      parent_span_id: "00F067AA0BA902B7",
      start_time_unix_nano: "18446744073709551615",
      dropped_attributes_count: 3,
      attributes: [
        { key: "k", value: { kvlist_value: { values: [{ key: "i", value: { int_value: 7 } }] } } },
      ],
    };
    const resource_spans = [{ schema_url: "u", scope_spans: [{ spans: [span] }] }];
    expect(decodeTraces(bodyOf({ resource_spans }), JSON_TYPE)).toMatchObject({
      spans: [
        {
          ...ids,
          resource: { schemaUrl: "u" },
          parentSpanId: "00f067aa0ba902b7",
          startNs: 2n ** 64n - 1n,
          droppedAttributesCount: 3,
          attributes: { k: { i: 7n } },
        },
      ],
      rejected: [],
    });
  });

  it("may have enums by name, in all signals", () => {
    expect(
      decodeSpans({ ...ids, kind: "SPAN_KIND_PRODUCER", status: { code: "STATUS_CODE_ERROR" } }),
    ).toMatchObject({ spans: [{ kind: 4, statusCode: 2 }] });
    const sum = { aggregationTemporality: "AGGREGATION_TEMPORALITY_DELTA", dataPoints: [{ asInt: 1 }] };
    const metrics = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", sum }] }] }] };
    expect(decodeMetrics(bodyOf(metrics), JSON_TYPE)).toMatchObject({
      metrics: [{ data: { temporality: 1 } }],
    });
    const logRecords = [{ severityNumber: "SEVERITY_NUMBER_WARN2" }];
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
    expect(decodeLogs(bodyOf(logs), JSON_TYPE)).toMatchObject({ logs: [{ severityNumber: 14 }] });
  });

  it("ignores keys it does not know, and takes null for a field that is not there", () => {
    const span = {
      ...ids,
      name: null,
      kind: null,
      attributes: null,
      status: null,
      events: null,
      flags: null,
    };
    expect(decodeSpans({ ...span, future: { a: [1] } })).toMatchObject({
      spans: [{ name: "", kind: 0, attributes: {}, statusCode: 0, events: [], flags: 0 }],
      rejected: [],
    });
  });

  it.each([
    ["text", { stringValue: "" }, ""],
    ["an integer in quotes", { intValue: "-9223372036854775808" }, -(2n ** 63n)],
    ["an integer as a number", { intValue: -3 }, -3n],
    ["a double in quotes", { doubleValue: "1.5" }, 1.5],
    ["infinity", { doubleValue: "-Infinity" }, Number.NEGATIVE_INFINITY],
    ["no number", { doubleValue: "NaN" }, Number.NaN],
    ["bytes in base64", { bytesValue: "AP+/" }, new Uint8Array([0, 255, 191])],
    ["bytes in base64 for URLs", { bytesValue: "AP-_" }, new Uint8Array([0, 255, 191])],
    ["an empty array", { arrayValue: {} }, []],
    ["nothing", {}, null],
    ["null", null, null],
    ["a kind to come", { futureValue: 1 }, null],
  ])("carries as a value %s", (_, value, expected) => {
    expect(decodeValue(value)).toMatchObject({ spans: [{ attributes: { k: expected } }], rejected: [] });
  });

  it.each([
    [{ startTimeUnixNano: "soon" }, "startTimeUnixNano is not an integer from 0 to 18446744073709551615"],
    [{ startTimeUnixNano: -1 }, "startTimeUnixNano is not an integer from 0 to 18446744073709551615"],
    [
      { endTimeUnixNano: "9".repeat(1_000) },
      "endTimeUnixNano is not an integer from 0 to 18446744073709551615",
    ],
    [{ flags: 1.5 }, "flags is not an integer from 0 to 4294967295"],
    [{ kind: "SPAN_KIND_MAGIC" }, "kind is not an integer from -2147483648 to 2147483647"],
    [{ kind: { toString: 1 } }, "kind is not an integer from -2147483648 to 2147483647"],
    [{ name: 7 }, "name is not a string"],
    [{ attributes: {} }, "attributes is not an array"],
    [{ attributes: [7] }, "attributes is not an object"],
    [{ attributes: [{ key: "k", value: { boolValue: "yes" } }] }, "boolValue is not true or false"],
    [{ attributes: [{ key: "k", value: { doubleValue: "much" } }] }, "doubleValue is not a number"],
    [{ traceId: "x".repeat(32) }, "trace_id is not 16 bytes"],
    [{ traceId: 7 }, "trace_id is not 16 bytes"],
  ])("rejects a span with %j and keeps the others", (wrong, reason) => {
    expect(decodeSpans(ids, { ...ids, ...wrong }, ids)).toMatchObject({
      kind: "decoded",
      spans: [ids, ids],
      rejected: [{ count: 1, reason }],
    });
  });

  it("rejects a span that is no object", () => {
    const rejected = [{ count: 2, reason: "spans is not an object" }];
    expect(decodeSpans(7, ids, null)).toMatchObject({ spans: [ids], rejected });
  });

  it("rejects a data point by itself, and all of a metric that is wrong around them", () => {
    const dataPoints = [{ asInt: 1 }, { asInt: "much" }, { asInt: 2 }];
    const metrics = [
      { name: "good", gauge: { dataPoints } },
      { name: "bad", sum: { dataPoints: [{ asInt: 1 }, { asInt: 2 }], isMonotonic: "yes" } },
      { name: "future", hologram: {} },
    ];
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
    expect(decodeMetrics(bodyOf(request), JSON_TYPE)).toMatchObject({
      metrics: [{ name: "good", data: { points: [{ value: 1n }, { value: 2n }] } }],
      rejected: [
        { count: 1, reason: "asInt is not an integer from -9223372036854775808 to 9223372036854775807" },
        { count: 2, reason: "isMonotonic is not true or false" },
        { count: 1, reason: "a metric is of none of the known types" },
      ],
    });
  });

  it("keeps a log record whose ids are none, without them", () => {
    const logRecords = [{ traceId: "not hex", spanId: "00".repeat(8), body: { stringValue: "kept" } }];
    expect(decodeLogs(bodyOf({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }), JSON_TYPE)).toMatchObject({
      logs: [{ body: "kept", traceId: undefined, spanId: undefined }],
      rejected: [],
      shortened: 1,
    });
  });
});
