/** Our spans as the OpenTelemetry SDK has them, so that its serializers can be asked what they make of them. */
import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Nanos } from "../tekton/index.ts";
import type { Attributes, ResourceSpans, Span } from "../trace/index.ts";

type SdkSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

/** SDK spans that say the same, as far as the SDK can: its integers are doubles, and its flags its own. */
export function asSdkSpans([resourceSpans]: ResourceSpans[]): SdkSpan[] {
  const { resource, scope, spans = [] } = resourceSpans ?? {};
  const shared = { resource: { attributes: resource }, instrumentationScope: scope };
  return spans.map((span) => ({ ...sdkSpan(span), ...shared })) as unknown as SdkSpan[];
}

function sdkSpan(span: Span): object {
  const traceState = span.traceState && { serialize: () => span.traceState };
  const { traceId, spanId, parentSpanId } = span;
  return {
    name: span.name,
    kind: span.kind - 1,
    spanContext: () => ({ traceId, spanId, traceFlags: span.flags & 0xff, traceState }),
    parentSpanContext: parentSpanId && {
      traceId,
      spanId: parentSpanId,
      isRemote: (span.flags & 0x200) !== 0,
    },
    startTime: hrTime(span.startNs),
    endTime: hrTime(span.endNs),
    attributes: sdkAttributes(span.attributes),
    events: span.events.map(({ name, timeNs, attributes }) => ({
      name,
      time: hrTime(timeNs),
      attributes: sdkAttributes(attributes),
    })),
    links: span.links.map(({ attributes, ...context }) => ({
      context: { ...context, traceFlags: 0 },
      attributes: sdkAttributes(attributes),
    })),
    status: { code: span.statusCode, message: span.statusMessage },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(time: Nanos): [seconds: number, nanos: number] {
  return [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)];
}

function sdkAttributes(attributes: Attributes): object {
  const numbers = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === "bigint" ? Number(value) : value,
  ]);
  return Object.fromEntries(numbers);
}
