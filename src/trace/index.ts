export {
  type Attributes,
  type AttributeValue,
  type ResourceSpans,
  type Span,
  type SpanEvent,
  SpanKind,
  type SpanLink,
  StatusCode,
} from "./span.ts";
