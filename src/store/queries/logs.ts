import type { Nanos } from "../../tekton/index.ts";
import { sql } from "../sql.ts";
import type { Query } from "../trace-store.ts";

export interface StoredLog {
  timeNs: Nanos;
  severity: string;
  body: string;
  /** `stdout` or `stderr`; empty where that is not known. */
  stream: string;
}

/** The last log records of a span, in order of time. */
export function logsOfSpan(
  { traceId, spanId }: { traceId: string; spanId: string },
  limit: number,
): Query<StoredLog> {
  return {
    purpose: "lookup",
    text: ({ logs }) => sql`SELECT * FROM (
      SELECT toUnixTimestamp64Nano(Timestamp) AS TimeNs, SeverityText, Body,
        LogAttributes['log.iostream'] AS Stream FROM ${logs}
      WHERE TraceId = ${traceId} AND SpanId = ${spanId} ORDER BY Timestamp DESC LIMIT ${limit}
    ) ORDER BY TimeNs`,
    row: (fields) => ({
      timeNs: fields.integer("TimeNs"),
      severity: fields.text("SeverityText"),
      body: fields.text("Body"),
      stream: fields.text("Stream"),
    }),
  };
}
