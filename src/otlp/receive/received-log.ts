/** Logs as senders of OTLP tell them (opentelemetry-proto `logs/v1/logs.proto`). */
import type { Nanos } from "../../tekton/index.ts";
import type { Origin, ReceivedAttributes, ReceivedValue } from "./received.ts";

/** A log record. */
export interface ReceivedLog extends Origin {
  /** When it happened; zero when the sender does not know. */
  timeNs: Nanos;
  /** When it was seen; zero when not sent. */
  observedTimeNs: Nanos;
  /** OTLP `SeverityNumber`: 0 unspecified, from 1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal; others may come. */
  severityNumber: number;
  /** As its source calls it. */
  severityText: string;
  /** What sort of event it is; empty when it is a plain log record. */
  eventName: string;
  body: ReceivedValue;
  attributes: ReceivedAttributes;
  droppedAttributesCount: number;
  /** W3C flags in the low eight bits. */
  flags: number;
  traceId: string | undefined;
  spanId: string | undefined;
}
