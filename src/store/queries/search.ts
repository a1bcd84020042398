import type { Nanos } from "../../tekton/index.ts";
import { sql } from "../sql.ts";
import type { Query } from "../trace-store.ts";
import { RUN_FIELDS, readRun, type StoredRun } from "./runs.ts";

/**
 * Runs by a piece of text, best first: those whose trace id, span id, UID or name it is, then those whose name begins with it,
 * then those that contain it; the latest first among equals. `namespace/name` is a name too.
 */
export function searchRuns(text: string, limit: number): Query<StoredRun> {
  const position = sql`positionCaseInsensitiveUTF8(Run, ${text})`;
  const isIt = sql`(${text} IN (TraceId, SpanId, Uid, Run) OR concat(Namespace, '/', Run) = ${text})`;
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT ${RUN_FIELDS}, multiIf(${isIt}, 0, ${position} = 1, 1, 2) AS Distance
      FROM ${runs} WHERE ${isIt} OR ${position} > 0 ORDER BY Distance, Timestamp DESC, SpanId LIMIT ${limit}`,
    row: readRun,
  };
}

export interface TraceRoot {
  name: string;
  service: string;
  startNs: Nanos;
}

/** The first span of a trace, one without a parent if it has any: no row where there is no such trace. */
export function rootOfTrace(traceId: string): Query<TraceRoot> {
  return {
    purpose: "lookup",
    text: ({
      spans,
    }) => sql`SELECT SpanName, ServiceName, toUnixTimestamp64Nano(Timestamp) AS StartNs FROM ${spans}
      WHERE TraceId = ${traceId} ORDER BY ParentSpanId != '', Timestamp, Version DESC LIMIT 1`,
    row: (fields) => ({
      name: fields.text("SpanName"),
      service: fields.text("ServiceName"),
      startNs: fields.integer("StartNs"),
    }),
  };
}

/** How many spans are stored, about: one sent twice counts twice until it is merged. */
export function countOfSpans(): Query<number> {
  return {
    purpose: "lookup",
    text: ({ spans }) => sql`SELECT count() AS Spans FROM ${spans}`,
    row: (fields) => fields.number("Spans"),
  };
}

/** When the newest spans arrived; zero where there are none. */
export function newestArrival(): Query<Nanos> {
  return {
    purpose: "analysis",
    text: ({ spans, arrivalNs }) => sql`SELECT max(${arrivalNs}) AS Newest FROM ${spans}`,
    row: (fields) => fields.integer("Newest"),
  };
}
