export {
  buildTraces,
  type LazyTraces,
  type RunTrace,
  type TraceOptions,
  type Traces,
  traceLazily,
} from "./build.ts";
export type { PathCause, PathPart } from "./critical-path.ts";
export type { Result } from "./outcome.ts";
export { redacted } from "./redact.ts";
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
export { spanIds } from "./span-ids.ts";
export { tellingLineOf, UNTELLING_LINE } from "./telling-line.ts";
