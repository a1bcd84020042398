import type { Encoding } from "../response.ts";
import { type JsonEnvelope, readJsonRequest } from "./json-envelope.ts";
import { JSON_LOGS } from "./json-log.ts";
import { JSON_METRICS } from "./json-metric.ts";
import { JSON_TRACES } from "./json-span.ts";
import { DEFAULT_LIMITS, type DecodeLimits } from "./limits.ts";
import { type ReadItem, readProtobufRequest } from "./protobuf-envelope.ts";
import { readProtobufLog } from "./protobuf-log.ts";
import { readProtobufMetric } from "./protobuf-metric.ts";
import { readProtobufSpan } from "./protobuf-span.ts";
import type { ReceivedSpan } from "./received.ts";
import type { ReceivedLog } from "./received-log.ts";
import type { ReceivedMetric } from "./received-metric.ts";
import { type Rejection, Tally } from "./tally.ts";

/** What came with the items of a request that could be read. */
export interface DecodeCounts {
  /** What was not taken, one entry for each reason: to be told the sender as partial success. */
  rejected: Rejection[];
  /** Names and values that were cut, and ids, entries and nested values that were left out, in what was taken. */
  shortened: number;
}

/** Nothing could be read, so nothing was taken: to be answered with "bad request". */
export interface Malformed {
  kind: "malformed";
  reason: string;
}

export type DecodedTraces = ({ kind: "decoded"; spans: ReceivedSpan[] } & DecodeCounts) | Malformed;
export type DecodedMetrics = ({ kind: "decoded"; metrics: ReceivedMetric[] } & DecodeCounts) | Malformed;
export type DecodedLogs = ({ kind: "decoded"; logs: ReceivedLog[] } & DecodeCounts) | Malformed;

/**
 * Decodes the unpacked body of an `ExportTraceServiceRequest`. It never throws: a body that cannot be read is
 * "malformed", a span that is bad in itself (its ids are none) is rejected, and what is too large is cut and counted.
 * Nothing in the result refers to the body.
 *
 * @example
 * const decoded = decodeTraces(body, request.headers["content-type"]);
 * if (decoded.kind === "malformed") return badRequest(decoded.reason);
 * await store(decoded.spans);
 */
export function decodeTraces(
  body: Uint8Array,
  contentType: string | undefined,
  limits: DecodeLimits = DEFAULT_LIMITS,
): DecodedTraces {
  const request = { body, contentType, limits, readItem: readProtobufSpan, envelope: JSON_TRACES };
  const read = readRequest(request);
  if (read.kind === "malformed") return read;
  const { items: spans, ...counts } = read;
  return { ...counts, spans };
}

/**
 * Decodes the unpacked body of an `ExportMetricsServiceRequest`, as {@link decodeTraces} does. What is counted as
 * rejected are data points: those without a value, of a metric without a name, or with buckets that do not fit.
 */
export function decodeMetrics(
  body: Uint8Array,
  contentType: string | undefined,
  limits: DecodeLimits = DEFAULT_LIMITS,
): DecodedMetrics {
  const request = { body, contentType, limits, readItem: readProtobufMetric, envelope: JSON_METRICS };
  const read = readRequest(request);
  if (read.kind === "malformed") return read;
  const { items: metrics, ...counts } = read;
  return { ...counts, metrics };
}

/** Decodes the unpacked body of an `ExportLogsServiceRequest`, as {@link decodeTraces} does. */
export function decodeLogs(
  body: Uint8Array,
  contentType: string | undefined,
  limits: DecodeLimits = DEFAULT_LIMITS,
): DecodedLogs {
  const request = { body, contentType, limits, readItem: readProtobufLog, envelope: JSON_LOGS };
  const read = readRequest(request);
  if (read.kind === "malformed") return read;
  const { items: logs, ...counts } = read;
  return { ...counts, logs };
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  "application/x-protobuf": "protobuf",
  "application/protobuf": "protobuf",
  "application/grpc": "protobuf",
  "application/grpc+proto": "protobuf",
  "application/json": "json",
};

/**
 * How a body of this `Content-Type` is encoded, which is how its answer is to be encoded too (OTLP specification,
 * "OTLP/HTTP Response"); undefined for one that is not OTLP's.
 */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const [mediaType = ""] = (contentType ?? "").split(";", 1);
  const name = mediaType.trim().toLowerCase();
  return Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
}

interface Request<Item> {
  body: Uint8Array;
  contentType: string | undefined;
  limits: DecodeLimits;
  readItem: ReadItem<Item>;
  envelope: JsonEnvelope<Item>;
}

type Read<Item> = ({ kind: "decoded"; items: Item[] } & DecodeCounts) | Malformed;

function readRequest<Item>({ body, contentType, limits, readItem, envelope }: Request<Item>): Read<Item> {
  const encoding = encodingOf(contentType);
  if (encoding === undefined) return malformed("its content type is neither protobuf nor JSON");
  if (body.length > limits.maxBodyBytes) return malformed(`it is longer than ${limits.maxBodyBytes} bytes`);
  const tally = new Tally(limits, body.length);
  const items =
    encoding === "json" ? readJsonRequest(body, tally, envelope) : readProtobufRequest(body, tally, readItem);
  if (typeof items === "string") return malformed(items);
  return { kind: "decoded", items, rejected: tally.rejected(), shortened: tally.shortened };
}

function malformed(fault: string): Malformed {
  return { kind: "malformed", reason: `the body cannot be read: ${fault}` };
}
