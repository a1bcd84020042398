import { trimOws } from "./header-text.ts";
import { type TraceContext, TraceFlags } from "./trace-context.ts";

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const KNOWN_FLAGS = TraceFlags.sampled | TraceFlags.random;

/**
 * Reads a `traceparent` value (W3C Trace Context Level 2, "Traceparent Header"); `undefined` when it is not one.
 * Flag bits without a meaning are left out. A later version is read as version 00 and may add fields after a dash
 * ("Versioning of traceparent").
 */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] = TRACEPARENT.exec(trimOws(text)) ?? [];
  if (version === undefined || version === "ff") return undefined;
  if (version === "00" && more !== undefined) return undefined;
  if (isAllZero(traceId) || isAllZero(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

/** Writes the 55 characters of a version 00 `traceparent`, whatever version was read. */
export function formatTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-0${flags & KNOWN_FLAGS}`;
}

function isAllZero(id: string): boolean {
  return /^0*$/.test(id);
}
