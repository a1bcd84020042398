// What travels

// Carriers: what a reader answers, then a reader and a writer each
export { type Annotations, annotationsFor, readW3cAnnotations } from "./annotations.ts";

// The W3C formats
export {
  type BaggageMember,
  type BaggageProperty,
  formatBaggage,
  parseBaggage,
} from "./baggage.ts";
export { readContextFile, writeContextFile } from "./context-file.ts";
export { type ContextEnvironment, environmentFor, readEnvironment } from "./environment.ts";
export { type ContextHeaders, headersFor, readHeaders } from "./headers.ts";
// Ids
export { deriveSpanId, type SpanSubject, standInUid, traceIdOfUid } from "./ids.ts";
export { jsonFor, readJson, readMap } from "./json-carrier.ts";
// Which carrier of an object counts
export {
  type Carrier,
  type ContextHolder,
  type FoundContext,
  type SettledContext,
  settleContext,
} from "./precedence.ts";
export type { ContextReading } from "./reading.ts";
export { isSampled, type TraceContext, TraceFlags } from "./trace-context.ts";
export { formatTraceparent, parseTraceparent } from "./traceparent.ts";
export {
  formatTracestate,
  parseTracestate,
  shortenTracestate,
  type TracestateMember,
} from "./tracestate.ts";
