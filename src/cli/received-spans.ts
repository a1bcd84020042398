import type { ReceivedAttributes, ReceivedLink, ReceivedSpan } from "../otlp/index.ts";
import type { Attributes, ResourceSpans, Span, SpanLink } from "../trace/index.ts";

type Origin = Pick<ReceivedSpan, "resource" | "scope">;

/** Spans of ours as a receiver of OTLP would have them, without the way over the wire. */
export function* receivedSpans(resourceSpans: Iterable<ResourceSpans>): Generator<ReceivedSpan> {
  for (const { resource, scope, spans } of resourceSpans) {
    const origin: Origin = {
      resource: { attributes: present(resource), droppedAttributesCount: 0, schemaUrl: "" },
      scope: { ...scope, attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
    };
    for (const span of spans) yield receivedSpan(span, origin);
  }
}

/** Written out, because copying objects key by key takes longer than making the spans did. */
function receivedSpan(span: Span, { resource, scope }: Origin): ReceivedSpan {
  return {
    resource,
    scope,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    flags: span.flags,
    traceState: span.traceState,
    name: span.name,
    kind: span.kind,
    startNs: span.startNs,
    endNs: span.endNs,
    attributes: present(span.attributes),
    droppedAttributesCount: 0,
    events: span.events.map(({ name, timeNs, attributes }) => ({
      name,
      timeNs,
      attributes: present(attributes),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: 0,
    links: span.links.map(receivedLink),
    droppedLinksCount: 0,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
  };
}

function receivedLink({ traceId, spanId, attributes }: SpanLink): ReceivedLink {
  return {
    traceId,
    spanId,
    traceState: undefined,
    flags: 0,
    attributes: present(attributes),
    droppedAttributesCount: 0,
  };
}

/** A key whose value is `undefined` is not there. */
function present(attributes: Attributes): ReceivedAttributes {
  if (Object.values(attributes).every((value) => value !== undefined)) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
