/** The public OTLP messages (opentelemetry-proto v1) for a protobuf library: what our own encoder is compared with. */
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
      },
      ["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue"],
    ),
    ArrayValue: message({ values: [1, "AnyValue", "repeated"] }),
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
