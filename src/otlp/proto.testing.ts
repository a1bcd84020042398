/** The public OTLP messages (opentelemetry-proto v1) for a protobuf library: what ours is compared with. */
import protobuf from "protobufjs";

type FieldTuple = [number: number, type: string, rule?: "repeated"];

function message(fields: Record<string, FieldTuple>, oneof: string[] = []): protobuf.IType {
  const described = Object.entries(fields).map(([name, [id, type, rule]]) => [
    name,
    { id, type, ...(rule && { rule }) },
  ]);
  return {
    fields: Object.fromEntries(described),
    ...(oneof.length > 0 && { oneofs: { value: { oneof } } }),
  };
}

const root = protobuf.Root.fromJSON({
  nested: {
    ExportTraceServiceRequest: message({ resourceSpans: [1, "ResourceSpans", "repeated"] }),
    ResourceSpans: message({
      resource: [1, "Resource"],
      scopeSpans: [2, "ScopeSpans", "repeated"],
      schemaUrl: [3, "string"],
    }),
    Resource: message({ attributes: [1, "KeyValue", "repeated"], droppedAttributesCount: [2, "uint32"] }),
    ScopeSpans: message({
      scope: [1, "InstrumentationScope"],
      spans: [2, "Span", "repeated"],
      schemaUrl: [3, "string"],
    }),
    InstrumentationScope: message({
      name: [1, "string"],
      version: [2, "string"],
      attributes: [3, "KeyValue", "repeated"],
      droppedAttributesCount: [4, "uint32"],
    }),
    Span: message({
      traceId: [1, "bytes"],
      spanId: [2, "bytes"],
      traceState: [3, "string"],
      parentSpanId: [4, "bytes"],
      name: [5, "string"],
      kind: [6, "int32"],
      startTimeUnixNano: [7, "fixed64"],
      endTimeUnixNano: [8, "fixed64"],
      attributes: [9, "KeyValue", "repeated"],
      droppedAttributesCount: [10, "uint32"],
      events: [11, "Event", "repeated"],
      droppedEventsCount: [12, "uint32"],
      links: [13, "Link", "repeated"],
      droppedLinksCount: [14, "uint32"],
      status: [15, "Status"],
      flags: [16, "fixed32"],
    }),
    Event: message({
      timeUnixNano: [1, "fixed64"],
      name: [2, "string"],
      attributes: [3, "KeyValue", "repeated"],
      droppedAttributesCount: [4, "uint32"],
    }),
    Link: message({
      traceId: [1, "bytes"],
      spanId: [2, "bytes"],
      traceState: [3, "string"],
      attributes: [4, "KeyValue", "repeated"],
      droppedAttributesCount: [5, "uint32"],
      flags: [6, "fixed32"],
    }),
    Status: message({ message: [2, "string"], code: [3, "int32"] }),
    KeyValue: message({ key: [1, "string"], value: [2, "AnyValue"] }),
    AnyValue: message(
      {
        stringValue: [1, "string"],
        boolValue: [2, "bool"],
        intValue: [3, "int64"],
        doubleValue: [4, "double"],
        arrayValue: [5, "ArrayValue"],
        kvlistValue: [6, "KeyValueList"],
        bytesValue: [7, "bytes"],
      },
      ["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue", "bytesValue"],
    ),
    ArrayValue: message({ values: [1, "AnyValue", "repeated"] }),
    KeyValueList: message({ values: [1, "KeyValue", "repeated"] }),
    ExportMetricsServiceRequest: message({ resourceMetrics: [1, "ResourceMetrics", "repeated"] }),
    ResourceMetrics: message({
      resource: [1, "Resource"],
      scopeMetrics: [2, "ScopeMetrics", "repeated"],
      schemaUrl: [3, "string"],
    }),
    ScopeMetrics: message({
      scope: [1, "InstrumentationScope"],
      metrics: [2, "Metric", "repeated"],
      schemaUrl: [3, "string"],
    }),
    Metric: message(
      {
        name: [1, "string"],
        description: [2, "string"],
        unit: [3, "string"],
        gauge: [5, "Gauge"],
        sum: [7, "Sum"],
        histogram: [9, "Histogram"],
        exponentialHistogram: [10, "ExponentialHistogram"],
        summary: [11, "Summary"],
      },
      ["gauge", "sum", "histogram", "exponentialHistogram", "summary"],
    ),
    Gauge: message({ dataPoints: [1, "NumberDataPoint", "repeated"] }),
    Sum: message({
      dataPoints: [1, "NumberDataPoint", "repeated"],
      aggregationTemporality: [2, "int32"],
      isMonotonic: [3, "bool"],
    }),
    Histogram: message({
      dataPoints: [1, "HistogramDataPoint", "repeated"],
      aggregationTemporality: [2, "int32"],
    }),
    ExponentialHistogram: message({
      dataPoints: [1, "ExponentialHistogramDataPoint", "repeated"],
      aggregationTemporality: [2, "int32"],
    }),
    Summary: message({ dataPoints: [1, "SummaryDataPoint", "repeated"] }),
    NumberDataPoint: message(
      {
        startTimeUnixNano: [2, "fixed64"],
        timeUnixNano: [3, "fixed64"],
        asDouble: [4, "double"],
        exemplars: [5, "Exemplar", "repeated"],
        asInt: [6, "sfixed64"],
        attributes: [7, "KeyValue", "repeated"],
        flags: [8, "uint32"],
      },
      ["asDouble", "asInt"],
    ),
    HistogramDataPoint: message({
      startTimeUnixNano: [2, "fixed64"],
      timeUnixNano: [3, "fixed64"],
      count: [4, "fixed64"],
      sum: [5, "double"],
      bucketCounts: [6, "fixed64", "repeated"],
      explicitBounds: [7, "double", "repeated"],
      exemplars: [8, "Exemplar", "repeated"],
      attributes: [9, "KeyValue", "repeated"],
      flags: [10, "uint32"],
      min: [11, "double"],
      max: [12, "double"],
    }),
    ExponentialHistogramDataPoint: message({
      attributes: [1, "KeyValue", "repeated"],
      startTimeUnixNano: [2, "fixed64"],
      timeUnixNano: [3, "fixed64"],
      count: [4, "fixed64"],
      sum: [5, "double"],
      scale: [6, "sint32"],
      zeroCount: [7, "fixed64"],
      positive: [8, "Buckets"],
      negative: [9, "Buckets"],
      flags: [10, "uint32"],
      exemplars: [11, "Exemplar", "repeated"],
      min: [12, "double"],
      max: [13, "double"],
      zeroThreshold: [14, "double"],
    }),
    Buckets: message({ offset: [1, "sint32"], bucketCounts: [2, "uint64", "repeated"] }),
    SummaryDataPoint: message({
      startTimeUnixNano: [2, "fixed64"],
      timeUnixNano: [3, "fixed64"],
      count: [4, "fixed64"],
      sum: [5, "double"],
      quantileValues: [6, "ValueAtQuantile", "repeated"],
      attributes: [7, "KeyValue", "repeated"],
      flags: [8, "uint32"],
    }),
    ValueAtQuantile: message({ quantile: [1, "double"], value: [2, "double"] }),
    Exemplar: message(
      {
        timeUnixNano: [2, "fixed64"],
        asDouble: [3, "double"],
        spanId: [4, "bytes"],
        traceId: [5, "bytes"],
        asInt: [6, "sfixed64"],
        filteredAttributes: [7, "KeyValue", "repeated"],
      },
      ["asDouble", "asInt"],
    ),
    ExportLogsServiceRequest: message({ resourceLogs: [1, "ResourceLogs", "repeated"] }),
    ResourceLogs: message({
      resource: [1, "Resource"],
      scopeLogs: [2, "ScopeLogs", "repeated"],
      schemaUrl: [3, "string"],
    }),
    ScopeLogs: message({
      scope: [1, "InstrumentationScope"],
      logRecords: [2, "LogRecord", "repeated"],
      schemaUrl: [3, "string"],
    }),
    LogRecord: message({
      timeUnixNano: [1, "fixed64"],
      severityNumber: [2, "int32"],
      severityText: [3, "string"],
      body: [5, "AnyValue"],
      attributes: [6, "KeyValue", "repeated"],
      droppedAttributesCount: [7, "uint32"],
      flags: [8, "fixed32"],
      traceId: [9, "bytes"],
      spanId: [10, "bytes"],
      observedTimeUnixNano: [11, "fixed64"],
      eventName: [12, "string"],
    }),
    ExportMetricsServiceResponse: message({ partialSuccess: [1, "MetricsPartialSuccess"] }),
    MetricsPartialSuccess: message({ rejectedDataPoints: [1, "int64"], errorMessage: [2, "string"] }),
    ExportLogsServiceResponse: message({ partialSuccess: [1, "LogsPartialSuccess"] }),
    LogsPartialSuccess: message({ rejectedLogRecords: [1, "int64"], errorMessage: [2, "string"] }),
    ExportTraceServiceResponse: message({ partialSuccess: [1, "PartialSuccess"] }),
    PartialSuccess: message({ rejectedSpans: [1, "int64"], errorMessage: [2, "string"] }),
    RpcStatus: message({ code: [1, "int32"], message: [2, "string"], details: [3, "Any", "repeated"] }),
    Any: message({ typeUrl: [1, "string"], value: [2, "bytes"] }),
    RetryInfo: message({ retryDelay: [1, "Duration"] }),
    Duration: message({ seconds: [1, "int64"], nanos: [2, "int32"] }),
  },
});

/** Bytes to a plain object: 64-bit integers as strings; fields that are absent, or as good as absent, are left out. */
export function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const lookedUp = root.lookupType(type);
  return lookedUp.toObject(lookedUp.decode(bytes), { longs: String });
}

/** Bytes to the library's own messages, which is as far as it goes by itself; their 64-bit integers are objects. */
export function decodeToMessages(type: string, bytes: Uint8Array): object {
  return root.lookupType(type).decode(bytes);
}

/** A plain object to bytes. */
export function encode(type: string, value: Record<string, unknown>): Buffer {
  const lookedUp = root.lookupType(type);
  return Buffer.from(lookedUp.encode(lookedUp.fromObject(value)).finish());
}

/**
 * A decoded request in the shape of OTLP/JSON: ids as hex, and no `NaN` or infinity as a number. What JSON and
 * protobuf say can then be compared with one `toEqual`.
 */
export function decodeRequest(bytes: Uint8Array): unknown {
  return asJson(decode("ExportTraceServiceRequest", bytes));
}

function asJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asJson(each)]));
}
