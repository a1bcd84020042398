/** Any requests there can be, as plain objects a protobuf library encodes: 64-bit integers as strings, ids as bytes. */
import fc from "fast-check";

const digits = (value: bigint) => value.toString();
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 127n, 128n, 2n ** 28n, 2n ** 32n, 2n ** 56n, 2n ** 63n, 2n ** 64n - 1n),
);
const int64 = uint64.map((value) => BigInt.asIntN(64, value));
const time = uint64.map(digits);
const uint32 = fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 2 ** 32 - 1 }));
const int32 = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer());
// JSON has no negative zero worth the name.
const double = fc.double().map((value) => (value === 0 ? 0 : value));
const text = fc.oneof(
  fc.constantFrom("", "service.name", "__proto__", "constructor", "0", "é", "\u{1f600}", "\ufeffbom"),
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "grapheme", minLength: 60, maxLength: 200 }),
);
const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));

const id = (length: number) => {
  const proper = fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
  const improper = fc.oneof(
    fc.constant(Buffer.alloc(length)),
    fc.uint8Array({ maxLength: 2 * length }).map((array) => Buffer.from(array)),
  );
  return fc.oneof({ weight: 12, arbitrary: proper }, { weight: 1, arbitrary: improper });
};

/** Fields that may each be absent. */
const fields = <Fields>(arbitraries: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(arbitraries, { requiredKeys: [] });

const { attributes, anyValue } = fc.letrec<{ attributes: object[]; anyValue: object }>((tie) => ({
  attributes: fc.array(fields({ key: text, value: tie("anyValue") }), { maxLength: 4 }),
  anyValue: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fields({}),
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64.map(digits) }),
    fc.record({ doubleValue: double }),
    fc.record({ bytesValue: bytes }),
    fc.record({ arrayValue: fields({ values: fc.array(tie("anyValue"), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fields({ values: tie("attributes") }) }),
  ),
}));

const withAttributes = { attributes, droppedAttributesCount: uint32 };
const list = <Element>(element: fc.Arbitrary<Element>) => fc.array(element, { maxLength: 3 });

const event = fields({ timeUnixNano: time, name: text, ...withAttributes });
const link = fields({ traceId: id(16), spanId: id(8), traceState: text, flags: uint32, ...withAttributes });
const span = fc.record(
  {
    traceId: id(16),
    spanId: id(8),
    traceState: text,
    parentSpanId: id(8),
    name: text,
    kind: int32,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    ...withAttributes,
    events: list(event),
    droppedEventsCount: uint32,
    links: list(link),
    droppedLinksCount: uint32,
    status: fields({ message: text, code: int32 }),
    flags: uint32,
  },
  { requiredKeys: ["traceId", "spanId"] },
);

const number = fc.oneof(
  fc.record({ asInt: int64.map(digits) }),
  fc.record({ asDouble: double }),
  fc.constant({}),
);
const exemplar = fc
  .tuple(
    fields({ timeUnixNano: time, spanId: id(8), traceId: id(16), filteredAttributes: attributes }),
    number,
  )
  .map(([shared, value]) => ({ ...shared, ...value }));
const shared = { attributes, startTimeUnixNano: time, timeUnixNano: time, flags: uint32 };
const population = { count: time, sum: double, min: double, max: double };
const numberPoint = fc
  .tuple(fields({ ...shared, exemplars: list(exemplar) }), number)
  .map(([point, value]) => ({ ...point, ...value }));
const buckets = fc.oneof(
  fc.constant({}),
  fc.array(fc.tuple(time, double), { maxLength: 5 }).map((pairs) => ({
    bucketCounts: [...pairs.map(([count]) => count), "7"],
    explicitBounds: pairs.map(([, bound]) => bound),
  })),
  fc.constant({ bucketCounts: ["1"], explicitBounds: [1] }),
);
const histogramPoint = fc
  .tuple(fields({ ...shared, ...population, exemplars: list(exemplar) }), buckets)
  .map(([point, counted]) => ({ ...point, ...counted }));
const exponentialBuckets = fields({ offset: int32, bucketCounts: list(time) });
const exponentialPoint = fields({
  ...shared,
  ...population,
  scale: int32,
  zeroCount: time,
  zeroThreshold: double,
  positive: exponentialBuckets,
  negative: exponentialBuckets,
  exemplars: list(exemplar),
});
const summaryPoint = fields({
  ...shared,
  count: time,
  sum: double,
  quantileValues: list(fields({ quantile: double, value: double })),
});
const data = fc.oneof(
  fc.record({ gauge: fields({ dataPoints: list(numberPoint) }) }),
  fc.record({
    sum: fields({ dataPoints: list(numberPoint), aggregationTemporality: int32, isMonotonic: fc.boolean() }),
  }),
  fc.record({ histogram: fields({ dataPoints: list(histogramPoint), aggregationTemporality: int32 }) }),
  fc.record({
    exponentialHistogram: fields({ dataPoints: list(exponentialPoint), aggregationTemporality: int32 }),
  }),
  fc.record({ summary: fields({ dataPoints: list(summaryPoint) }) }),
  fc.constant({}),
);
const described = fc.record({ name: text, description: text, unit: text }, { requiredKeys: ["name"] });
const metric = fc.tuple(described, data).map(([description, measured]) => ({ ...description, ...measured }));

const log = fields({
  timeUnixNano: time,
  observedTimeUnixNano: time,
  severityNumber: int32,
  severityText: text,
  eventName: text,
  body: anyValue,
  ...withAttributes,
  flags: uint32,
  traceId: id(16),
  spanId: id(8),
});

/** What the signals call the message they are sent in, and what stands in it. */
export const SIGNALS = {
  traces: {
    message: "ExportTraceServiceRequest",
    resources: "resourceSpans",
    scopes: "scopeSpans",
    items: "spans",
  },
  metrics: {
    message: "ExportMetricsServiceRequest",
    resources: "resourceMetrics",
    scopes: "scopeMetrics",
    items: "metrics",
  },
  logs: {
    message: "ExportLogsServiceRequest",
    resources: "resourceLogs",
    scopes: "scopeLogs",
    items: "logRecords",
  },
} as const;

export type Signal = keyof typeof SIGNALS;

const resource = fields(withAttributes);
const scope = fields({ name: text, version: text, ...withAttributes });
const item = { traces: span, metrics: metric, logs: log };

/** Any request of a signal. */
export function anyRequest(signal: Signal): fc.Arbitrary<Record<string, unknown>> {
  const { resources, scopes, items } = SIGNALS[signal];
  const contents = list(item[signal] as fc.Arbitrary<object>);
  const ofScope = fields({ scope, schemaUrl: text, [items]: contents });
  const ofResource = fields({ resource, schemaUrl: text, [scopes]: list(ofScope) });
  return fc.record({ [resources]: list(ofResource) });
}

/** The same request in OTLP/JSON: ids in hex, other bytes in base64, and words for doubles JSON has no number for. */
export function asOtlpJson(value: unknown, key = ""): unknown {
  if (Buffer.isBuffer(value)) return value.toString(key === "bytesValue" ? "base64" : "hex");
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map((each) => asOtlpJson(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asOtlpJson(each, name)]));
}
