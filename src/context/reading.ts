import { formatBaggage, parseBaggage } from "./baggage.ts";
import { trimOws } from "./header-text.ts";
import type { TraceContext } from "./trace-context.ts";
import { parseTraceparent } from "./traceparent.ts";
import { formatTracestate, parseTracestate } from "./tracestate.ts";

/**
 * What a carrier holds. `invalid` is for the log: whoever reads on treats it as absent. The reason names the field
 * or file, and never repeats baggage.
 */
export type ContextReading =
  | { kind: "absent" }
  | { kind: "valid"; context: TraceContext }
  | { kind: "invalid"; reason: string };

export const absent: ContextReading = { kind: "absent" };

const QUOTED_LENGTH = 80;

export function invalid(reason: string): ContextReading {
  return { kind: "invalid", reason };
}

/**
 * Judges the three fields every carrier comes down to. The `traceparent` decides: without it the others mean nothing,
 * and a malformed `tracestate` or `baggage` is left out (W3C Trace Context Level 2, "Tracestate Header").
 */
export function readFields(fields: {
  traceparent: unknown;
  tracestate: unknown;
  baggage: unknown;
}): ContextReading {
  const { traceparent } = fields;
  if (traceparent === undefined) return absent;
  if (typeof traceparent !== "string") return invalid("traceparent is not a string");
  if (trimOws(traceparent) === "") return absent;
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return invalid(`traceparent ${quoted(traceparent)} is malformed`);
  const tracestate = normalTracestate(fields.tracestate);
  const baggage = normalBaggage(fields.baggage);
  return {
    kind: "valid",
    context: { ...parent, ...(tracestate && { tracestate }), ...(baggage && { baggage }) },
  };
}

/** The baggage as it goes on; empty when there is none that can be read. */
export function normalBaggage(value: unknown): string {
  return typeof value === "string" ? formatBaggage(parseBaggage(value)) : "";
}

function normalTracestate(value: unknown): string {
  return typeof value === "string" ? formatTracestate(parseTracestate(value) ?? []) : "";
}

/** Escaped, because what an annotation holds must not write lines of its own into a log. */
function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text);
}
