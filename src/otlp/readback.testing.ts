/** From the shape of OTLP/JSON back to the model, so that what was encoded can be compared with what went in. */
import type { Attributes, AttributeValue, ResourceSpans, Span } from "../trace/index.ts";

interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number | string;
  arrayValue?: { values?: AnyValue[] };
}

interface WithAttributes {
  attributes?: { key?: string; value: AnyValue }[];
}

interface RequestShape {
  resourceSpans?: {
    resource?: WithAttributes;
    scopeSpans: { scope: Partial<ResourceSpans["scope"]>; spans?: SpanShape[] }[];
  }[];
}

interface SpanShape extends WithAttributes, Pick<Span, "traceId" | "spanId" | "kind"> {
  name?: string;
  parentSpanId?: string;
  traceState?: string;
  flags?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  events?: (WithAttributes & { name?: string; timeUnixNano?: string })[];
  links?: (WithAttributes & { traceId: string; spanId: string })[];
  status?: { code: Span["statusCode"]; message?: string };
}

/** The spans a request in the shape of OTLP/JSON speaks of. */
export function readBack(request: unknown): ResourceSpans[] {
  const { resourceSpans = [] } = request as RequestShape;
  return resourceSpans.flatMap(({ resource = {}, scopeSpans }) =>
    scopeSpans.map(({ scope, spans = [] }) => ({
      resource: attributesOf(resource),
      scope: { name: scope.name ?? "", version: scope.version ?? "" },
      spans: spans.map(spanOf),
    })),
  );
}

/**
 * The spans as a reader of OTLP can know them: U+FFFD for half a surrogate pair, and nothing where an empty text
 * says as much.
 */
export function asReadable(resourceSpans: ResourceSpans[]): ResourceSpans[] {
  return resourceSpans.map(({ resource, scope, spans }) =>
    wellFormed({ resource, scope, spans: spans.map(withoutEmptyTexts) }),
  );
}

function spanOf(span: SpanShape): Span {
  const { traceId, spanId, parentSpanId, traceState, name = "", kind, status } = span;
  return withoutEmptyTexts({
    traceId,
    spanId,
    parentSpanId: parentSpanId ?? "",
    traceState: traceState ?? "",
    flags: span.flags ?? 0,
    name,
    kind,
    startNs: BigInt(span.startTimeUnixNano ?? 0),
    endNs: BigInt(span.endTimeUnixNano ?? 0),
    attributes: attributesOf(span),
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? "",
      timeNs: BigInt(event.timeUnixNano ?? 0),
      attributes: attributesOf(event),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesOf(link),
    })),
    statusCode: status?.code ?? 0,
    statusMessage: status?.message ?? "",
  });
}

function withoutEmptyTexts({ parentSpanId, traceState, statusMessage, ...span }: Span): Span {
  return {
    ...span,
    ...(parentSpanId && { parentSpanId }),
    ...(traceState && { traceState }),
    ...(statusMessage && span.statusCode !== 0 && { statusMessage }),
  };
}

function attributesOf({ attributes = [] }: WithAttributes): Attributes {
  return Object.fromEntries(attributes.map(({ key = "", value }) => [key, attributeValue(value)]));
}

function attributeValue(value: AnyValue): AttributeValue {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return BigInt(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  return (value.arrayValue?.values ?? []).map((each) => String(each.stringValue));
}

function wellFormed<Value>(value: Value): Value {
  if (typeof value === "string") return Buffer.from(value).toString() as Value;
  if (Array.isArray(value)) return value.map(wellFormed) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [wellFormed(key), wellFormed(each)]),
  ) as Value;
}
