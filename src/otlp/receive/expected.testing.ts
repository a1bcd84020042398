/** From what a protobuf library decoded to our own types, written for clearness only: what the decoder is held to. */
import { SIGNALS, type Signal } from "./requests.testing.ts";

/** The items a request speaks of, and how many are not worth keeping. */
export interface Expected {
  items: object[];
  rejected: number;
}

/** A message of the library: fields that were not on the wire are not there, 64-bit integers are strings. */
type Plain = Record<string, unknown>;

const messageOf = (value: unknown) => (value ?? {}) as Plain;
const listOf = (value: unknown) => (value ?? []) as Plain[];
const integerOf = (value: unknown) => BigInt(String(value ?? 0));
const integersOf = (value: unknown) => listOf(value).map(integerOf);
const countOf = (value: unknown) => Number(value ?? 0);
const hexOf = (value: unknown) => Buffer.from((value ?? []) as Uint8Array).toString("hex");
const isId = (id: string, digits: number) => id.length === digits && /[^0]/.test(id);

/** What is to come out of a request, given as the library decoded it. */
export function expectedOf(signal: Signal, request: Plain): Expected {
  const { resources, scopes, items } = SIGNALS[signal];
  const judged = listOf(request[resources]).flatMap((ofResource) =>
    listOf(ofResource[scopes]).flatMap((ofScope) => {
      const origin = { resource: resourceOf(ofResource), scope: scopeOf(ofScope) };
      return listOf(ofScope[items]).map((item) => ({ origin, ...READERS[signal](item) }));
    }),
  );
  return {
    items: judged.flatMap(({ origin, kept }) => (kept === undefined ? [] : { ...origin, ...kept })),
    rejected: judged.reduce((sum, { rejected }) => sum + rejected, 0),
  };
}

interface Judged {
  kept: object | undefined;
  rejected: number;
}

const READERS: Record<Signal, (item: Plain) => Judged> = { traces: spanOf, metrics: metricOf, logs: logOf };

function resourceOf({ resource, schemaUrl = "" }: Plain): object {
  return { ...attributesOf(messageOf(resource)), schemaUrl };
}

function scopeOf({ scope, schemaUrl = "" }: Plain): object {
  const { name = "", version = "", ...rest } = messageOf(scope);
  return { name, version, ...attributesOf(rest), schemaUrl };
}

function attributesOf({ attributes, droppedAttributesCount = 0 }: Plain): object {
  return { attributes: valuesOf(attributes), droppedAttributesCount };
}

function valuesOf(entries: unknown): object {
  const values = Object.create(null);
  for (const { key = "", value } of listOf(entries)) values[String(key)] = anyValueOf(value);
  return values;
}

function anyValueOf(value: unknown): unknown {
  const { intValue, bytesValue, arrayValue, kvlistValue, ...rest } = messageOf(value);
  if (intValue !== undefined) return integerOf(intValue);
  if (bytesValue !== undefined) return new Uint8Array(bytesValue as Uint8Array);
  if (arrayValue !== undefined) return listOf(messageOf(arrayValue).values).map(anyValueOf);
  if (kvlistValue !== undefined) return valuesOf(messageOf(kvlistValue).values);
  return rest.stringValue ?? rest.boolValue ?? rest.doubleValue ?? null;
}

function spanOf(span: Plain): Judged {
  const parentSpanId = hexOf(span.parentSpanId);
  const isRoot = /^(0{16})?$/.test(parentSpanId);
  const { traceId, spanId } = contextOf(span);
  if (!traceId || !spanId || !(isRoot || isId(parentSpanId, 16))) return { kept: undefined, rejected: 1 };
  const sentLinks = listOf(span.links);
  const links = sentLinks.filter((link) => Object.values(contextOf(link)).every(Boolean)).map(linkOf);
  const status = messageOf(span.status);
  const kept = {
    traceId,
    spanId,
    parentSpanId: isRoot ? undefined : parentSpanId,
    flags: span.flags ?? 0,
    traceState: span.traceState || undefined,
    name: span.name ?? "",
    kind: span.kind ?? 0,
    startNs: integerOf(span.startTimeUnixNano),
    endNs: integerOf(span.endTimeUnixNano),
    ...attributesOf(span),
    events: listOf(span.events).map(eventOf),
    droppedEventsCount: span.droppedEventsCount ?? 0,
    links,
    droppedLinksCount: countOf(span.droppedLinksCount) + sentLinks.length - links.length,
    statusCode: status.code ?? 0,
    statusMessage: status.message || undefined,
  };
  return { kept, rejected: 0 };
}

