import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const STATUS = { unset: 0, ok: 1, error: 2 } as const;

/**
 * A span as OTLP/JSON that a collector takes (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): hexadecimal ids,
 * nanoseconds as decimal text. Attribute values are text, as they are stored.
 */
export function otlpJson(span: SpanAnswer): string {
  const startNs = nanosOf(span.startTime);
  const message = {
    resourceSpans: [
      {
        resource: { attributes: keyValues(span.resource) },
        scopeSpans: [{ scope: {}, spans: [spanMessage(span, startNs)] }],
      },
    ],
  };
  return JSON.stringify(message, undefined, 2);
}

function spanMessage(span: SpanAnswer, startNs: bigint): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: Math.max(0, KINDS.indexOf(span.kind.toLowerCase())),
    startTimeUnixNano: startNs.toString(),
    endTimeUnixNano: (startNs + BigInt(Math.round(span.durationMs * 1e6))).toString(),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeUnixNano: nanosOf(time).toString(),
      attributes: keyValues(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: keyValues(attributes),
    })),
    status: { code: STATUS[span.status], ...(span.message && { message: span.message }) },
  };
}

function keyValues(values: Readonly<Record<string, string>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** RFC 3339 to nanoseconds since 1970, with all the digits it has: a `Date` keeps milliseconds only. */
export function nanosOf(time: string): bigint {
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? "";
  const seconds = Math.floor(Date.parse(time.replace(/\.\d+/, "")) / 1000);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}
