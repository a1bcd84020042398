/** The spans that steps sent, for the waterfall at the end and for a file that has the whole trace. */
import {
  decodeTraces,
  type ReceivedAttributes,
  type ReceivedSpan,
  type ReceivedValue,
} from "../../otlp/index.ts";
import type { OtlpBody } from "../spool.ts";

/** What a waterfall is made of: some 50,000 spans as JSON, read in a quarter of a second. */
const DRAWN_BYTES = 16 * 1024 * 1024;

export interface DrawnSpans {
  spans: ReceivedSpan[];
  /** Whether these are all. */
  isWhole: boolean;
}

/** Keeps what steps send until it is drawn, and written where a file was asked for. */
export class SentSpans {
  readonly #bodies: OtlpBody[] = [];
  readonly #maxBytes: number;
  #bytes = 0;
  #isWhole = true;

  /** Without a file only as much is kept as is drawn. */
  constructor({ isForFile }: { isForFile: boolean }) {
    this.#maxBytes = isForFile ? Number.POSITIVE_INFINITY : DRAWN_BYTES;
  }

  add(body: OtlpBody): void {
    if (body.signal !== "traces") return;
    this.#bytes += body.body.byteLength;
    if (this.#bytes > DRAWN_BYTES) this.#isWhole = false;
    if (this.#bytes <= this.#maxBytes) this.#bodies.push(body);
  }

  /** The first of them, up to a bound. What nobody can read is left out. */
  drawn(): DrawnSpans {
    const spans: ReceivedSpan[] = [];
    let bytes = 0;
    for (const { body, contentType } of this.#bodies) {
      bytes += body.byteLength;
      if (bytes > DRAWN_BYTES) break;
      const decoded = decodeTraces(body, contentType);
      if (decoded.kind !== "malformed") for (const span of decoded.spans) spans.push(span);
    }
    return { spans, isWhole: this.#isWhole };
  }

  /**
   * The members of a request's `resourceSpans`, as OTLP/JSON. What nobody can read is left out, and what claims one of the `taken`
   * span ids: a step may send anything, but not in the run's own name.
   */
  *resourceSpans(taken: ReadonlySet<string> = new Set()): Generator<object> {
    for (const { body, contentType } of this.#bodies) {
      const decoded = decodeTraces(body, contentType);
      if (decoded.kind !== "malformed")
        yield* resourceSpansOf(decoded.spans.filter(({ spanId }) => !taken.has(spanId)));
    }
  }
}

/** Spans of one resource and scope share these objects, and come one after the other. */
function* resourceSpansOf(spans: readonly ReceivedSpan[]): Generator<object> {
  let group: ReceivedSpan[] = [];
  for (const span of spans) {
    const [first] = group;
    if (first !== undefined && !(first.resource === span.resource && first.scope === span.scope)) {
      yield resourceSpansObject(first, group);
      group = [];
    }
    group.push(span);
  }
  const [first] = group;
  if (first !== undefined) yield resourceSpansObject(first, group);
}

function resourceSpansObject({ resource, scope }: ReceivedSpan, spans: readonly ReceivedSpan[]): object {
  const { name, version, schemaUrl } = scope;
  return {
    resource: attributesField(resource.attributes),
    scopeSpans: [
      {
        scope: { name, version, ...attributesField(scope.attributes) },
        spans: spans.map(spanObject),
        ...(schemaUrl && { schemaUrl }),
      },
    ],
    ...(resource.schemaUrl && { schemaUrl: resource.schemaUrl }),
  };
}

function spanObject(span: ReceivedSpan): object {
  const { traceId, spanId, traceState, parentSpanId, flags, name, kind, events, links } = span;
  const { statusCode: code, statusMessage: message } = span;
  return {
    traceId,
    spanId,
    ...(traceState && { traceState }),
    ...(parentSpanId && { parentSpanId }),
    ...(flags !== 0 && { flags }),
    name,
    kind,
    startTimeUnixNano: span.startNs.toString(),
    endTimeUnixNano: span.endNs.toString(),
    ...attributesField(span.attributes),
    ...(events.length > 0 && { events: events.map(eventObject) }),
    ...(links.length > 0 && { links: links.map(linkObject) }),
    ...(code !== 0 && { status: { ...(message && { message }), code } }),
  };
}

function eventObject({ timeNs, name, attributes }: ReceivedSpan["events"][number]): object {
  return { timeUnixNano: timeNs.toString(), name, ...attributesField(attributes) };
}

function linkObject({ traceId, spanId, traceState, attributes }: ReceivedSpan["links"][number]): object {
  return { traceId, spanId, ...(traceState && { traceState }), ...attributesField(attributes) };
}

function attributesField(attributes: ReceivedAttributes): { attributes?: object[] } {
  const pairs = Object.entries(attributes);
  return pairs.length === 0 ? {} : { attributes: pairs.map(pairObject) };
}

function pairObject([key, value]: [string, ReceivedValue]): object {
  return { key, value: anyValue(value) };
}

/** OTLP specification, "JSON Protobuf Encoding": as in protobuf's own, and doubles without a number in JSON as text. */
function anyValue(value: ReceivedValue): object {
  if (value === null) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "bigint") return { intValue: value.toString() };
  if (typeof value === "number") return { doubleValue: Number.isFinite(value) ? value : String(value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString("base64") };
  if (isList(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: Object.entries(value).map(pairObject) } };
}

/** `Array.isArray` does not tell a read-only list from the rest. */
function isList(value: readonly ReceivedValue[] | ReceivedAttributes): value is readonly ReceivedValue[] {
  return Array.isArray(value);
}