function eventOf(event: Plain): object {
  return { name: event.name ?? "", timeNs: integerOf(event.timeUnixNano), ...attributesOf(event) };
}

function linkOf(link: Plain): object {
  return {
    ...contextOf(link),
    traceState: link.traceState || undefined,
    flags: link.flags ?? 0,
    ...attributesOf(link),
  };
}

function contextOf(message: Plain) {
  const [traceId, spanId] = [hexOf(message.traceId), hexOf(message.spanId)];
  return { traceId: isId(traceId, 32) ? traceId : undefined, spanId: isId(spanId, 16) ? spanId : undefined };
}

function logOf(log: Plain): Judged {
  const kept = {
    timeNs: integerOf(log.timeUnixNano),
    observedTimeNs: integerOf(log.observedTimeUnixNano),
    severityNumber: log.severityNumber ?? 0,
    severityText: log.severityText ?? "",
    eventName: log.eventName ?? "",
    body: anyValueOf(log.body),
    ...attributesOf(log),
    flags: log.flags ?? 0,
    ...contextOf(log),
  };
  return { kept, rejected: 0 };
}

const KINDS = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];

function metricOf({ name = "", description = "", unit = "", ...measured }: Plain): Judged {
  const kind = KINDS.find((each) => measured[each] !== undefined);
  if (kind === undefined) return { kept: undefined, rejected: 1 };
  const { dataPoints, aggregationTemporality = 0, isMonotonic = false } = messageOf(measured[kind]);
  const sent = listOf(dataPoints);
  const good = sent.filter((point) => isGoodPoint(kind, point));
  if (good.length === 0 || name === "") return { kept: undefined, rejected: sent.length };
  const data = {
    kind,
    ...(kind !== "gauge" && kind !== "summary" && { temporality: aggregationTemporality }),
    ...(kind === "sum" && { isMonotonic }),
    points: good.map((point) => pointOf(kind, point)),
  };
  return { kept: { name, description, unit, data }, rejected: sent.length - good.length };
}

function isGoodPoint(kind: string, point: Plain): boolean {
  const [counts, bounds] = [listOf(point.bucketCounts).length, listOf(point.explicitBounds).length];
  if (kind === "gauge" || kind === "sum") {
    return numberOf(point) !== undefined || countOf(point.flags) % 2 === 1;
  }
  return kind !== "histogram" || counts + bounds === 0 || counts === bounds + 1;
}

function numberOf({ asInt, asDouble }: Plain): unknown {
  return asInt === undefined ? asDouble : integerOf(asInt);
}

function pointOf(kind: string, point: Plain): object {
  return {
    attributes: valuesOf(point.attributes),
    startNs: integerOf(point.startTimeUnixNano),
    timeNs: integerOf(point.timeUnixNano),
    flags: point.flags ?? 0,
    ...measurementOf(kind, point),
    ...(kind !== "summary" && { exemplars: listOf(point.exemplars).map(exemplarOf) }),
  };
}

function measurementOf(kind: string, point: Plain): object {
  const { sum, min, max, scale = 0, zeroThreshold = 0 } = point;
  const count = integerOf(point.count);
  switch (kind) {
    case "histogram": {
      const bucketCounts = integersOf(point.bucketCounts);
      return { count, sum, min, max, bucketCounts, explicitBounds: listOf(point.explicitBounds) };
    }
    case "exponentialHistogram": {
      const zeroCount = integerOf(point.zeroCount);
      const [positive, negative] = [bucketsOf(point.positive), bucketsOf(point.negative)];
      return { count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative };
    }
    case "summary": {
      const quantiles = listOf(point.quantileValues);
      return {
        count,
        sum: sum ?? 0,
        quantiles: quantiles.map((each) => ({ quantile: 0, value: 0, ...each })),
      };
    }
    default:
      return { value: numberOf(point) };
  }
}

function bucketsOf(buckets: unknown): object {
  const { offset = 0, bucketCounts } = messageOf(buckets);
  return { offset, bucketCounts: integersOf(bucketCounts) };
}

function exemplarOf(exemplar: Plain): object {
  return {
    timeNs: integerOf(exemplar.timeUnixNano),
    value: numberOf(exemplar),
    ...contextOf(exemplar),
    attributes: valuesOf(exemplar.filteredAttributes),
  };
}
