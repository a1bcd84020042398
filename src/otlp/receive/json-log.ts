/** Log records out of OTLP/JSON. */
import { contextOf } from "./checks.ts";
import type { JsonEnvelope } from "./json-envelope.ts";
import { fieldOf, type JsonObject, type JsonReader, jsonKeys } from "./json-reader.ts";
import { readJsonAttributes, readJsonValue } from "./json-values.ts";
import type { Origin } from "./received.ts";
import type { ReceivedLog } from "./received-log.ts";

const Key = jsonKeys(
  "resourceLogs",
  "scopeLogs",
  "logRecords",
  "timeUnixNano",
  "observedTimeUnixNano",
  "severityNumber",
  "severityText",
  "eventName",
  "body",
  "flags",
  "traceId",
  "spanId",
);

/** Four of each: `SEVERITY_NUMBER_TRACE`, `SEVERITY_NUMBER_TRACE2`, … */
const SEVERITY_NAMES = [
  "SEVERITY_NUMBER_UNSPECIFIED",
  ...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((level) =>
    ["", "2", "3", "4"].map((suffix) => `SEVERITY_NUMBER_${level}${suffix}`),
  ),
];

/** An `ExportLogsServiceRequest`. */
export const JSON_LOGS: JsonEnvelope<ReceivedLog> = {
  resources: Key.resourceLogs,
  scopes: Key.scopeLogs,
  items: Key.logRecords,
  readItem: takeLog,
};

function takeLog(json: JsonReader, sent: unknown, origin: Origin): ReceivedLog | undefined {
  if (!json.tally.takeItem()) return undefined;
  const object = json.asObject(sent, Key.logRecords);
  const log = readLog(json, object, origin);
  const fault = json.takeProblem();
  if (fault === undefined) return log;
  json.tally.reject({ count: 1, reason: fault });
  return undefined;
}

function readLog(json: JsonReader, object: JsonObject, { resource, scope }: Origin): ReceivedLog {
  const { values, dropped } = readJsonAttributes(json, object);
  const ids = { traceId: json.id(object, Key.traceId), spanId: json.id(object, Key.spanId) };
  return {
    resource,
    scope,
    timeNs: json.uint64(object, Key.timeUnixNano),
    observedTimeNs: json.uint64(object, Key.observedTimeUnixNano),
    severityNumber: json.enumeration(object, Key.severityNumber, SEVERITY_NAMES),
    severityText: json.name(object, Key.severityText),
    eventName: json.name(object, Key.eventName),
    body: readJsonValue(json, fieldOf(object, Key.body)),
    attributes: values,
    droppedAttributesCount: dropped,
    flags: json.uint32(object, Key.flags),
    ...contextOf(ids, json.tally),
  };
}
