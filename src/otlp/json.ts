/**
 * OTLP/JSON (OTLP specification, "JSON Protobuf Encoding"): ids are hex, 64-bit integers decimal strings, enums
 * numbers, keys lowerCamelCase, and doubles JSON has no number for are `"NaN"`, `"Infinity"` and `"-Infinity"`
 * (ProtoJSON).
 *
 * What is left out, here as in protobuf: a parent, tracestate or status message that is not there, flags of zero,
 * lists with nothing in them, and the status of a span without error. Everything else is always written.
 */
import type { Attributes, AttributeValue, ResourceSpans, Span, SpanEvent, SpanLink } from "../trace/index.ts";
import { StatusCode } from "../trace/index.ts";
import { isInt64, presentAttributes, unixNano } from "./wire-values.ts";

/** Large enough that a write to a pipe or a file is worth its system call, small enough to hold many of them. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * One `ExportTraceServiceRequest` as OTLP/JSON, on one line. The same spans give the same bytes.
 * For output that may outgrow a string (512 MiB in Node), see {@link jsonChunks}.
 */
export function encodeJson(resourceSpans: readonly ResourceSpans[]): string {
  return [...jsonChunks(resourceSpans)].join("");
}

/**
 * What {@link encodeJson} writes, in pieces of about 64 KiB that are made as they are asked for. Each is well-formed
 * Unicode, so they may be encoded one by one.
 *
 * @example
 * await pipeline(Readable.from(jsonChunks(resourceSpans)), process.stdout, { end: false });
 */
export function* jsonChunks(resourceSpans: Iterable<ResourceSpans>): Generator<string, void, undefined> {
  let chunk = "";
  for (const piece of requestPieces(resourceSpans)) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

function* requestPieces(resourceSpans: Iterable<ResourceSpans>): Generator<string, void, undefined> {
  yield '{"resourceSpans":[';
  let separator = "";
  for (const each of resourceSpans) {
    yield separator;
    yield* resourcePieces(each);
    separator = ",";
  }
  yield "]}";
}

function* resourcePieces({ resource, scope, spans }: ResourceSpans): Generator<string, void, undefined> {
  const { name, version } = scope;
  yield `{"resource":${stringify(attributesField(resource))},`;
  yield `"scopeSpans":[{"scope":${stringify({ name, version })},"spans":[`;
  let separator = "";
  for (const span of spans) {
    yield separator + stringify(spanObject(span));
    separator = ",";
  }
  yield "]}]}";
}

/**
 * `JSON.stringify`, with U+FFFD for half a surrogate pair. JSON itself would carry it as an escape, but protobuf's
 * JSON readers refuse the whole document.
 */
function stringify(object: object): string {
  const json = JSON.stringify(object);
  if (!json.includes("\\ud")) return json;
  return JSON.stringify(object, (_key, value: unknown) =>
    typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\uFFFD") : value,
  );
}

function spanObject(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.traceState && { traceState: span.traceState }),
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    ...(span.flags !== 0 && { flags: span.flags }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: unixNano(span.startNs).toString(),
    endTimeUnixNano: unixNano(span.endNs).toString(),
    ...attributesField(span.attributes),
    ...(span.events.length > 0 && { events: span.events.map(eventObject) }),
    ...(span.links.length > 0 && { links: span.links.map(linkObject) }),
    ...(span.statusCode !== StatusCode.unset && { status: statusObject(span) }),
  };
}

function statusObject({ statusMessage, statusCode }: Span): object {
  return { ...(statusMessage && { message: statusMessage }), code: statusCode };
}

function eventObject({ timeNs, name, attributes }: SpanEvent): object {
  return { timeUnixNano: unixNano(timeNs).toString(), name, ...attributesField(attributes) };
}

function linkObject({ traceId, spanId, attributes }: SpanLink): object {
  return { traceId, spanId, ...attributesField(attributes) };
}

/** The field `attributes` of a message, where there are any. */
export function attributesField(attributes: Attributes): { attributes?: object[] } {
  const written = presentAttributes(attributes);
  if (written.length === 0) return {};
  return { attributes: written.map(([key, value]) => ({ key, value: anyValue(value) })) };
}

function anyValue(value: AttributeValue): object {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "bigint":
      return isInt64(value) ? { intValue: value.toString() } : { stringValue: value.toString() };
    case "number":
      return { doubleValue: Number.isFinite(value) ? value : String(value) };
    default:
      return { arrayValue: value.length > 0 ? { values: value.map(anyValue) } : {} };
  }
}
