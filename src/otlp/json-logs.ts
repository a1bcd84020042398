/** Log records as OTLP/JSON, in the encoding of `json.ts`. */
import type { Attributes } from "../trace/index.ts";
import { attributesField } from "./json.ts";
import { unixNano } from "./wire-values.ts";

/** A line somebody printed while a span was open (opentelemetry-proto `logs/v1/logs.proto`). */
export interface LogRecord {
  timeNs: bigint;
  traceId: string;
  spanId: string;
  flags: number;
  body: string;
  attributes: Attributes;
}

/** Log records that share a resource. */
export interface ResourceLogs {
  resource: Attributes;
  scope: { name: string; version: string };
  records: readonly LogRecord[];
}

/** One `ExportLogsServiceRequest` on one line. */
export function encodeLogsJson(resourceLogs: readonly ResourceLogs[]): string {
  return JSON.stringify({
    resourceLogs: resourceLogs.map(({ resource, scope, records }) => ({
      resource: attributesField(resource),
      scopeLogs: [{ scope, logRecords: records.map(recordObject) }],
    })),
  });
}

function recordObject({ timeNs, traceId, spanId, flags, body, attributes }: LogRecord): object {
  return {
    timeUnixNano: String(unixNano(timeNs)),
    traceId,
    spanId,
    ...(flags !== 0 && { flags }),
    body: { stringValue: body.toWellFormed() },
    ...attributesField(attributes),
  };
}
