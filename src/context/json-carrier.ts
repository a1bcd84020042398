import { headersFor } from "./headers.ts";
import { absent, type ContextReading, invalid, readFields } from "./reading.ts";
import type { TraceContext } from "./trace-context.ts";
import { formatTracestate, parseTracestate } from "./tracestate.ts";

/** Tekton's controllers refuse to write 1,024 bytes or more, and then write nothing at all. */
const MAXIMUM_BYTES = 1023;

/**
 * Reads the JSON carrier of Tekton's annotations: a text holding an object with lower-case header names, in any
 * order, among keys that do not matter. `undefined` and an empty text are absent.
 */
export function readJson(text: unknown): ContextReading {
  if (text === undefined || text === "") return absent;
  if (typeof text !== "string") return invalid("not a text");
  try {
    return readMap(JSON.parse(text));
  } catch {
    return invalid("not JSON");
  }
}

/** Reads the map form of the carrier, as in `status.spanContext`. `undefined`, `null` and an empty map are absent. */
export function readMap(value: unknown): ContextReading {
  if (value === undefined || value === null || value === "") return absent;
  if (!isMap(value)) return invalid("not a map of header names to values");
  const { traceparent, tracestate, baggage } = value;
  return readFields({ traceparent, tracestate, baggage });
}

/**
 * The context as the text of a JSON carrier, keys sorted as Go sorts them. Where it would exceed the 1,023
 * bytes Tekton allows, baggage is dropped, then tracestate members from the right; the traceparent always stays.
 */
export function jsonFor(context: TraceContext): string {
  const whole = sortedJson(context);
  if (fits(whole)) return whole;
  const { baggage: _, ...rest } = context;
  const members = parseTracestate(rest.tracestate ?? "") ?? [];
  let json: string;
  do json = sortedJson({ ...rest, tracestate: formatTracestate(members) });
  while (!fits(json) && members.pop() !== undefined);
  return json;
}

/** The context as JSON of any size. */
export function sortedJson(context: TraceContext): string {
  const headers = headersFor(context);
  return JSON.stringify(headers, Object.keys(headers).sort());
}

function fits(json: string): boolean {
  return Buffer.byteLength(json) <= MAXIMUM_BYTES;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
