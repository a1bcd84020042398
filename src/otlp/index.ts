// Sending

export { exportSpans } from "./export.ts";
export { openHttp } from "./http.ts";
export { encodeJson, jsonChunks } from "./json.ts";
export { encodeLogsJson, type LogRecord, type ResourceLogs } from "./json-logs.ts";
export { encodeProtobuf } from "./protobuf.ts";
export type { ExportResult, Refusal } from "./result.ts";
export {
  type ExportProtocol,
  type ExportSettings,
  ExportSettingsError,
  printableEndpoint,
  settingsFromEnvironment,
} from "./settings.ts";

// Receiving: out of the content encoding, out of OTLP, and what to answer

export {
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeTraceResponse,
  type PartialSuccess,
  partialSuccessOf,
} from "./receive/answer.ts";
export {
  type DecodedLogs,
  type DecodedMetrics,
  type DecodedTraces,
  decodeLogs,
  decodeMetrics,
  decodeTraces,
  encodingOf,
} from "./receive/decode.ts";
export { type Inflated, inflateBounded } from "./receive/inflate.ts";
export { DEFAULT_LIMITS, type DecodeLimits } from "./receive/limits.ts";
export type {
  ReceivedAttributes,
  ReceivedEvent,
  ReceivedLink,
  ReceivedResource,
  ReceivedScope,
  ReceivedSpan,
  ReceivedValue,
} from "./receive/received.ts";
export type { ReceivedLog } from "./receive/received-log.ts";
export {
  type ReceivedBuckets,
  type ReceivedExemplar,
  type ReceivedExponentialHistogramPoint,
  type ReceivedHistogramPoint,
  type ReceivedMetric,
  type ReceivedMetricData,
  type ReceivedNumberPoint,
  type ReceivedPoint,
  type ReceivedQuantile,
  type ReceivedSummaryPoint,
  Temporality,
} from "./receive/received-metric.ts";
export { httpStatusOf, type RefusedRequest, refuse, statusOf } from "./receive/refusal.ts";
export { encodeStatus, type Status } from "./receive/status.ts";
export type { Rejection } from "./receive/tally.ts";
export type { Encoding } from "./response.ts";
export type { Signal } from "./signal.ts";
